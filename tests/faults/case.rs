//! One case: every dimension of what a call meets, each drawn by itself.

use chrono::TimeDelta;
use fastrand::Rng;
use runpipe::Service;
use runpipe_testing::Trigger;

use super::body::Body;
use super::header::{self, Header};
use super::step::{Place, Step};

/// What one call meets.
#[derive(Clone, Debug)]
pub struct Case {
    pub number: usize,
    pub reads: bool,
    /// Nobody listens at the address.
    pub refused: bool,
    /// Which of the service's kinds of credentials.
    pub credential: usize,
    /// The name of this machine that the address has.
    pub host: &'static str,
    /// How far the service's clock is ahead of the caller's.
    pub ahead: TimeDelta,
    /// What the requests to come meet, in their order; nothing once they are used up.
    pub steps: Vec<Step>,
    /// What the next request for a token meets.
    pub token: Vec<Step>,
    /// Runs that were begun before.
    pub others: Vec<Other>,
    /// How long a request travels, and the answer, in milliseconds of the sandbox's clock.
    pub travels: (u64, u64),
    /// How long the service takes to create a run once it was asked to, in milliseconds.
    pub creates: u64,
    /// At which part of a second the call begins, in milliseconds.
    pub phase: u64,
    /// Whether the start has a mark, where the service keeps one.
    pub marked: bool,
    /// Whether the same client looks for the run.
    pub looks_itself: bool,
}

/// A run that somebody else began.
#[derive(Clone, Copy, Debug)]
pub struct Other {
    /// How long before the call, in milliseconds.
    pub before: u64,
    /// What began it.
    pub trigger: Trigger,
}

/// One of several, by their weights.
pub fn weighed<T: Clone>(random: &mut Rng, choices: &[(u32, T)]) -> T {
    let all: u32 = choices.iter().map(|(weight, _)| weight).sum();
    let mut at = random.u32(..all);
    let mut choices = choices.iter();
    loop {
        let (weight, choice) = choices.next().expect("the weights add up");
        match at.checked_sub(*weight) {
            Some(rest) => at = rest,
            None => return choice.clone(),
        }
    }
}

impl Case {
    pub fn draw(service: Service, number: usize, credentials: usize, random: &mut Rng) -> Self {
        let first = Step::draw(service, random);
        let steps = match weighed(random, &[(50, 0), (20, 1), (30, 2)]) {
            0 => vec![first],
            // The same for longer than anybody tries.
            1 => vec![first; 40],
            _ => {
                let more = random.usize(1..4);
                let more = (0..more).map(|_| Step::draw(service, random));
                std::iter::once(first).chain(more).collect()
            }
        };
        let token = match random.u8(..12) {
            0 => vec![Step::draw(service, random); random.usize(1..3)],
            _ => Vec::new(),
        };
        let within_a_second = random.i64(-999..1_000);
        let minutes = [150, -150, 800, -800][random.usize(..4)] * 1_000;
        let ahead = weighed(
            random,
            &[
                (25, 0),
                (35, within_a_second),
                (15, minutes),
                (25, minutes + within_a_second),
            ],
        );
        let others = (0..weighed(random, &[(50, 0), (35, 1), (15, 2)]))
            .map(|_| Other {
                before: match random.u8(..3) {
                    0 => random.u64(1..50),
                    1 => random.u64(50..1_500),
                    _ => random.u64(1_500..60_000),
                },
                trigger: weighed(
                    random,
                    &[
                        (2, Trigger::Api),
                        (1, Trigger::Push),
                        (1, Trigger::Schedule),
                    ],
                ),
            })
            .collect();
        Case {
            number,
            reads: random.u8(..5) == 0,
            refused: random.u8(..50) == 0,
            credential: random.usize(..credentials),
            host: ["127.0.0.1", "localhost"][random.usize(..2)],
            ahead: TimeDelta::milliseconds(ahead),
            steps,
            token,
            others,
            travels: match random.bool() {
                true => (random.u64(..20), random.u64(..20)),
                false => (random.u64(..400), random.u64(..400)),
            },
            creates: weighed(random, &[(1, 0), (1, 50), (2, 250), (1, 700)]),
            phase: random.u64(..1_000),
            marked: random.bool(),
            looks_itself: random.bool(),
        }
    }

    pub fn first(&self) -> &Step {
        self.steps.first().expect("a case has a step")
    }

    /// Whether some answer lasts until the caller gives up.
    pub fn is_silent(&self) -> bool {
        let steps = self.steps.iter().chain(&self.token);
        steps.clone().any(|step| step.place == Place::Silence)
    }

    /// Whether some answer breaks off in a secret.
    pub fn cuts_a_secret(&self) -> bool {
        let mut steps = self.steps.iter().chain(&self.token);
        steps.any(|step| matches!(step.place, Place::InSecret(_)))
    }

    /// Whether some answer asks for a pause, which the client then keeps to.
    pub fn pauses(&self) -> bool {
        let mut steps = self.steps.iter().chain(&self.token);
        steps.any(|step| step.headers.iter().any(Header::asks_for_a_pause))
    }

    /// The class of the case in every dimension, for the table.
    pub fn classes(&self, credential: &str) -> Vec<String> {
        let first = self.first();
        let mut classes = vec![
            format!("call: {}", if self.reads { "a read" } else { "a start" }),
            format!("credential: {credential}"),
            format!("service's clock: {}", clock(self.ahead.num_milliseconds())),
            format!("host: {}", self.host),
            format!(
                "steps: {}",
                if self.steps.len() < 40 {
                    "a few"
                } else {
                    "for ever"
                }
            ),
        ];
        if self.refused {
            classes.push("breaks: nobody listens".to_owned());
            return classes;
        }
        classes.push(format!("breaks: {}", first.place.name()));
        if !self.token.is_empty() {
            classes.push("token endpoint: breaks".to_owned());
        }
        for other in &self.others {
            let how = match other.trigger {
                Trigger::Api => "by a start",
                _ => "by a trigger",
            };
            let when = match other.before {
                ..50 => "less than 50 ms",
                50..1_500 => "50 ms to 1.5 s",
                _ => "1.5 s to 60 s",
            };
            classes.push(format!("another run: {when} before, {how}"));
        }
        if first.place.answers() {
            classes.push(match first.status {
                None => "status: the true one".to_owned(),
                Some(status) => format!("status: {}xx", status / 100),
            });
            classes.push(format!("body: {}", first.body.name()));
            let kind = first.content_type.unwrap_or("the true one");
            classes.push(format!("content type: {kind}"));
            classes.extend(
                first
                    .headers
                    .iter()
                    .map(|header| format!("header: {}", header.name())),
            );
        }
        classes.sort();
        classes.dedup();
        classes
    }
}

fn clock(ahead: i64) -> &'static str {
    match ahead {
        ..-1_000 => "behind by minutes",
        -1_000..0 => "behind by less than a second",
        0 => "the same",
        1..=1_000 => "ahead by less than a second",
        _ => "ahead by minutes",
    }
}

impl Step {
    fn draw(service: Service, random: &mut Rng) -> Self {
        let place = Place::draw(random);
        let mut step = Step {
            place,
            acts: random.bool(),
            status: draw_status(random),
            content_type: draw_content_type(random),
            body: Body::draw(service, random),
            headers: header::draw(service, random),
        };
        if matches!(step.body, Body::Echo(..)) && random.u8(..4) == 0 {
            step.place = Place::InSecret(random.usize(..1_000));
        }
        if random.u8(..8) == 0 {
            (step.status, step.content_type, step.body) = (None, None, Body::True);
        }
        step.settled(service)
    }
}

fn draw_status(random: &mut Rng) -> Option<u16> {
    let any = random.u16(200..600);
    let redirect = [301, 302, 303, 307, 308][random.usize(..5)];
    let refusal = [400, 401, 403, 404, 408, 409, 410, 422, 429, 499][random.usize(..10)];
    let failure = [500, 502, 503, 504][random.usize(..4)];
    let success = [201, 202, 203, 204, 206][random.usize(..5)];
    weighed(
        random,
        &[
            (35, None),
            (15, Some(200)),
            (8, Some(success)),
            (8, Some(redirect)),
            (14, Some(refusal)),
            (10, Some(failure)),
            (10, Some(any)),
        ],
    )
}

fn draw_content_type(random: &mut Rng) -> Option<&'static str> {
    weighed(
        random,
        &[
            (50, None),
            (10, Some("application/json")),
            (20, Some("text/html; charset=utf-8")),
            (5, Some("text/html")),
            (5, Some("TEXT/HTML")),
            (5, Some("text/plain")),
            (3, Some("application/octet-stream")),
            (2, Some("application/problem+json")),
            (2, Some("text/xml")),
            (2, Some("")),
        ],
    )
}
