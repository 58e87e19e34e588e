//! What answers on the port of a service: the control endpoint, or the service.

use std::sync::Arc;

use super::answer::Answer;
use super::clock::http_date;
use super::control;
use super::hosts::Hosts;
use super::incoming::Incoming;
use super::simulator::Simulator;
use super::simulators::Simulators;
use runpipe::Service;

/// How much is read of a request that shows no credential that is accepted.
const LONGEST_OF_STRANGERS: usize = 64 << 10;

/// One port of a sandbox.
pub(super) struct Port {
    pub simulators: Arc<Simulators>,
    pub simulator: Arc<Simulator>,
    /// The path before the documented paths.
    pub base_path: &'static str,
    pub hosts: Hosts,
    /// The longest body of a request, in bytes.
    pub longest_body: usize,
}

/// How much of a body is read.
#[derive(Clone, Copy)]
pub(super) enum Longest {
    /// What was set for all requests.
    Set(usize),
    /// What is read of a request without a credential.
    Stranger(usize),
}

impl Longest {
    pub fn bytes(self) -> usize {
        match self {
            Longest::Set(bytes) | Longest::Stranger(bytes) => bytes,
        }
    }

    /// Says so to whoever sent more.
    pub fn sentence(self) -> String {
        match self {
            Longest::Set(bytes) => format!(
                "the body is longer than {bytes} bytes; send less, or set SandboxBuilder::longest_body"
            ),
            Longest::Stranger(bytes) => format!(
                "the body is longer than {bytes} bytes, and the request shows no credential that is \
                 accepted; send one, or less"
            ),
        }
    }
}

impl Port {
    pub fn service(&self) -> Service {
        self.simulator.service
    }

    /// Looks at the head of a request: how much of its body is read, or why none of it.
    pub fn admit(&self, head: &Incoming) -> Result<Longest, Answer> {
        let set = Longest::Set(self.longest_body);
        let checked = if is_control(head) {
            self.hosts.check_control(head).map(|()| set)
        } else {
            self.hosts
                .check(head)
                .map(|()| match self.simulator.knows(head) {
                    true => set,
                    false => Longest::Stranger(self.longest_body.min(LONGEST_OF_STRANGERS)),
                })
        };
        checked.map_err(|refusal| self.dated(refusal))
    }

    /// Answers a whole request.
    pub fn answer(&self, mut request: Incoming) -> Answer {
        let answer = if is_control(&request) {
            control::answer(&self.simulators, &request)
        } else {
            // A path outside the base path is none of the document's.
            let relative = request.full_path.strip_prefix(self.base_path);
            let relative = relative.filter(|rest| rest.starts_with('/'));
            request.path = relative.unwrap_or_default().to_owned();
            self.simulator.handle(request)
        };
        self.dated(answer)
    }

    /// Refuses a request that cannot be read.
    pub fn refuse(&self, status: u16, sentence: &str) -> Answer {
        self.dated(control::refused(status, sentence))
    }

    /// Every answer says when it was made, by the sandbox's clock, unless a script says otherwise.
    fn dated(&self, mut answer: Answer) -> Answer {
        if !answer.headers.contains_key("date") {
            answer.set("date", http_date(self.simulators.clock.now()));
        }
        answer
    }
}

fn is_control(request: &Incoming) -> bool {
    let rest = request.full_path.strip_prefix(control::PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
