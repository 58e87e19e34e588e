//! The services in one process, on loopback, for tests and demos.
//!
//! A [`Sandbox`] behaves like the vendors as far as their documents and recorded answers show: it
//! checks credentials (it recomputes Aliyun's signature), refuses requests that the document does
//! not allow and says what is wrong with them, and validates its own answers against the document
//! before they leave. Any client can talk to it over HTTP, the vendors' own ones too.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use runpipe::buddy::{PipelineRef, types::RunExecutionRequest};
//! use runpipe_testing::{Outcome, RunPlan, Sandbox};
//! use runpipe::{RunStatus, Service, WaitOptions, wait};
//!
//! let sandbox = Sandbox::start().await?;
//! sandbox.next_run(Service::Buddy, RunPlan::default().ends(Outcome::Failed));
//!
//! let buddy = sandbox.buddy()?;
//! let pipeline = PipelineRef::new("acme", "website", 2);
//! let run = buddy.start(&pipeline, &RunExecutionRequest::default()).await?;
//! let ended = wait(&buddy, &run.reference, &WaitOptions::default()).await?;
//!
//! assert_eq!(ended.status, RunStatus::Failed);
//! assert_eq!(sandbox.started(Service::Buddy), 1);
//! assert_eq!(sandbox.received(Service::Buddy)[0].method, "POST");
//! # Ok(())
//! # }
//! ```
//!
//! Time is the machine's, or stops until a test advances it ([`SandboxBuilder::manual_clock`],
//! [`Sandbox::advance`]); the services' clock may differ from their clients'
//! ([`SandboxBuilder::clock_ahead`]). Runs that somebody else started are [seeded](SeededRun).
//! Scenarios, with answers that are [wrong](Fault) in some way, are written as a [`Script`], in
//! Rust, in a JSON file, or sent to the control endpoint that every port has under `/_sandbox/`:
//!
//! | request | what it does |
//! |---|---|
//! | `GET /_sandbox/` | time, addresses, counts of runs and requests, remaining rules |
//! | `GET /_sandbox/pipelines` | the existing pipelines |
//! | `GET /_sandbox/received?service=buddy` | the newest requests of a service |
//! | `POST /_sandbox/runs` | adds a [`SeededRun`], answers with its `id` |
//! | `POST /_sandbox/script` | adds the rules of a script |
//! | `DELETE /_sandbox/script` | drops all rules |
//! | `POST /_sandbox/clock` | `{"advance_seconds": 60}` advances a manual clock, `{"ahead_seconds": -150}` offsets the services' clocks from their clients' |
//! | `POST /_sandbox/reset` | forgets runs, requests and rules |
//!
//! The control endpoint answers programs on this machine alone: the host has to be `localhost` or a
//! loopback address with the port, requests from web pages are refused, and a request that changes
//! something needs `Content-Type: application/json` or a header `X-Runpipe-Sandbox`. The services
//! answer to names of this machine too, and to those of [`SandboxBuilder::host_name`].
//!
//! Memory is bounded: the newest 2,000 requests, 1,000 rules and 20,000 runs of each service are
//! kept, 16 MiB of requests, as much of rules and 32 MiB of runs. A body is read up to 1 MiB
//! ([`SandboxBuilder::longest_body`]), and up to 64 KiB without an accepted credential.

mod accepted;
mod address;
mod answer;
mod builder;
mod catalogue;
mod clock;
mod control;
mod echo;
mod fault;
mod fields;
mod hosts;
mod ids;
mod incoming;
mod listener;
mod observer;
mod paging;
mod plan;
mod port;
mod received;
mod recorded_ids;
mod rules;
mod run;
mod script;
mod seeded_run;
mod services;
mod settings;
mod simulator;
mod simulators;
mod spoiling;
mod store;
mod vendor;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use runpipe::Service;

pub use accepted::Accepted;
pub use builder::SandboxBuilder;
pub use catalogue::Pipeline;
pub use echo::{Echo, EchoForm, EchoPlace};
pub use fault::Fault;
pub use plan::{Outcome, RunPlan};
pub use received::Received;
pub use script::{Always, InvalidScript, Rule, Script, ScriptedAnswer, Times};
pub use seeded_run::{SeededRun, Trigger, UnknownPipeline};
pub use services::SandboxClient;

pub(crate) use address::segment;
pub(crate) use answer::Answer;
pub(crate) use ids::uuid;
pub(crate) use incoming::Incoming;
pub(crate) use received::pairs;
pub(crate) use run::{NewRun, State, StoredRun};
pub(crate) use vendor::{Call, Context, Mismatch, Vendor};

use listener::Listener;
use simulator::Simulator;
use simulators::Simulators;

/// The services, served on this machine until it is dropped.
///
/// A run takes a second and a half and succeeds, unless something else is scripted.
pub struct Sandbox {
    simulators: Arc<Simulators>,
    accepted: Accepted,
    _listeners: Vec<Listener>,
}

impl Sandbox {
    /// Starts a sandbox on free ports, with the machine's clock.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Sets up a sandbox: ports, pipelines, clock, script.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The address of a service, for [`runpipe::Builder::base_url`].
    pub fn url(&self, service: Service) -> String {
        self.simulators
            .get(service)
            .map(|simulator| simulator.url.clone())
            .unwrap_or_default()
    }

    /// The address of Matillion's token endpoint.
    pub fn token_url(&self) -> String {
        services::token_url(&self.url(Service::Matillion))
    }

    /// The credentials that are accepted.
    pub fn accepted(&self) -> &Accepted {
        &self.accepted
    }

    /// The pipelines of a service: those that every sandbox has, and those that were added.
    pub fn pipelines(&self, service: Service) -> Vec<Pipeline> {
        self.simulators
            .get(service)
            .map(|simulator| simulator.pipelines.clone())
            .unwrap_or_default()
    }

    /// How many runs were really started on a service, whatever was answered.
    pub fn started(&self, service: Service) -> usize {
        self.simulators
            .get(service)
            .map_or(0, |simulator| simulator.lock().store.started())
    }

    /// What a service received, the oldest first. The newest 2,000 are kept. A request that is
    /// refused before it reaches the service, for its host or its length, is not among them.
    pub fn received(&self, service: Service) -> Vec<Received> {
        self.simulators
            .get(service)
            .map(|simulator| simulator.lock().received.all())
            .unwrap_or_default()
    }

    /// Adds a run that no client of the sandbox started. Returns the vendor's id of it.
    ///
    /// # Errors
    ///
    /// [`UnknownPipeline`] when the sandbox does not have its pipeline.
    pub fn seed(&self, run: &SeededRun) -> Result<String, UnknownPipeline> {
        self.simulators.seed(run)
    }

    /// Scripts the next run that is started on a service.
    pub fn next_run(&self, service: Service, plan: RunPlan) {
        self.add(Rule::run(service, plan));
    }

    /// Scripts the next answer of a service.
    pub fn next_answer(&self, service: Service, answer: ScriptedAnswer) {
        self.add(Rule::answer(service, answer));
    }

    fn add(&self, rule: Rule) {
        if let Some(simulator) = rule
            .service
            .and_then(|service| self.simulators.get(service))
        {
            simulator
                .lock()
                .rules
                .add(&Script::new([rule.clone()]), simulator.service);
        }
    }

    /// Adds the rules of a script.
    ///
    /// # Errors
    ///
    /// [`InvalidScript`] when a rule contradicts itself or names an operation that does not exist;
    /// then none of the rules is added.
    pub fn play(&self, script: &Script) -> Result<(), InvalidScript> {
        self.simulators.play(script)
    }

    /// Drops all remaining rules.
    pub fn clear_script(&self) {
        self.simulators
            .all()
            .for_each(|simulator| simulator.lock().rules.clear());
    }

    /// Forgets runs, requests and rules.
    pub fn reset(&self) {
        self.simulators.reset();
    }

    /// The time by the services' clock: the `Date` of every answer, and the dates of runs.
    pub fn now(&self) -> DateTime<Utc> {
        self.simulators.clock.now()
    }

    /// The time on the clock of this sandbox's clients.
    pub fn client_now(&self) -> DateTime<Utc> {
        self.simulators.clock.for_clients()
    }

    /// Advances both clocks. `false` when the sandbox uses the machine's clock, which does not
    /// change.
    pub fn advance(&self, by: Duration) -> bool {
        self.simulators.clock.advance(by)
    }

    /// Sets how far the services' clock is ahead of their clients', as
    /// [`SandboxBuilder::clock_ahead`].
    pub fn set_clock_ahead(&self, ahead: TimeDelta) {
        self.simulators.clock.set_ahead(ahead);
    }

    /// The environment variables that point a program to this sandbox: addresses and credentials.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        self.simulators
            .all()
            .flat_map(Simulator::variables)
            .collect()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls: Vec<&str> = self
            .simulators
            .all()
            .map(|simulator| simulator.url.as_str())
            .collect();
        f.debug_struct("Sandbox")
            .field("urls", &urls)
            .finish_non_exhaustive()
    }
}
