//! One service, many cases: each a call that meets faults, and what the caller is told.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, Timelike, Utc};
use fastrand::Rng;
use futures_util::FutureExt;
use runpipe::{Error, ErrorKind, Reconciled, Run, Service};
use runpipe_testing::SeededRun;
use serde_json::json;

use super::case::Case;
use super::client::Client;
use super::proxy::{Plan, Seen};
use super::secret::{begins, shown};
use super::subject::{Subject, VARIABLE, Way};
use super::table::{Outcome, Table};

/// A read asks again four times, once more with another token and with another clock; a run that
/// ended without saying how is looked up as a build, too.
const MOST_READS: usize = 14;
/// So often a run that is not certain is looked for.
const MOST_LOOKS: usize = 8;
/// From one look to the next, as the program does it.
const PACE: Duration = Duration::from_millis(618);

/// Runs the cases of one service, one after the other.
pub async fn campaign<C: Client>(cases: usize, seed: u64) -> Table {
    let service = C::SERVICE;
    let subject = Subject::<C>::prepare(service).await;
    let mut table = Table::default();
    for number in 0..cases {
        // Each case has its own, so that it can be looked at without those before.
        let own = seed ^ (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut random = Rng::with_seed(own.wrapping_add(service as u64));
        let case = Case::draw(service, number, C::CREDENTIALS.len(), &mut random);
        let mut judged = Judged::default();
        let ended = AssertUnwindSafe(run(&subject, &case, &mut judged))
            .catch_unwind()
            .await;
        let outcome = ended.unwrap_or_else(|_| {
            judged.broken.push("it panicked".to_owned());
            Outcome::Broken
        });
        let classes = case.classes(C::CREDENTIALS[case.credential]);
        table.count(service, classes, outcome);
        for what in judged.broken {
            let seen = subject.proxy.plan().seen.clone();
            table.fail(format!(
                "{service}, seed {seed}: {what}\n  {case:?}\n  {seen:?}"
            ));
        }
    }
    table
}

/// The promises that a case broke.
#[derive(Default)]
struct Judged {
    broken: Vec<String>,
}

impl Judged {
    fn expect(&mut self, promise: bool, what: impl FnOnce() -> String) {
        if !promise {
            self.broken.push(what());
        }
    }

    /// No text that anybody is shown has a secret in it, nor the beginning of one that was cut.
    fn expect_no_secret(&mut self, case: &Case, secrets: &[String], texts: &[String]) {
        for secret in secrets {
            for text in texts {
                let begun = || begins(text, secret).filter(|_| case.cuts_a_secret());
                if let Some(form) = shown(text, secret).or_else(begun) {
                    self.broken
                        .push(format!("{secret} is shown as {form:?}: {text}"));
                }
            }
        }
    }
}

async fn run<C: Client>(subject: &Subject<C>, case: &Case, judged: &mut Judged) -> Outcome {
    subject.proxy.rest().await;
    subject.sandbox.reset();
    *subject.proxy.plan() = Plan::default();
    subject.sandbox.set_clock_ahead(case.ahead);
    let way = match () {
        () if case.refused => Way::Closed,
        () if case.is_silent() => Way::Hasty,
        () => Way::Broken,
    };
    if case.reads {
        read(subject, case, way, judged).await
    } else {
        start(subject, case, way, judged).await
    }
}

/// Lets the call's time come, and has the runs of others begun before it, each at its time.
fn begin_others<C: Client>(subject: &Subject<C>, case: &Case) {
    let sandbox = &subject.sandbox;
    let into = u64::from(sandbox.client_now().nanosecond()) / 1_000_000;
    let later = 300_000 + (1_000 + case.phase - into) % 1_000;
    sandbox.advance(Duration::from_millis(later));
    let pipeline = &sandbox.pipelines(subject.service)[0];
    for other in &case.others {
        let created = sandbox.now() - Duration::from_millis(other.before);
        let mut run = SeededRun::of(pipeline)
            .trigger(other.trigger)
            .created(created);
        if subject.service == Service::Matillion {
            run = run.request(json!({ "environmentName": pipeline.place[2] }));
        }
        sandbox
            .seed(&run)
            .expect("the pipeline is the sandbox's own");
    }
}

fn plan<C: Client>(subject: &Subject<C>, case: &Case, secrets: &[String]) {
    let mut plan = subject.proxy.plan();
    plan.steps = case.steps.clone().into();
    plan.token = case.token.clone().into();
    let travel = Duration::from_millis;
    plan.travels = (travel(case.travels.0), travel(case.travels.1));
    plan.creates = travel(case.creates);
    plan.secret = secrets[case.number % secrets.len()].clone();
    plan.own_secret = secrets[0].clone();
    plan.seen.clear();
}

/// Takes what was to come away, and gives what came.
async fn came<C: Client>(subject: &Subject<C>) -> Vec<Seen> {
    subject.proxy.rest().await;
    let mut plan = subject.proxy.plan();
    plan.steps.clear();
    plan.token.clear();
    plan.seen.clone()
}

async fn start<C: Client>(
    subject: &Subject<C>,
    case: &Case,
    way: Way,
    judged: &mut Judged,
) -> Outcome {
    begin_others(subject, case);
    let client = subject.client(case.credential, way, case.host);
    let secrets = subject.secrets(case.credential);
    plan(subject, case, &secrets);
    let since = subject.sandbox.client_now();
    let before = subject.sandbox.started(subject.service);
    let told = client.begin(&subject.sandbox, case.marked).await;
    let seen = came(subject).await;
    let started = subject.sandbox.started(subject.service) - before;
    let began = seen.iter().find_map(|seen| seen.began.clone());
    let mut secrets = secrets;
    secrets.extend(seen.iter().filter_map(|seen| seen.token.clone()));
    judged.expect_no_secret(case, &secrets, &texts(&told));
    judged.expect(started <= 1, || format!("{started} runs were started"));
    let starts: Vec<&Seen> = seen.iter().filter(|seen| seen.is_start).collect();
    let earlier = starts.split_last().map_or(&[][..], |(_, earlier)| earlier);
    judged.expect(earlier.iter().all(|seen| seen.proven), || {
        format!(
            "it was sent {} times, without a proof; told {told:?}",
            starts.len()
        )
    });
    match &told {
        Ok(run) => {
            judged.expect(began.as_deref() == Some(&run.id), || {
                format!("told of {}, and {began:?} was started", run.id)
            });
            Outcome::Held
        }
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            judged.expect(is_understood(error, subject.service), || error.to_string());
            let must = case
                .steps
                .iter()
                .zip(&starts)
                .any(|(step, seen)| step.must_be_held(subject.service) && seen.began.is_some());
            judged.expect(!must, || format!("the id that came is lost: {error}"));
            let itself = case.looks_itself && way == Way::Broken && !case.pauses();
            let client = match itself {
                true => client,
                false => subject.client(0, Way::Straight, case.host),
            };
            look(subject, case, &client, since, began, judged).await
        }
        Err(error) => {
            judged.expect(started == 0, || {
                format!("told that nothing was started: {error}")
            });
            Outcome::NothingStarted
        }
    }
}

/// What reconciling says in the end, on a way without faults.
async fn look<C: Client>(
    subject: &Subject<C>,
    case: &Case,
    client: &C,
    since: DateTime<Utc>,
    began: Option<String>,
    judged: &mut Judged,
) -> Outcome {
    let (sandbox, mut outcome) = (&subject.sandbox, Outcome::Broken);
    for _ in 0..MOST_LOOKS {
        let began_look = sandbox.client_now();
        let found = client.look(sandbox, case.marked, since).await;
        outcome = found_out(found, since, began.as_ref(), judged);
        if outcome != Outcome::UnknownAndUncertain {
            break;
        }
        let took = sandbox.client_now() - began_look;
        sandbox.advance(PACE.saturating_sub(took.to_std().unwrap_or_default()));
    }
    outcome
}

/// What one look says.
fn found_out(
    found: runpipe::Result<Reconciled>,
    since: DateTime<Utc>,
    began: Option<&String>,
    judged: &mut Judged,
) -> Outcome {
    let (told, candidates) = match found {
        Ok(Reconciled::One(run)) => (vec![*run], Vec::new()),
        Ok(Reconciled::Several(runs)) => (runs, Vec::new()),
        Ok(Reconciled::Uncertain { candidates, .. }) => (Vec::new(), candidates),
        Ok(Reconciled::None) => {
            judged.expect(began.is_none(), || format!("{began:?} is not found"));
            return Outcome::UnknownAndNone;
        }
        Ok(other) => panic!("what is {other:?}?"),
        Err(error) => {
            judged.expect(false, || format!("no fault is in the way: {error}"));
            return Outcome::Broken;
        }
    };
    // Every other run was created before the call.
    for run in &told {
        judged.expect(began == Some(&run.id), || {
            format!("found {run:?}, and {began:?} was started since {since}")
        });
    }
    let mut named = told.iter().chain(&candidates);
    let has = began.is_none_or(|began| named.any(|run| run.id == *began));
    judged.expect(has, || {
        format!("{began:?} is not among {told:?} {candidates:?}")
    });
    match told.is_empty() {
        true => Outcome::UnknownAndUncertain,
        false => Outcome::UnknownAndFound,
    }
}

/// A person has to understand it: that it may have happened, to what, and what to do.
fn is_understood(error: &Error, service: Service) -> bool {
    let text = error.to_string();
    text.starts_with("It is not known whether this took effect")
        && text.contains(service.title())
        && text.contains("before you start again")
}

/// Everything that a caller can show of what they were told.
fn texts(told: &runpipe::Result<Run>) -> Vec<String> {
    match told {
        Ok(run) => vec![
            format!("{run:?}"),
            serde_json::to_string(run).expect("a run is JSON"),
            run.warnings.join("\n"),
        ],
        Err(error) => vec![
            error.to_string(),
            format!("{error:?} {error:#?}"),
            serde_json::to_string(error).expect("an error is JSON"),
            error.sentences().join("\n"),
        ],
    }
}

async fn read<C: Client>(
    subject: &Subject<C>,
    case: &Case,
    way: Way,
    judged: &mut Judged,
) -> Outcome {
    begin_others(subject, case);
    let straight = subject.client(0, Way::Straight, case.host);
    let run = straight
        .begin(&subject.sandbox, case.marked)
        .await
        .expect("no fault is in the way");
    let before = subject.sandbox.started(subject.service);
    let client = subject.client(case.credential, way, case.host);
    // A read does not have the secret variable in it.
    let mut secrets = subject.secrets(case.credential);
    secrets.retain(|secret| secret != VARIABLE);
    plan(subject, case, &secrets);
    let told = client.get(&run.reference).await;
    let seen = came(subject).await;
    secrets.extend(seen.iter().filter_map(|seen| seen.token.clone()));
    judged.expect_no_secret(case, &secrets, &texts(&told));
    let started = subject.sandbox.started(subject.service);
    judged.expect(started == before, || "a read started a run".to_owned());
    let reads = seen.iter().filter(|seen| !seen.is_token).count();
    judged.expect(reads <= MOST_READS, || {
        format!("{reads} requests for one read")
    });
    match told {
        Ok(read) => {
            judged.expect(read.reference == run.reference, || {
                format!("another run: {read:?}")
            });
            Outcome::Read
        }
        Err(error) => {
            judged.expect(error.kind() != ErrorKind::OutcomeUnknown, || {
                format!("a read has no outcome: {error}")
            });
            Outcome::NotRead
        }
    }
}
