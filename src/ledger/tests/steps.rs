//! What the callers of the model do, with all guards or without one.

use super::world::{Answer, At, Entry, Outcome, World, name, reference};
use crate::ledger::Stage;
use crate::ledger::protocol::{self, Looked, Silence, Step};
use crate::run::RunRef;

/// What keeps a second run from being started. Each is taken out once, to see that it is needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guards {
    /// A write succeeds only in place of what was read.
    pub conditional_writes: bool,
    /// *Sending* is written before the request leaves.
    pub sending_first: bool,
    /// A start is made again only when what left before would have arrived and be listed.
    pub settled: bool,
    /// A start is made again only where the list shows marks.
    pub certain_list: bool,
    /// Nothing is sent when time went by since *sending* was written.
    pub clock: bool,
}

pub(super) const ALL: Guards = Guards {
    conditional_writes: true,
    sending_first: true,
    settled: true,
    certain_list: true,
    clock: true,
};

#[derive(Clone, Debug)]
pub(super) struct Protocol {
    pub guards: Guards,
    /// Whether the service's list shows marks.
    pub marked: bool,
    /// Whether a caller may be stopped between its last look and the send.
    pub stops_at_the_send: bool,
}

pub(super) const SHOWN: Protocol = Protocol {
    guards: ALL,
    marked: true,
    stops_at_the_send: false,
};

impl Protocol {
    /// Writes the entry in place of a version. `None` when another is there.
    fn write(&self, world: &mut World, seen: Option<u8>, stage: Stage) -> Option<u8> {
        let there = world.entry.as_ref().map(|entry| entry.version);
        if self.guards.conditional_writes && there != seen {
            return None;
        }
        let version = there.unwrap_or(0) + 1;
        world.entry = Some(Entry { stage, version });
        Some(version)
    }

    fn look(&self, world: &World) -> Looked {
        let listed = world.runs.iter().enumerate().filter(|(_, run)| run.listed);
        let mut listed: Vec<RunRef> = listed.map(|(number, _)| reference(number)).collect();
        match (self.marked, listed.len()) {
            (true, 0) => Looked::Nothing,
            (true, 1) => Looked::Found(listed.remove(0)),
            // Without marks nothing tells this key's run from others.
            (false, _) if !self.guards.certain_list => Looked::Nothing,
            _ => Looked::Unsure(listed),
        }
    }

    /// The next step of a caller.
    pub fn step(&self, world: &mut World, number: usize) {
        let at = world.callers[number].at.clone();
        let next = match at {
            At::Reading => self.read(world, number),
            At::Read(entry) => self.decide(world, number, entry),
            At::Claimed(version) => self.pass(world, number, version),
            At::Passing(version, late) => match late && self.guards.clock {
                true => self.pass(world, number, version),
                false => At::Leaving(version),
            },
            At::Leaving(version) => {
                world.wire.push((number, 0));
                world.wire.sort_unstable();
                At::Sent(version)
            }
            At::Knows(version, answer) => self.conclude(world, version, answer),
            At::Sent(_) | At::Ended(_) | At::Dead => at,
        };
        world.callers[number].at = next;
    }

    /// Reads the entry. What writes nothing is decided at once; between the reading and a write
    /// others may write.
    fn read(&self, world: &mut World, number: usize) -> At {
        let entry = world.entry.clone();
        let caller = &mut world.callers[number];
        let version = entry.as_ref().map(|entry| entry.version);
        if caller.watch.map(|(seen, _)| seen) != version {
            caller.watch = version.map(|version| (version, 0));
        }
        match self.next(world, number, entry.as_ref()).1 {
            Step::Claim | Step::Record(_) => At::Read(entry),
            _ => self.decide(world, number, entry),
        }
    }

    /// What the caller does next, and after which silence.
    fn next(&self, world: &World, number: usize, entry: Option<&Entry>) -> (Silence, Step) {
        let caller = &world.callers[number];
        let mut silence = match caller.watch {
            Some((_, 1)) => Silence::Lease,
            Some((_, 2)) => Silence::Settled,
            _ => Silence::Short,
        };
        if !self.guards.settled && silence == Silence::Lease {
            silence = Silence::Settled;
        }
        let version = entry.map(|entry| entry.version);
        let looked = caller.looked.as_ref();
        let looked = looked.filter(|(of, after, _)| Some(*of) == version && *after == silence);
        let looked = looked.map(|(_, _, looked)| looked);
        let stage = entry.map(|entry| &entry.stage);
        (silence, protocol::next(stage, true, silence, looked))
    }

    fn decide(&self, world: &mut World, number: usize, entry: Option<Entry>) -> At {
        let version = entry.as_ref().map(|entry| entry.version);
        let (silence, step) = self.next(world, number, entry.as_ref());
        match step {
            Step::Claim => {
                let claim = Stage::claimed(&name(number));
                let claimed = self.write(world, version, claim);
                claimed.map_or(At::Reading, At::Claimed)
            }
            Step::Attach(run) => At::Ended(Outcome::Run(run)),
            Step::Look => {
                let looked = self.look(world);
                world.callers[number].looked = version.map(|version| (version, silence, looked));
                At::Reading
            }
            Step::Record(run) => {
                self.write(world, version, Stage::Started { run });
                At::Reading
            }
            Step::Wait => {
                world.callers[number].looked = None;
                At::Reading
            }
            Step::GiveUp | Step::InUse => At::Ended(Outcome::Unknown),
        }
    }

    /// Writes that the request leaves now.
    fn pass(&self, world: &mut World, number: usize, version: u8) -> At {
        if !self.guards.sending_first {
            return At::Leaving(version);
        }
        let owned = world.callers[number].at.clone();
        let stage = world.entry.as_ref().map(|entry| entry.stage.clone());
        let ours = stage.filter(|stage| {
            let lease = stage.lease();
            lease.is_some_and(|lease| lease.owner == name(number))
        });
        let sending = match (ours, owned) {
            (Some(stage), _) => stage.sending(),
            // What is there is somebody else's: only an unconditional write would go through.
            (None, _) => Stage::claimed(&name(number)).sending(),
        };
        let written = sending.and_then(|stage| self.write(world, Some(version), stage));
        written.map_or(At::Reading, |version| At::Passing(version, false))
    }

    fn conclude(&self, world: &mut World, version: u8, answer: Answer) -> At {
        match answer {
            Answer::Run(run) => self.keep(world, version, run),
            Answer::Refused => {
                self.write(world, Some(version), Stage::Free);
                At::Ended(Outcome::Refused)
            }
            Answer::None => {
                let unclear = Stage::Unclear { going: false };
                self.write(world, Some(version), unclear);
                At::Reading
            }
        }
    }

    fn keep(&self, world: &mut World, version: u8, run: RunRef) -> At {
        let started = Stage::Started { run: run.clone() };
        if self.write(world, Some(version), started.clone()).is_some() {
            return At::Ended(Outcome::Run(run));
        }
        let there = world.entry.clone();
        At::Ended(match there {
            Some(Entry { stage, version }) if stage.gives_way_to_a_run() => {
                self.write(world, Some(version), started);
                Outcome::Run(run)
            }
            Some(Entry {
                stage: Stage::Started { run: other },
                ..
            }) if other == run => Outcome::Run(run),
            _ => Outcome::Unknown,
        })
    }

    pub fn answer(world: &mut World, number: usize, answer: Answer) {
        let caller = &mut world.callers[number];
        if let At::Sent(version) = caller.at {
            caller.at = At::Knows(version, answer);
        }
    }
}
