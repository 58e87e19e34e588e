//! Starts with a key.

use std::sync::Arc;
use std::time::Duration;

use super::caller::{Caller, Started};
use super::entry::Intent;
use super::target::Request;
use super::{Key, Ledger};
use crate::error::{Error, Result};
use crate::mark::MarkPlace;
use crate::service_client::ServiceClient;

const WAIT: Duration = Duration::from_secs(120);
const LEASE: Duration = Duration::from_secs(20);
/// A slow disk would lose a shorter lease.
const SHORTEST_LEASE: Duration = Duration::from_millis(400);

/// Starts with one key: at most one run, however often it is called, by however many processes.
///
/// All of them have to use the same ledger, and should use the same lease.
#[derive(Clone, Debug)]
pub struct StartOnce {
    ledger: Arc<dyn Ledger>,
    key: Key,
    wait: Duration,
    lease: Duration,
    place: MarkPlace,
}

impl StartOnce {
    /// Starts with this key in this ledger.
    pub fn new(ledger: Arc<dyn Ledger>, key: Key) -> Self {
        StartOnce {
            ledger,
            key,
            wait: WAIT,
            lease: LEASE,
            place: MarkPlace::default(),
        }
    }

    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Sets how long to wait for others and for the service's list: two minutes unless set. It has to
    /// be longer than two leases for a start to be made after another caller has died.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets how long a caller may be silent before others consider it gone: 20 s unless set. After
    /// the same time again, a run that it may have started is assumed to be in the service's list,
    /// so make it longer if a service, or the network before it, may take longer than that. The
    /// callers' clocks do not have to agree.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(SHORTEST_LEASE);
        self
    }

    /// Sets where the mark goes: the service's usual place unless set.
    #[must_use]
    pub fn mark(mut self, place: MarkPlace) -> Self {
        self.place = place;
        self
    }

    /// Starts the run of this key, or returns the one that was started for it.
    ///
    /// The start itself is bounded by the client's timeout, everything else by [`StartOnce::wait`].
    /// When the future is dropped, the next call with the key continues.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::KeyInUse`] when the key belongs to another request; [`crate::ErrorKind::Ledger`] when the
    /// ledger cannot be read or written (nothing was sent by this call);
    /// [`crate::ErrorKind::OutcomeUnknown`] when it cannot be known whether a run was started, with
    /// [`Error::candidates`]; otherwise as the service's `start`, and the key is free again.
    pub async fn start<C: ServiceClient>(
        &self,
        client: &C,
        pipeline: &C::Pipeline,
        request: &C::Request,
    ) -> Result<Started> {
        let value = serde_json::to_value(request)
            .map_err(|_| Error::configuration("the request cannot be written as JSON"))?;
        let body = value.to_string();
        let intent = Intent {
            key: &self.key,
            service: C::SERVICE,
            server: client.session().server(),
            pipeline: pipeline.to_string(),
            request: value,
            secrets: C::START.secrets_in(body.as_bytes()),
            place: self.place.clone(),
            lease: self.lease,
        };
        let target: Request<'_, C> = Request {
            client: client.clone(),
            pipeline,
            request: request.clone(),
        };
        let ledger = Arc::clone(&self.ledger);
        let outcome = Caller::new(ledger, &target, intent, self.wait).run().await;
        outcome.map_err(|error| error.on_service(C::SERVICE))
    }
}
