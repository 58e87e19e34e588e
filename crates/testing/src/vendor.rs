//! What a service's folder gives so that the sandbox behaves like that vendor.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::accepted::Accepted;
use super::answer::Answer;
use super::catalogue::{Pipeline, listed};
use super::incoming::Incoming;
use super::plan::RunPlan;
use super::rules::Rules;
use super::run::{NewRun, StoredRun};
use super::settings::Settings;
use super::store::Store;
use runpipe_spec::operation::Operation;
use runpipe_spec::validate::{Matched, Violation};

/// How one vendor behaves.
pub(crate) trait Vendor: Send {
    /// The environment variables that lead a program to the vendor at `url`.
    fn variables(&self, url: &str, accepted: &Accepted) -> Vec<(&'static str, String)>;

    /// The name of a request that is not in the vendor's document and is answered anyway, such as
    /// the token endpoint.
    fn undocumented(&self, _request: &Incoming) -> Option<&'static str> {
        None
    }

    /// Answers such a request.
    fn answer_undocumented(
        &mut self,
        _name: &str,
        _request: &Incoming,
        _context: &mut Context<'_>,
    ) -> Answer {
        Answer::empty(404)
    }

    /// The path as the document writes it, where the vendor takes other forms too.
    fn documented_path(&self, _path: &str) -> Option<String> {
        None
    }

    /// The same request as the document writes it, where the vendor takes another form too.
    fn as_documented(&self, _request: &Incoming, _operation: &Operation) -> Option<Incoming> {
        None
    }

    /// Whether the head of a request shows a credential that is accepted. Its body is read then; whether
    /// it may do what it asks for is [`Vendor::authorize`]'s to say.
    fn knows(&self, head: &Incoming, accepted: &Accepted, now: DateTime<Utc>) -> bool;

    /// Checks who is asking. `Err` is the refusal.
    fn authorize(
        &mut self,
        request: &Incoming,
        operation: &Operation,
        context: &Context<'_>,
    ) -> Result<(), Answer>;

    /// Answers a request that fits the document and comes from somebody known.
    fn answer(&mut self, call: &Call<'_>, context: &mut Context<'_>) -> Answer;

    /// A run of a pipeline that is asked for with a body like this.
    fn new_run(&self, pipeline: &Pipeline, request: Value) -> NewRun;

    /// Refuses a request that does not fit the document, in the vendor's form.
    fn refuse(&self, mismatch: &Mismatch<'_>, request: &Incoming) -> Answer;

    /// An error in the vendor's form, with a sentence and, where the vendor has such, a code.
    fn error(&self, request: &Incoming, status: u16, code: &str, sentence: &str) -> Answer;

    /// The key that the id of a run has.
    fn run_id_key(&self) -> &'static str;

    /// The header that a client takes the id of a request from.
    fn request_id_header(&self) -> &'static str;

    /// Refuses a request because there were too many.
    fn throttle(&self, wait: Duration) -> Answer;

    /// Adds what the vendor puts on every answer, such as the id of the request.
    fn finish(&mut self, _answer: &mut Answer, _context: &Context<'_>) {}
}

/// Why a request does not fit the document.
pub(crate) enum Mismatch<'f> {
    /// No path of the document fits.
    Path,
    /// A path fits, with other methods.
    Method(&'f [String]),
    /// The operation is known, but does not accept the request.
    Violations(&'f [Violation]),
}

impl Mismatch<'_> {
    /// What is wrong, a sentence each.
    pub fn sentences(&self, request: &Incoming) -> Vec<String> {
        let Incoming { method, path, .. } = request;
        match self {
            Mismatch::Path => vec![format!("The document has no path like {path}.")],
            Mismatch::Method(allowed) => {
                vec![format!(
                    "{path} does not have {method}, only {}.",
                    allowed.join(", ")
                )]
            }
            Mismatch::Violations(violations) => violations
                .iter()
                .map(|violation| format!("{violation}."))
                .collect(),
        }
    }
}

/// A request that fits the document, decoded.
pub(crate) struct Call<'c> {
    pub request: &'c Incoming,
    pub matched: &'c Matched,
}

impl Call<'_> {
    pub fn operation(&self) -> &str {
        &self.matched.operation_id
    }

    /// The answer to an operation that the document has and the vendor here does not know.
    pub fn unknown(&self) -> Answer {
        let text = format!("The sandbox does not know {}.\n", self.operation());
        Answer::typed(500, "text/plain; charset=utf-8", text)
    }

    /// A path parameter as text; empty when the operation has none of that name.
    pub fn path(&self, name: &str) -> String {
        match self.matched.path_parameters.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }

    /// A query parameter that is a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.matched.query.get(name)?.as_i64()
    }

    /// A query parameter that counts something.
    pub fn count(&self, name: &str) -> Option<usize> {
        usize::try_from(self.number(name)?).ok()
    }

    /// A query parameter that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.matched.query.get(name)?.as_str()
    }

    /// The decoded body; `null` without one.
    pub fn body(&self) -> &Value {
        self.matched.body.as_ref().unwrap_or(&Value::Null)
    }
}

/// What the vendor finds around a request.
pub(crate) struct Context<'w> {
    pub now: DateTime<Utc>,
    /// The service's address, with its base path, without a slash at its end.
    pub url: &'w str,
    pub accepted: &'w Accepted,
    pub settings: &'w Settings,
    /// The pipelines of this service.
    pub pipelines: &'w [Pipeline],
    pub store: &'w mut Store,
    /// Requests that may be made a minute, and how many of them are left in this one.
    pub budget: Option<(u32, u32)>,
    /// When the budget's minute ends.
    pub budget_ends: DateTime<Utc>,
    pub(super) rules: &'w mut Rules,
}

impl Context<'_> {
    /// Starts a run, by the plan that the script has for it.
    pub fn start(&mut self, new: NewRun) -> StoredRun {
        let plan = self.next_plan();
        self.store.start(new, plan, self.now)
    }

    /// The plan for the next run.
    pub fn next_plan(&mut self) -> RunPlan {
        self.rules.next_plan()
    }

    /// Which pipelines there are, for a sentence about one that is not there.
    pub fn what_there_is(&self) -> String {
        format!("The sandbox has {}.", listed(self.pipelines))
    }
}
