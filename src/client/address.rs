//! The address of a call. The base URL has been read once: for each call only the path is.

use std::fmt::{self, Write as _};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Url;

use super::Call;

/// What a segment of a path may not hold as it is (URL standard), `%` and `/` among it.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// A value of a path, which is percent-encoded where it is written.
struct Segment<T>(T);

impl<T: fmt::Display> fmt::Display for Segment<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Encoded(f), "{}", self.0)
    }
}

struct Encoded<'f, 'b>(&'f mut fmt::Formatter<'b>);

impl fmt::Write for Encoded<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        utf8_percent_encode(text, SEGMENT).try_for_each(|piece| self.0.write_str(piece))
    }
}

impl Call {
    /// The address at which a path is, below the base URL: what is further down for all operations,
    /// and the operation's own. `*` stands for each value of the call, in their order.
    pub(crate) fn address(&self, further: &str, operation: fmt::Arguments<'_>) -> Url {
        let mut url = self.session().base().clone();
        let mut path = String::with_capacity(128);
        path.push_str(url.path().trim_end_matches('/'));
        let mut values = self.path_values();
        // Nothing is written into the operation's own path: it is a text already.
        let texts = [Some(further), operation.as_str()].into_iter().flatten();
        for piece in texts.flat_map(|text| text.split_inclusive('*')) {
            let Some(before) = piece.strip_suffix('*') else {
                path.push_str(piece);
                continue;
            };
            path.push_str(before);
            match values.next() {
                // Writing to a text does not fail.
                Some((_, value)) => drop(write!(path, "{}", Segment(value))),
                None => self.lacks_a_value(),
            }
        }
        url.set_path(&path);
        url
    }
}
