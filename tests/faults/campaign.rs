//! One service, many cases: each a call that meets faults, and what the caller is told.

use std::collections::BTreeMap;
use std::time::Duration;

use runpipe::{Error, ErrorKind, Reconciled, Run, RunRef, Service};

use super::fault::Fault;
use super::subject::{Client, Subject};

/// How a case ended for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The caller holds the run.
    Held,
    /// The caller knows that nothing was started, and nothing was.
    NothingStarted,
    /// The caller knows that it does not know; reconciling found the run.
    UnknownAndFound,
    /// The caller knows that it does not know; there was no run to find.
    UnknownAndNone,
    /// A read brought the run.
    Read,
    /// A read failed.
    NotRead,
}

impl Outcome {
    pub const ALL: [Outcome; 6] = [
        Outcome::Held,
        Outcome::NothingStarted,
        Outcome::UnknownAndFound,
        Outcome::UnknownAndNone,
        Outcome::Read,
        Outcome::NotRead,
    ];
}

/// How often the first fault of a case led to which outcome.
pub type Counts = BTreeMap<(Fault, Outcome), usize>;

/// What one case meets: the faults of the requests to come, in their order.
struct Case {
    number: usize,
    reads: bool,
    faults: Vec<Fault>,
}

impl Case {
    /// Each fault comes first equally often; what follows it is drawn.
    fn draw(number: usize, random: &mut fastrand::Rng) -> Self {
        let first = Fault::ALL[number % Fault::ALL.len()];
        let again = random.usize(..4);
        let mut faults = vec![first];
        match again {
            0 => {}
            // The same fault for longer than anybody tries.
            1 => faults = vec![first; 40],
            more => faults.extend((0..more).map(|_| Fault::ALL[random.usize(..Fault::ALL.len())])),
        }
        if first == Fault::RefuseConnection {
            faults = vec![first];
        }
        Case {
            number,
            reads: random.u8(..5) == 0,
            faults,
        }
    }

    fn first(&self) -> Fault {
        self.faults.first().copied().unwrap_or(Fault::Nothing)
    }

    fn client<'s, C>(&self, subject: &'s Subject<C>) -> &'s C {
        if self.first() == Fault::RefuseConnection {
            &subject.refused
        } else if self.faults.contains(&Fault::DelayPastTheTimeout) {
            &subject.hasty
        } else {
            &subject.patient
        }
    }
}

/// Runs the cases of one service, one after the other.
pub async fn campaign<C: Client>(subject: &Subject<C>, cases: usize, seed: u64) -> Counts {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut counts = Counts::new();
    for number in 0..cases {
        let case = Case::draw(number, &mut random);
        let outcome = if case.reads {
            read(subject, &case).await
        } else {
            start(subject, &case).await
        };
        *counts.entry((case.first(), outcome)).or_default() += 1;
        subject.proxy.plan([]);
        // What was started is too old to be taken for the next case's.
        subject.sandbox.advance(Duration::from_secs(300));
    }
    counts
}

async fn start<C: Client>(subject: &Subject<C>, case: &Case) -> Outcome {
    let Subject {
        sandbox, service, ..
    } = subject;
    let (since, before) = (sandbox.now(), sandbox.started(*service));
    subject.proxy.plan(case.faults.clone());
    let told = Client::start(case.client(subject), sandbox).await;
    let started = sandbox.started(*service) - before;
    let say = |what: &str| {
        format!(
            "{service} case {}: {what}; faults {:?}, {started} started, told {told:?}",
            case.number, case.faults
        )
    };
    assert!(started <= 1, "{}", say("a second run was started"));
    match &told {
        Ok(run) => {
            assert_eq!(started, 1, "{}", say("a run that was never started"));
            assert_eq!(
                newest(subject, since).await,
                Some(run.reference.clone()),
                "{}",
                say("another run")
            );
            Outcome::Held
        }
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            check_sentence(error, *service);
            let found = newest(subject, since).await;
            assert_eq!(
                found.is_some(),
                started == 1,
                "{}",
                say("lost, or found from nowhere")
            );
            if found.is_some() {
                Outcome::UnknownAndFound
            } else {
                Outcome::UnknownAndNone
            }
        }
        Err(_) => {
            assert_eq!(
                started,
                0,
                "{}",
                say("a run that the caller is not told of")
            );
            Outcome::NothingStarted
        }
    }
}

/// The run that reconciling finds, through a way without faults.
async fn newest<C: Client>(
    subject: &Subject<C>,
    since: chrono::DateTime<chrono::Utc>,
) -> Option<RunRef> {
    let found = Client::reconcile(&subject.straight, &subject.sandbox, since).await;
    match found.expect("no fault is in the way") {
        Reconciled::One(run) => Some(run.reference),
        Reconciled::None => None,
        several => panic!("{}: more than was started: {several:?}", subject.service),
    }
}

/// A person has to understand it: that it may have happened, to what, and what to do.
fn check_sentence(error: &Error, service: Service) {
    let text = error.to_string();
    assert!(
        text.starts_with("It is not known whether this happened"),
        "{text}"
    );
    assert!(
        text.contains(service.title()) && text.contains("Do not start again"),
        "{text}"
    );
}

async fn read<C: Client>(subject: &Subject<C>, case: &Case) -> Outcome {
    let started = Client::start(&subject.straight, &subject.sandbox).await;
    let run: Run = started.expect("no fault is in the way");
    let before = subject.sandbox.started(subject.service);
    subject.proxy.plan(case.faults.clone());
    let read = case.client(subject).get(&run.reference).await;
    assert_eq!(
        subject.sandbox.started(subject.service),
        before,
        "a read started a run"
    );
    match read {
        Ok(read) => {
            assert_eq!(read.reference, run.reference);
            Outcome::Read
        }
        Err(error) => {
            assert_ne!(
                error.kind(),
                ErrorKind::OutcomeUnknown,
                "a read has no outcome: {error}"
            );
            Outcome::NotRead
        }
    }
}
