//! The world of the model: callers, one entry, what is on its way, and the runs that were started.

use crate::ledger::Stage;
use crate::ledger::protocol::{Looked, Silence};
use crate::run::RunRef;
use crate::service::Service;

pub(super) const CALLERS: usize = if cfg!(debug_assertions) { 2 } else { 3 };
pub(super) const NAMES: [&str; 3] = ["0", "1", "2"];
pub(super) const MOST_DEATHS: u8 = 2;
pub(super) const MOST_STOPS: u8 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub entry: Option<Entry>,
    pub callers: [Caller; CALLERS],
    /// Requests on their way: who sent them, and for how many ticks.
    pub wire: Vec<(usize, u8)>,
    pub runs: Vec<Started>,
    pub deaths: u8,
    pub stops: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub stage: Stage,
    pub version: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Started {
    pub listed: bool,
    /// Ticks since its request left.
    pub age: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Caller {
    pub at: At,
    /// The version that it sees, and for how many ticks.
    pub watch: Option<(u8, u8)>,
    pub looked: Option<(u8, Silence, Looked)>,
    pub stopped: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum At {
    /// Reads the entry next.
    Reading,
    /// Has read this.
    Read(Option<Entry>),
    /// Owns this version of a claim.
    Claimed(u8),
    /// Has written that the request leaves; whether a tick went by since.
    Passing(u8, bool),
    /// Has looked at the clock: the next instruction sends.
    Leaving(u8),
    /// Waits for the answer.
    Sent(u8),
    /// Has the answer, and writes it down next.
    Knows(u8, Answer),
    Ended(Outcome),
    Dead,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    Run(RunRef),
    Refused,
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    Run(RunRef),
    Refused,
    Unknown,
}

pub(super) fn reference(number: usize) -> RunRef {
    RunRef::new(Service::Buddy, ["a", "p", "1", &number.to_string()]).unwrap()
}

pub(super) fn name(caller: usize) -> String {
    NAMES[caller].to_owned()
}

impl World {
    pub fn first() -> World {
        let caller = Caller {
            at: At::Reading,
            watch: None,
            looked: None,
            stopped: false,
        };
        World {
            entry: None,
            callers: std::array::from_fn(|_| caller.clone()),
            wire: Vec::new(),
            runs: Vec::new(),
            deaths: 0,
            stops: 0,
        }
    }

    pub fn may_tick(&self) -> bool {
        let on_time = |caller: &Caller| match caller.at {
            At::Passing(..) | At::Leaving(_) => caller.stopped,
            _ => true,
        };
        self.callers.iter().all(on_time)
            && self.wire.iter().all(|(_, age)| *age == 0)
            && self.runs.iter().all(|run| run.listed || run.age == 0)
    }

    /// The length of a lease goes by.
    pub fn tick(&mut self) {
        for caller in 0..CALLERS {
            self.renew(caller);
        }
        for (_, age) in &mut self.wire {
            *age += 1;
        }
        for run in self.runs.iter_mut().filter(|run| !run.listed) {
            run.age += 1;
        }
        for caller in &mut self.callers {
            if let Some((_, ticks)) = &mut caller.watch {
                *ticks = (*ticks + 1).min(2);
            }
            if let At::Passing(_, late) = &mut caller.at {
                *late = true;
            }
        }
    }

    /// The same world with nothing in it that makes no difference any more: what a caller saw that
    /// watches nothing, and numbers of versions, which matter only by being the same.
    pub fn plain(mut self) -> World {
        let mut versions: Vec<u8> = Vec::new();
        for caller in &mut self.callers {
            if !matches!(caller.at, At::Reading | At::Read(_)) {
                (caller.watch, caller.looked) = (None, None);
            }
            caller.stopped &= !matches!(caller.at, At::Ended(_) | At::Dead);
            caller.each_version(|version| versions.push(*version));
        }
        versions.extend(self.entry.as_ref().map(|entry| entry.version));
        versions.sort_unstable();
        versions.dedup();
        let rank = |version: &mut u8| {
            let rank = versions.binary_search(version).unwrap_or_default();
            *version = u8::try_from(rank).unwrap_or_default() + 1;
        };
        for caller in &mut self.callers {
            caller.each_version(rank);
        }
        if let Some(entry) = &mut self.entry {
            rank(&mut entry.version);
            entry.stage.forget_beat();
        }
        self
    }

    /// Who is there and owns the lease renews it.
    pub fn renew(&mut self, number: usize) {
        let caller = &mut self.callers[number];
        let owned = match &mut caller.at {
            At::Claimed(version) | At::Sent(version) | At::Knows(version, _) => version,
            _ => return,
        };
        if let (false, Some(entry)) = (caller.stopped, &mut self.entry)
            && entry.version == *owned
            && let Some(renewed) = entry.stage.renewed()
        {
            entry.stage = renewed;
            entry.version += 1;
            *owned = entry.version;
        }
    }
}

impl Caller {
    fn each_version(&mut self, mut then: impl FnMut(&mut u8)) {
        if let Some((version, _)) = &mut self.watch {
            then(version);
        }
        if let Some((version, ..)) = &mut self.looked {
            then(version);
        }
        match &mut self.at {
            At::Read(Some(entry)) => {
                entry.stage.forget_beat();
                then(&mut entry.version);
            }
            At::Claimed(version)
            | At::Passing(version, _)
            | At::Leaving(version)
            | At::Sent(version)
            | At::Knows(version, _) => then(version),
            At::Reading | At::Read(None) | At::Ended(_) | At::Dead => {}
        }
    }
}

impl Stage {
    /// Versions tell renewals apart.
    fn forget_beat(&mut self) {
        if let Stage::Claimed { lease } | Stage::Sending { lease } = self {
            lease.beat = 0;
        }
    }
}
