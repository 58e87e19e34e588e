//! What a start would send, kept and not sent.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{Gate, Operation, Request};
use crate::error::{Error, Result};
use crate::http_client;

/// The request of a start, whole and authorized, which was not sent.
///
/// It has the credential in it, so `Debug` shows its method and address alone.
#[derive(Clone)]
pub struct Rehearsal {
    request: http::Request<Bytes>,
    body_secrets: Vec<String>,
}

impl Rehearsal {
    /// The request, as it would be handed to the HTTP client.
    pub fn request(&self) -> &http::Request<Bytes> {
        &self.request
    }

    /// The texts in its body that the service's document calls secret: values of secret variables,
    /// tokens of repositories.
    pub fn body_secrets(&self) -> &[String] {
        &self.body_secrets
    }
}

impl fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsal")
            .field("method", self.request.method())
            .field("uri", self.request.uri())
            .finish_non_exhaustive()
    }
}

/// Lets no start leave, and keeps the request of the first.
#[derive(Default)]
pub(crate) struct Keep(Mutex<Option<http::Request<Bytes>>>);

impl Keep {
    /// What was kept of a start by this operation.
    pub fn take(&self, start: &Operation) -> Option<Rehearsal> {
        let request = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        let body_secrets = start.secrets_in(request.body());
        Some(Rehearsal {
            request,
            body_secrets,
        })
    }
}

impl Gate for Keep {
    fn pass<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<()>> {
        let kept = request.try_clone().map(http_client::plain);
        if let Some(Ok(kept)) = kept {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        let held = Error::configuration("this is a rehearsal, which sends no start");
        Box::pin(std::future::ready(Err(held)))
    }
}
