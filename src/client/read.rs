//! Reading the body of an answer, as far as it comes.

use std::pin::pin;

use bytes::{Bytes, BytesMut};

use super::answer::Ending;
use super::deadline::Deadline;
use crate::http_client::ResponseBody;

/// Vendors behind .NET gateways begin some JSON with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads up to this many bytes. Whatever came is kept, however it ended: the id of a run may be in
/// it.
pub(super) async fn read(
    body: &mut ResponseBody,
    longest: usize,
    deadline: Deadline,
) -> (Bytes, Ending) {
    let mut pieces = Pieces::default();
    let ending = loop {
        match deadline.bound(pin!(body.next())).await {
            Some(Ok(Some(piece))) => pieces.push(piece),
            Some(Ok(None)) => break Ending::Whole,
            Some(Err(reason)) => break Ending::Cut(reason),
            None => break Ending::Cut("the rest did not come in time".to_owned()),
        }
        if pieces.length() > longest {
            break Ending::TooLong;
        }
    };
    let mut body = pieces.joined();
    body.truncate(longest);
    let body = match body.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => body.slice_ref(rest),
        None => body,
    };
    (body, ending)
}

/// What came so far. A body of one piece is not copied.
#[derive(Default)]
pub(super) struct Pieces {
    first: Bytes,
    rest: BytesMut,
}

impl Pieces {
    fn push(&mut self, piece: Bytes) {
        if self.first.is_empty() && self.rest.is_empty() {
            self.first = piece;
            return;
        }
        if self.rest.is_empty() {
            self.rest
                .extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.rest.extend_from_slice(&piece);
    }

    fn length(&self) -> usize {
        self.first.len().max(self.rest.len())
    }

    fn joined(self) -> Bytes {
        match self.rest.is_empty() {
            true => self.first,
            false => self.rest.freeze(),
        }
    }
}
