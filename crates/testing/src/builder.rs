//! Setting up a sandbox.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Sandbox;
use super::accepted::Accepted;
use super::catalogue::Pipeline;
use super::clock::Clock;
use super::hosts::Hosts;
use super::listener::Listener;
use super::observer::Observer;
use super::port::Port;
use super::received::Received;
use super::script::{Rule, Script};
use super::seeded_run::SeededRun;
use super::services::{self, Entry};
use super::settings::Settings;
use super::simulator::{Inner, Simulator};
use super::simulators::Simulators;
use runpipe::Service;

/// The longest body of a request unless another is set.
const LONGEST_BODY: usize = 1 << 20;

/// Sets up a [`Sandbox`]; [`Sandbox::builder`] begins.
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    first_port: u16,
    ports: BTreeMap<Service, u16>,
    per_minute: BTreeMap<Service, u32>,
    pipelines: Vec<Pipeline>,
    script: Script,
    runs: Vec<SeededRun>,
    clock_start: Option<DateTime<Utc>>,
    clock_ahead: TimeDelta,
    accepted: Accepted,
    settings: Settings,
    host_names: Vec<String>,
    longest_body: Option<usize>,
    address: Option<IpAddr>,
    observer: Observer,
}

impl SandboxBuilder {
    /// Serves the services on consecutive ports of `127.0.0.1`, in the order of [`Service::ALL`],
    /// beginning with this one. If it is not set, or 0, the ports are free ones.
    #[must_use]
    pub fn first_port(mut self, port: u16) -> Self {
        self.first_port = port;
        self
    }

    /// Serves a service on this port of `127.0.0.1`, wherever the others are.
    #[must_use]
    pub fn port(mut self, service: Service, port: u16) -> Self {
        self.ports.insert(service, port);
        self
    }

    /// Listens on this address instead of `127.0.0.1`: `0.0.0.0` in a container, whose ports are
    /// published. Whoever can reach it controls the sandbox: a stranger can claim any name in
    /// `Host`.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Calls this with each request that a service received, once it is answered. It holds up the
    /// service: let it be quick, and call no method of the sandbox in it.
    #[must_use]
    pub fn on_request(mut self, then: impl Fn(&Received) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(then);
        self
    }

    /// Adds a pipeline to those that every sandbox has ([`Sandbox::pipelines`]).
    #[must_use]
    pub fn pipeline(mut self, pipeline: Pipeline) -> Self {
        self.pipelines.push(pipeline);
        self
    }

    /// Stops the clock at a time, until [`Sandbox::advance`] moves it. Runs, the expiry of tokens and
    /// the check of signatures all use it.
    #[must_use]
    pub fn manual_clock(mut self, start: DateTime<Utc>) -> Self {
        self.clock_start = Some(start);
        self
    }

    /// Sets how far the services' clocks are ahead of their clients' (behind, if negative).
    #[must_use]
    pub fn clock_ahead(mut self, ahead: TimeDelta) -> Self {
        self.clock_ahead = ahead;
        self
    }

    /// Lets the services answer to this host name too. By default they answer only to names of this
    /// machine, as the control endpoint always does.
    #[must_use]
    pub fn host_name(mut self, name: impl Into<String>) -> Self {
        self.host_names.push(name.into());
        self
    }

    /// Refuses request bodies that are longer than this, in bytes: 1 MiB unless set. If a request
    /// has no accepted credential, no more than 64 KiB are read.
    #[must_use]
    pub fn longest_body(mut self, bytes: usize) -> Self {
        self.longest_body = Some(bytes);
        self
    }

    /// Refuses more requests than this in a minute, as the service does. Unlimited unless set.
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

    /// Adds a run that no client started, as [`Sandbox::seed`].
    #[must_use]
    pub fn run(mut self, run: SeededRun) -> Self {
        self.runs.push(run);
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

    /// Sets the credentials that are accepted.
    #[must_use]
    pub fn accepted(mut self, accepted: Accepted) -> Self {
        self.accepted = accepted;
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// When a port is taken, or there are not enough of them; with [`io::ErrorKind::InvalidInput`] when the script cannot be played
    /// or a run is for a pipeline that does not exist;
    /// with [`io::ErrorKind::InvalidData`] when one of this build's documents cannot be used.
    pub async fn start(self) -> io::Result<Sandbox> {
        let mut simulators = Simulators {
            clock: Clock::new(self.clock_start, self.clock_ahead),
            by_service: BTreeMap::new(),
        };
        let entries = services::entries();
        let ports = self.ports(&entries)?;
        let mut sockets = Vec::new();
        for (entry, wanted) in entries.into_iter().zip(ports) {
            let (service, base_path) = (entry.service, entry.base_path);
            let own = self.address.unwrap_or(Ipv4Addr::LOCALHOST.into());
            let socket = TcpListener::bind((own, wanted))
                .map_err(|error| cannot_listen(service, wanted, &error))?;
            let address = reached_at(socket.local_addr()?);
            let url = format!("http://{address}{base_path}");
            let simulator = self.simulator(entry, url, &simulators.clock)?;
            let simulator = Arc::new(simulator);
            simulators.by_service.insert(service, simulator.clone());
            sockets.push((socket, address.port(), simulator, base_path));
        }
        let simulators = Arc::new(simulators);
        simulators
            .play(&self.script)
            .map_err(|invalid| io::Error::new(io::ErrorKind::InvalidInput, invalid))?;
        for run in &self.runs {
            let added = simulators.seed(run);
            added.map_err(|unknown| io::Error::new(io::ErrorKind::InvalidInput, unknown))?;
        }
        let mut listeners = Vec::new();
        for (socket, number, simulator, base_path) in sockets {
            let port = Port {
                simulators: simulators.clone(),
                simulator,
                base_path,
                hosts: Hosts {
                    port: number,
                    others: self.host_names.clone(),
                },
                longest_body: self.longest_body.unwrap_or(LONGEST_BODY),
            };
            listeners.push(Listener::start(socket, port)?);
        }
        Ok(Sandbox {
            simulators,
            accepted: self.accepted,
            _listeners: listeners,
        })
    }

    /// The port of each service, 0 for any.
    fn ports(&self, entries: &[Entry]) -> io::Result<Vec<u16>> {
        let first = self.first_port;
        let port = |(entry, number): (&Entry, u16)| {
            let in_turn = if first == 0 {
                Some(0)
            } else {
                first.checked_add(number)
            };
            self.ports.get(&entry.service).copied().or(in_turn)
        };
        let ports: Option<Vec<u16>> = entries.iter().zip(0..).map(port).collect();
        ports.ok_or_else(|| {
            let count = entries.len();
            let last = usize::from(u16::MAX)
                .saturating_sub(count)
                .saturating_add(1);
            let text = format!(
                "the {count} services do not fit on the ports from {first} on, which end at {}; \
                 begin at {last} or below",
                u16::MAX
            );
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })
    }

    fn simulator(&self, entry: Entry, url: String, clock: &Clock) -> io::Result<Simulator> {
        let document = entry.document()?;
        let service = entry.service;
        let added = self
            .pipelines
            .iter()
            .filter(|pipeline| pipeline.service == service);
        let mut pipelines = entry.pipelines;
        pipelines.extend(added.cloned());
        Ok(Simulator {
            service,
            url,
            accepted: self.accepted.clone(),
            settings: self.settings.clone(),
            pipelines,
            document,
            clock: clock.clone(),
            per_minute: self.per_minute.get(&service).copied(),
            observer: self.observer.clone(),
            inner: Mutex::new(Inner::new(entry.vendor)),
        })
    }
}

/// The address at which this machine reaches the listener.
fn reached_at(address: SocketAddr) -> SocketAddr {
    let own = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(own, address.port())
}

fn cannot_listen(service: Service, port: u16, error: &io::Error) -> io::Error {
    let title = service.title();
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => "is taken".to_owned(),
        _ => format!("cannot be had ({error})"),
    };
    let text = format!("port {port}, where {title} was to be served, {reason}");
    io::Error::new(error.kind(), text)
}
