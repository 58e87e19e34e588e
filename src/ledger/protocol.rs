//! The protocol itself: what an entry says, and what a caller does next. Pure: no clock, no network,
//! so that the model in the tests explores the code that the calls run.

use serde::{Deserialize, Serialize};

use crate::run::RunRef;

/// How far a start has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Nothing was started: the service refused, or nothing was sent. Anybody may claim it.
    Free,
    /// Somebody intends to start. Nothing was sent, and nothing is sent from here: an owner who is
    /// silent for as long as the lease loses only its claim.
    Claimed {
        /// Whose it is.
        #[serde(flatten)]
        lease: Lease,
    },
    /// The request leaves now, or has left.
    Sending {
        /// Whose it is.
        #[serde(flatten)]
        lease: Lease,
    },
    /// The request left, and its sender knows no more than that.
    Unclear {
        /// Whether the service has said that a run with the mark is going.
        going: bool,
    },
    /// The run that was started.
    Started {
        /// Its reference.
        run: RunRef,
    },
}

/// The caller that works on a start, and a sign that it still does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    /// One call of one process.
    pub owner: String,
    /// Grows with each renewal.
    pub beat: u64,
}

/// What the owner of a lease does with it.
impl Stage {
    pub(super) fn claimed(owner: &str) -> Stage {
        let (owner, beat) = (owner.to_owned(), 0);
        Stage::Claimed {
            lease: Lease { owner, beat },
        }
    }

    /// The same stage, renewed; `None` where there is no lease.
    pub(super) fn renewed(&self) -> Option<Stage> {
        match self {
            Stage::Claimed { lease } => Some(Stage::Claimed {
                lease: lease.renewed(),
            }),
            Stage::Sending { lease } => Some(Stage::Sending {
                lease: lease.renewed(),
            }),
            Stage::Free | Stage::Unclear { .. } | Stage::Started { .. } => None,
        }
    }

    /// The step before the request leaves, or leaves once more.
    pub(super) fn sending(&self) -> Option<Stage> {
        self.lease().map(|lease| Stage::Sending {
            lease: lease.renewed(),
        })
    }

    pub(super) fn lease(&self) -> Option<&Lease> {
        match self {
            Stage::Claimed { lease } | Stage::Sending { lease } => Some(lease),
            Stage::Free | Stage::Unclear { .. } | Stage::Started { .. } => None,
        }
    }

    /// Whether nothing of the attempt in this stage has left, or it was refused.
    pub(super) fn has_sent_nothing(&self) -> bool {
        matches!(self, Stage::Free | Stage::Claimed { .. })
    }

    /// Whether a caller who has a run may write it in place of this stage, which somebody else has
    /// written in the meantime. Not if another request has left, or may have, unless the service has
    /// refused it because a run with the mark is going: there may be two runs then, and that is not
    /// hidden.
    pub(super) fn gives_way_to_a_run(&self) -> bool {
        match self {
            Stage::Free | Stage::Claimed { .. } | Stage::Unclear { going: true } => true,
            Stage::Unclear { going: false } | Stage::Sending { .. } | Stage::Started { .. } => {
                false
            }
        }
    }
}

impl Lease {
    fn renewed(&self) -> Lease {
        Lease {
            owner: self.owner.clone(),
            beat: self.beat.saturating_add(1),
        }
    }
}

/// For how long a caller has seen an entry unchanged, by its own monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Silence {
    /// Shorter than a lease.
    Short,
    /// For a lease: an owner who is alive would have renewed it.
    Lease,
    /// For two: what an owner sent before it fell silent has arrived, and is listed.
    Settled,
}

/// What a look at the service's list has shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Looked {
    /// This is the run.
    Found(RunRef),
    /// The list is sure to show the run, and does not.
    Nothing,
    /// It may be one of these, or none.
    Unsure(Vec<RunRef>),
    /// The list could not be read.
    Unread,
}

impl Looked {
    /// The same beside a run that the unclear answer named: what the list does not show may still be that one.
    pub(super) fn beside(self, named: &RunRef) -> Looked {
        match self {
            Looked::Nothing => Looked::Unsure(vec![named.clone()]),
            Looked::Unsure(mut runs) => {
                if !runs.contains(named) {
                    runs.push(named.clone());
                }
                Looked::Unsure(runs)
            }
            Looked::Found(_) | Looked::Unread => self,
        }
    }

    /// Why it is not known what became of a start after this look, where nothing more can be waited for.
    pub(super) fn why_unknown(&self) -> &'static str {
        match self {
            Looked::Unsure(runs) if runs.is_empty() => {
                "the service lists no run that fits, and its list is no proof"
            }
            Looked::Unsure(_) => "the service's list does not show for certain which run it is",
            Looked::Unread => "the service's list could not be read",
            Looked::Nothing | Looked::Found(_) => "a run may still appear in the service's list",
        }
    }
}

/// What a caller does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Claims the key, and starts.
    Claim,
    /// Returns the run.
    Attach(RunRef),
    /// Gives up: the key belongs to another request.
    InUse,
    /// Waits, and reads again.
    Wait,
    /// Looks at the service's list.
    Look,
    /// Writes down the run that was found.
    Record(RunRef),
    /// Gives up: it cannot be known.
    GiveUp,
}

/// What a caller does about an entry that is not its own.
///
/// `same` says whether the caller's request is the entry's, `looked` what the list has shown since
/// the entry was unchanged for this long.
pub(super) fn next(
    stage: Option<&Stage>,
    same: bool,
    silence: Silence,
    looked: Option<&Looked>,
) -> Step {
    match stage {
        None | Some(Stage::Free) => Step::Claim,
        Some(Stage::Claimed { .. }) if silence >= Silence::Lease => Step::Claim,
        Some(_) if !same => Step::InUse,
        Some(Stage::Started { run }) => Step::Attach(run.clone()),
        Some(Stage::Claimed { .. }) => Step::Wait,
        Some(Stage::Sending { .. }) => match silence {
            Silence::Short => Step::Wait,
            Silence::Lease => judge(looked, false),
            Silence::Settled => judge(looked, true),
        },
        // Nobody is working on it: there is no lease to wait for.
        Some(Stage::Unclear { .. }) => judge(looked, silence == Silence::Settled),
    }
}

fn judge(looked: Option<&Looked>, settled: bool) -> Step {
    match looked {
        None => Step::Look,
        Some(Looked::Found(run)) => Step::Record(run.clone()),
        Some(Looked::Nothing) if settled => Step::Claim,
        Some(Looked::Unsure(_)) if settled => Step::GiveUp,
        Some(Looked::Nothing | Looked::Unsure(_) | Looked::Unread) => Step::Wait,
    }
}
