//! A start that is ready to be made, whatever the service.

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::ledger::{StartOnce, Started};
use runpipe::{Reconciled, Rehearsal, Result as Answer, Run, Runs, ServiceClient};
use serde_json::Value;

use crate::output::text::{one_line, shell_word};
use crate::process::environment::Environment;
use crate::vendor::{Preview, Ready, Signature, Vendor};

/// A start that is ready to be made.
pub trait Start: Send + Sync {
    /// The client.
    fn runs(&self) -> &dyn Runs;

    /// Starts the run.
    fn start(&self) -> BoxFuture<'_, Answer<Run>>;

    /// Starts the run once, however many callers try.
    fn start_once<'a>(&'a self, once: &'a StartOnce) -> BoxFuture<'a, Answer<Started>>;

    /// Looks for the run in the service's list.
    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Answer<Reconciled>>;

    /// The variables that the client was made with, the credential among them.
    fn environment(&self) -> &Environment;

    /// Makes the request of a start, and does not send it.
    fn rehearse(&self) -> BoxFuture<'_, Answer<Rehearsal>>;

    /// The vendor's own request.
    fn request(&self) -> Value;

    /// What the service is known to ignore or refuse, in sentences.
    fn warnings(&self) -> BoxFuture<'_, Vec<String>>;

    /// How the request was signed, where the service takes signatures.
    fn signature(&self, rehearsal: &Rehearsal) -> Option<Signature>;

    /// The command that lists the pipeline's runs.
    fn look(&self) -> String;

    /// What a run would execute, where the service says that.
    fn preview(&self) -> Option<Preview<'_>>;
}

impl<V: Vendor> Start for Ready<V> {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn start(&self) -> BoxFuture<'_, Answer<Run>> {
        self.client.start(&self.pipeline, &self.body).boxed()
    }

    fn start_once<'a>(&'a self, once: &'a StartOnce) -> BoxFuture<'a, Answer<Started>> {
        once.start(&self.client, &self.pipeline, &self.body).boxed()
    }

    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Answer<Reconciled>> {
        let reconciled = self.client.reconcile(&self.pipeline, &self.body, since);
        reconciled.boxed()
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn rehearse(&self) -> BoxFuture<'_, Answer<Rehearsal>> {
        self.client.rehearse(&self.pipeline, &self.body).boxed()
    }

    fn request(&self) -> Value {
        // The vendor's own types always become JSON.
        serde_json::to_value(&self.body).unwrap_or_default()
    }

    fn warnings(&self) -> BoxFuture<'_, Vec<String>> {
        V::warnings(self).boxed()
    }

    fn signature(&self, rehearsal: &Rehearsal) -> Option<Signature> {
        V::signature(rehearsal)
    }

    fn look(&self) -> String {
        let flags = V::list_flags(self);
        let flags = flags.iter().map(|(flag, value)| {
            let value = shell_word(&one_line(value));
            format!(" {flag} {value}")
        });
        format!(
            "runpipe list {}{}",
            V::Client::SERVICE,
            flags.collect::<String>()
        )
    }

    fn preview(&self) -> Option<Preview<'_>> {
        V::preview(self)
    }
}
