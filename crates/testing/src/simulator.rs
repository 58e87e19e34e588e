//! The simulator of a service: requests and answers are validated against the document.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::accepted::Accepted;
use super::answer::Answer;
use super::catalogue::Pipeline;
use super::clock::{Clock, later};
use super::incoming::Incoming;
use super::observer::Observer;
use super::received::{Log, Received};
use super::rules::Rules;
use super::run::NewRun;
use super::script::ScriptedAnswer;
use super::seeded_run::SeededRun;
use super::settings::Settings;
use super::store::Store;
use super::vendor::{Call, Context, Mismatch, Vendor};
use runpipe::Service;
use runpipe_spec::document::Document;
use runpipe_spec::operation::Operation;
use runpipe_spec::route::NoRoute;
use runpipe_spec::schema::Strictness;
use runpipe_spec::validate::{RequestParts, Violation};

/// One service of a sandbox.
pub(super) struct Simulator {
    pub service: Service,
    /// The address of the service, with its base path.
    pub url: String,
    pub accepted: Accepted,
    pub settings: Settings,
    pub pipelines: Vec<Pipeline>,
    pub document: Arc<Document>,
    pub clock: Clock,
    /// Requests that may be made a minute.
    pub per_minute: Option<u32>,
    pub observer: Observer,
    pub inner: Mutex<Inner>,
}

/// What changes.
pub(super) struct Inner {
    vendor: Box<dyn Vendor>,
    pub store: Store,
    pub rules: Rules,
    pub received: Log,
    minute: Minute,
}

/// The requests of the current minute.
#[derive(Default)]
struct Minute {
    ends: DateTime<Utc>,
    used: u32,
}

/// What a request turned out to be.
enum Target<'d> {
    /// Something that the vendor answers and does not document.
    Undocumented(&'static str),
    Operation(&'d Operation),
    Nothing(NoRoute),
}

impl Target<'_> {
    /// The operation, or the name of what is not documented.
    fn name(&self) -> Option<&str> {
        match self {
            Target::Undocumented(name) => Some(name),
            Target::Operation(operation) => Some(&operation.id),
            Target::Nothing(_) => None,
        }
    }
}

impl Simulator {
    /// The environment variables that lead a program here.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        self.lock().vendor.variables(&self.url, &self.accepted)
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic of one request shall not stop the others.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the head of a request shows a credential that is accepted, as far as a head can.
    pub fn knows(&self, head: &Incoming) -> bool {
        let now = self.clock.now();
        self.lock().vendor.knows(head, &self.accepted, now)
    }

    /// Adds a run that no client started. `None` when its pipeline is not here.
    pub fn seed(&self, seeded: &SeededRun) -> Option<String> {
        let pipeline = self.pipelines.iter().find(|one| seeded.is_of(one))?;
        let mut inner = self.lock();
        let request = seeded.request.clone().unwrap_or_else(|| json!({}));
        let new = NewRun {
            trigger: seeded.trigger,
            ..inner.vendor.new_run(pipeline, request)
        };
        let now = self.clock.now();
        let created = seeded.created.unwrap_or(now);
        let run = inner.store.add(new, seeded.run.clone(), created, now);
        Some(run.id)
    }

    /// Answers a request, and remembers both.
    pub fn handle(&self, mut request: Incoming) -> Answer {
        let mut inner = self.lock();
        let now = self.clock.now();
        if let Some(path) = inner.vendor.documented_path(&request.path) {
            request.path = path;
        }
        let target = self.target(&request, &*inner.vendor);
        let answer = self.scripted_or_vendor(&request, &target, &mut inner, now);
        let received = Received {
            service: self.service,
            at: now,
            method: request.method,
            path: request.full_path,
            query: request.query,
            headers: request.headers,
            body: Bytes::from(request.body),
            operation: target.name().map(str::to_owned),
            status: answer.status,
        };
        self.observer.tell(&received);
        inner.received.push(received);
        answer
    }

    fn target(&self, request: &Incoming, vendor: &dyn Vendor) -> Target<'_> {
        if let Some(name) = vendor.undocumented(request) {
            return Target::Undocumented(name);
        }
        match self.document.route(&request.method, &request.path) {
            Ok(route) => Target::Operation(route.operation),
            Err(no_route) => Target::Nothing(no_route),
        }
    }

    fn scripted_or_vendor(
        &self,
        request: &Incoming,
        target: &Target<'_>,
        inner: &mut Inner,
        now: DateTime<Utc>,
    ) -> Answer {
        let Some(script) = inner.rules.next_answer(target.name(), &request.path) else {
            return self.vendor_answer(request, target, inner, now);
        };
        // One that was not checked when it was scripted.
        if let Err(error) = script.check() {
            let text = format!("The scripted answer {error}.\n");
            return Answer::typed(500, "text/plain; charset=utf-8", text);
        }
        let truth = (script.acts || script.status.is_none())
            .then(|| self.vendor_answer(request, target, inner, now));
        let mut answer = match (truth, script.status) {
            (Some(truth), None) => truth,
            (_, status) => self.played(&script, status.unwrap_or(200), target),
        };
        if let Some(fault) = script.fault {
            fault.apply(&mut answer, request, &*inner.vendor);
        }
        for (name, value) in &script.headers {
            answer.set(name, value);
        }
        answer.delay = script.delay();
        answer
    }

    /// The answer of a script: its own body, or the document's example.
    fn played(&self, script: &ScriptedAnswer, status: u16, target: &Target<'_>) -> Answer {
        match &script.body {
            Some(serde_json::Value::String(text)) => {
                return Answer::typed(status, "text/plain; charset=utf-8", text.clone());
            }
            Some(body) => return Answer::json(status, body),
            None => {}
        }
        let Target::Operation(operation) = target else {
            return Answer::empty(status);
        };
        let examples = self.document.response_examples(operation);
        let documented = operation.response(status).map(|response| response.status);
        let wanted = script.example.as_deref();
        let found = examples.iter().find(|example| {
            Some(example.status) == documented && wanted.is_none_or(|name| name == example.name)
        });
        let Some(example) = found else {
            return Answer::empty(status);
        };
        let body = match example.value {
            serde_json::Value::String(text) if !example.media_type.ends_with("json") => {
                text.clone()
            }
            value => value.to_string(),
        };
        let mut answer = Answer::typed(status, example.media_type, body);
        for (name, value) in &example.headers {
            match value {
                serde_json::Value::String(text) => answer.set(name, text),
                value => answer.set(name, value.to_string()),
            }
        }
        answer
    }

    fn vendor_answer(
        &self,
        request: &Incoming,
        target: &Target<'_>,
        inner: &mut Inner,
        now: DateTime<Utc>,
    ) -> Answer {
        let Inner {
            vendor,
            store,
            rules,
            minute,
            ..
        } = inner;
        let budget = self.per_minute.map(|limit| minute.spend(limit, now));
        let mut context = Context {
            now,
            url: &self.url,
            accepted: &self.accepted,
            settings: &self.settings,
            pipelines: &self.pipelines,
            store,
            budget: self.per_minute.zip(budget.map(|left| left.unwrap_or(0))),
            budget_ends: minute.ends,
            rules,
        };
        let mut answer = match target {
            _ if budget == Some(None) => {
                let wait = (minute.ends - now).to_std().unwrap_or_default();
                vendor.throttle(wait.max(Duration::from_secs(1)))
            }
            Target::Undocumented(name) => vendor.answer_undocumented(name, request, &mut context),
            Target::Nothing(NoRoute::Path) => vendor.refuse(&Mismatch::Path, request),
            Target::Nothing(NoRoute::Method { allowed }) => {
                let answer = vendor.refuse(&Mismatch::Method(allowed), request);
                answer.with("allow", allowed.join(", "))
            }
            Target::Operation(operation) => {
                self.operate(request, operation, &mut **vendor, &mut context)
            }
        };
        vendor.finish(&mut answer, &context);
        match target {
            Target::Operation(operation) => self.strictly(operation, answer),
            _ => answer,
        }
    }

    /// Credentials first, as the services do it, then the request as a whole.
    fn operate(
        &self,
        request: &Incoming,
        operation: &Operation,
        vendor: &mut dyn Vendor,
        context: &mut Context<'_>,
    ) -> Answer {
        if let Err(refusal) = vendor.authorize(request, operation, context) {
            return refusal;
        }
        let other_form = vendor.as_documented(request, operation);
        let request = other_form.as_ref().unwrap_or(request);
        let parts = RequestParts {
            method: &request.method,
            path: &request.path,
            query: &request.query,
            headers: &request.header_pairs(),
            body: request.meaningful_body(),
        };
        match self.document.validate_request(&parts) {
            Ok(matched) => vendor.answer(
                &Call {
                    request,
                    matched: &matched,
                },
                context,
            ),
            Err(violations) => vendor.refuse(&Mismatch::Violations(&violations), request),
        }
    }

    /// An answer that the document does not allow never leaves: the sandbox itself is wrong then.
    fn strictly(&self, operation: &Operation, answer: Answer) -> Answer {
        let headers: Vec<(&str, &str)> = answer
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let violations: Vec<Violation> = self.document.validate_response(
            &operation.id,
            answer.status,
            &headers,
            &answer.body,
            Strictness::Strict,
        );
        if violations.is_empty() {
            return answer;
        }
        let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
        let text = format!(
            "The sandbox's own answer {} to {} does not fit {}:\n{}\n",
            answer.status,
            operation.id,
            self.document.file(),
            lines.join("\n"),
        );
        Answer::typed(500, "text/plain; charset=utf-8", text)
    }
}

impl Inner {
    pub fn new(vendor: Box<dyn Vendor>) -> Self {
        Inner {
            vendor,
            store: Store::default(),
            rules: Rules::default(),
            received: Log::default(),
            minute: Minute::default(),
        }
    }

    /// Forgets everything: runs, rules, requests. What the vendor has issued stays valid.
    pub fn reset(&mut self) {
        self.store = Store::default();
        self.rules.clear();
        self.received = Log::default();
        self.minute = Minute::default();
    }
}

impl Minute {
    /// How many requests are left after this one; `None` when it is one too many.
    fn spend(&mut self, limit: u32, now: DateTime<Utc>) -> Option<u32> {
        if now >= self.ends {
            self.ends = later(now, Duration::from_secs(60));
            self.used = 0;
        }
        let left = limit.checked_sub(self.used)?.checked_sub(1)?;
        self.used += 1;
        Some(left)
    }
}
