//! Setting up a sandbox.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::accepted::Accepted;
use super::catalogue::{self, Pipeline};
use super::clock::Time;
use super::control;
use super::incoming::Incoming;
use super::listener::{Handle, Listener};
use super::roster::{self, Entry};
use super::script::{Rule, Script};
use super::settings::Settings;
use super::simulator::{Fixed, Simulator};
use super::simulators::Simulators;
use super::{Answer, Sandbox};
use runpipe::Service;
use runpipe_spec::document::Document;

/// Sets up a [`Sandbox`]; [`Sandbox::builder`] begins.
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    ports: BTreeMap<Service, u16>,
    per_minute: BTreeMap<Service, u32>,
    pipelines: Vec<Pipeline>,
    script: Script,
    time: Time,
    accepted: Accepted,
    settings: Settings,
}

impl SandboxBuilder {
    /// Serves a service on this port of `127.0.0.1`. A free one unless it is set.
    #[must_use]
    pub fn port(mut self, service: Service, port: u16) -> Self {
        self.ports.insert(service, port);
        self
    }

    /// Adds a pipeline to those that every sandbox has ([`Sandbox::pipelines`]).
    #[must_use]
    pub fn pipeline(mut self, pipeline: Pipeline) -> Self {
        self.pipelines.push(pipeline);
        self
    }

    /// Lets the clock stand at a time until [`Sandbox::advance`] moves it. Runs go by it, tokens
    /// expire by it, and signatures have to be near it.
    #[must_use]
    pub fn manual_clock(mut self, start: DateTime<Utc>) -> Self {
        self.time = Time::manual(start);
        self
    }

    /// Refuses more requests than this in a minute, as the service does it. Unlimited unless set.
    #[must_use]
    pub fn requests_per_minute(mut self, service: Service, requests: u32) -> Self {
        self.per_minute.insert(service, requests);
        self
    }

    /// Plays a script, after those that were given before.
    #[must_use]
    pub fn script(mut self, script: Script) -> Self {
        self.script.rules.extend(script.rules);
        self
    }

    /// Adds a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.script.rules.push(rule);
        self
    }

    /// Lets Matillion answer the details of an execution inside `result`, as public clients read
    /// them, and not flat, as its page shows them.
    #[must_use]
    pub fn matillion_nests_results(mut self) -> Self {
        self.settings.nest_results = true;
        self
    }

    /// Sets how long Matillion's tokens are valid: half an hour unless set.
    #[must_use]
    pub fn matillion_token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// Sets what is accepted as proof.
    #[must_use]
    pub fn accepted(mut self, accepted: Accepted) -> Self {
        self.accepted = accepted;
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// When a port is taken; with [`io::ErrorKind::InvalidInput`] when the script cannot be played;
    /// with [`io::ErrorKind::InvalidData`] when one of this build's documents cannot be used.
    pub async fn start(self) -> io::Result<Sandbox> {
        let mut pipelines = catalogue::always();
        pipelines.extend(self.pipelines.iter().cloned());
        let mut simulators = Simulators {
            time: self.time.clone(),
            by_service: BTreeMap::new(),
        };
        let mut ports = Vec::new();
        for entry in roster::entries() {
            let service = entry.service;
            let wanted = self.ports.get(&service).copied().unwrap_or(0);
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted))
                .map_err(|error| in_use(service, wanted, &error))?;
            let address = port.local_addr()?;
            let base_path = entry.base_path;
            let simulator =
                self.simulator(entry, format!("http://{address}{base_path}"), &pipelines)?;
            simulators.by_service.insert(service, simulator);
            ports.push((service, base_path, port));
        }
        let simulators = Arc::new(simulators);
        simulators
            .play(&self.script)
            .map_err(|invalid| io::Error::new(io::ErrorKind::InvalidInput, invalid))?;
        let mut listeners = Vec::new();
        for (service, base_path, port) in ports {
            listeners.push(Listener::start(port, handle(&simulators, service, base_path)).await);
        }
        Ok(Sandbox {
            simulators,
            accepted: self.accepted,
            _listeners: listeners,
        })
    }

    fn simulator(
        &self,
        entry: Entry,
        url: String,
        pipelines: &[Pipeline],
    ) -> io::Result<Simulator> {
        let document = Document::parse(entry.file, entry.document).map_err(|findings| {
            let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
            io::Error::new(io::ErrorKind::InvalidData, lines.join("\n"))
        })?;
        let service = entry.service;
        let mine = pipelines
            .iter()
            .filter(|pipeline| pipeline.service == service);
        let fixed = Fixed {
            service,
            url,
            accepted: self.accepted.clone(),
            settings: self.settings.clone(),
            pipelines: mine.cloned().collect(),
            document,
            time: self.time.clone(),
            per_minute: self.per_minute.get(&service).copied(),
        };
        Ok(Simulator::new(fixed, entry.vendor))
    }
}

fn in_use(service: Service, port: u16, error: &io::Error) -> io::Error {
    let text = format!("port {port} of this machine cannot be used for {service}: {error}");
    io::Error::new(error.kind(), text)
}

/// What answers on the port of a service: the control endpoint, or the service.
fn handle(simulators: &Arc<Simulators>, service: Service, base_path: &'static str) -> Handle {
    let simulators = Arc::clone(simulators);
    Arc::new(move |mut request: Incoming| {
        let path = request.full_path.as_str();
        let control = path.strip_prefix(control::PREFIX);
        if control.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return control::answer(&simulators, &request);
        }
        // A path outside the base path is none of the document's.
        let relative = path
            .strip_prefix(base_path)
            .filter(|rest| rest.starts_with('/'));
        request.path = relative.unwrap_or_default().to_owned();
        match simulators.get(service) {
            Some(simulator) => simulator.handle(request),
            None => Answer::empty(404),
        }
    })
}
