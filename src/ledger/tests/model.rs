//! The protocol explored exhaustively: several callers, one key, everything that can go wrong.
//!
//! What a caller does is [`crate::ledger::protocol::next`] and the steps of [`Stage`], the code that
//! the calls run. A tick is the length of a lease. What is assumed of time stands in
//! [`World::may_tick`]: who is neither dead nor stopped renews its lease in time; what has left
//! arrives and is listed within two leases, or never. No step compares the times of day of two
//! machines, so their clocks may be apart as far as they like; one that jumps counts as a stop.
//!
//! There are three callers in an optimized build, which `.ci/long` makes, and two in the others.

use std::collections::{HashSet, VecDeque};

use super::steps::{ALL, Guards, Protocol, SHOWN};
use super::world::{
    Answer, At, CALLERS, Caller, Entry, MOST_DEATHS, MOST_STOPS, Outcome, Started, World, reference,
};
use crate::ledger::Stage;
use crate::run::RunRef;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    /// The caller's next step.
    Step(usize),
    Dies(usize),
    Stops(usize),
    GoesOn(usize),
    /// A request arrives: a run is started, and answered or not.
    Arrives {
        request: usize,
        answered: bool,
    },
    Refuses(usize),
    IsLost(usize),
    /// The caller hears nothing more, whatever becomes of the request.
    HearsNothing(usize),
    Listed(usize),
    Tick,
}

impl Protocol {
    /// Everything that can happen next.
    fn actions(&self, world: &World) -> Vec<Action> {
        let mut actions = Vec::new();
        for (number, caller) in world.callers.iter().enumerate() {
            let gone = matches!(caller.at, At::Ended(_) | At::Dead);
            if gone {
                continue;
            }
            if caller.stopped {
                actions.push(Action::GoesOn(number));
                continue;
            }
            match caller.at {
                At::Sent(_) => actions.push(Action::HearsNothing(number)),
                _ => actions.push(Action::Step(number)),
            }
            let owns = !matches!(caller.at, At::Reading | At::Read(_));
            if owns && world.deaths < MOST_DEATHS {
                actions.push(Action::Dies(number));
            }
            let may_stop = match caller.at {
                At::Leaving(_) => self.stops_at_the_send,
                _ => owns,
            };
            if may_stop && world.stops < MOST_STOPS {
                actions.push(Action::Stops(number));
            }
        }
        for request in 0..world.wire.len() {
            actions.push(Action::IsLost(request));
            actions.push(Action::Refuses(request));
            for answered in [true, false] {
                actions.push(Action::Arrives { request, answered });
            }
        }
        for (number, run) in world.runs.iter().enumerate() {
            if !run.listed {
                actions.push(Action::Listed(number));
            }
        }
        if world.may_tick() {
            actions.push(Action::Tick);
        }
        actions
    }

    fn after(&self, before: &World, action: &Action) -> World {
        let mut world = before.clone();
        match *action {
            Action::Step(number) => self.step(&mut world, number),
            Action::Dies(number) => {
                world.deaths += 1;
                world.callers[number].at = At::Dead;
            }
            Action::Stops(number) => {
                world.stops += 1;
                world.callers[number].stopped = true;
            }
            Action::GoesOn(number) => world.callers[number].stopped = false,
            Action::HearsNothing(number) => Self::answer(&mut world, number, Answer::None),
            Action::IsLost(request) => {
                world.wire.remove(request);
            }
            Action::Refuses(request) => {
                let (number, _) = world.wire.remove(request);
                Self::answer(&mut world, number, Answer::Refused);
            }
            Action::Arrives { request, answered } => {
                let (number, age) = world.wire.remove(request);
                let run = reference(world.runs.len());
                world.runs.push(Started { listed: false, age });
                if answered {
                    Self::answer(&mut world, number, Answer::Run(run));
                }
            }
            Action::Listed(number) => world.runs[number].listed = true,
            Action::Tick => world.tick(),
        }
        world.plain()
    }
}

/// What has to hold in every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Promise {
    /// At most one run is started.
    OneRun,
    /// Nothing is called started without a reference to a run that is there.
    TrueReferences,
    /// No two callers are given different runs.
    SameRun,
}

const PROMISES: [Promise; 3] = [Promise::OneRun, Promise::TrueReferences, Promise::SameRun];

impl Promise {
    fn holds(self, world: &World) -> bool {
        let given = || {
            world.callers.iter().filter_map(|caller| match &caller.at {
                At::Ended(Outcome::Run(run)) => Some(run),
                _ => None,
            })
        };
        match self {
            Promise::OneRun => world.runs.len() <= 1,
            Promise::TrueReferences => {
                let known = |run: &RunRef| (0..world.runs.len()).any(|one| reference(one) == *run);
                let written = match world.entry.as_ref().map(|entry| &entry.stage) {
                    Some(Stage::Started { run }) => known(run),
                    _ => true,
                };
                written && given().all(known)
            }
            Promise::SameRun => {
                let first = given().next();
                given().all(|run| Some(run) == first)
            }
        }
    }
}

/// What an exploration has shown.
#[derive(Default)]
struct Explored {
    states: usize,
    /// The first promise that is broken, and the way there.
    broken: Option<(Promise, Vec<Action>)>,
    /// All callers were given a run.
    all_given: bool,
    /// A run was written down although a caller had died and one had stopped.
    after_trouble: bool,
}

/// Goes through all states, the nearest first, until one of the promises is broken.
fn explore(model: &Protocol, promises: &[Promise]) -> Explored {
    let mut explored = Explored::default();
    let mut seen = HashSet::from([World::first().digest()]);
    // How each state was reached: from which one, and what happened there.
    let mut ways: Vec<Option<(usize, Action)>> = vec![None];
    let mut ahead = VecDeque::from([(0, World::first())]);
    while let Some((number, world)) = ahead.pop_front() {
        for action in model.actions(&world) {
            let next = model.after(&world, &action);
            if !seen.insert(next.digest()) {
                continue;
            }
            explored.states = seen.len();
            explored.note(&next);
            let reached = ways.len();
            ways.push(Some((number, action)));
            if let Some(promise) = promises.iter().find(|promise| !promise.holds(&next)) {
                explored.broken = Some((*promise, way(&ways, reached)));
                return explored;
            }
            ahead.push_back((reached, next));
        }
    }
    explored
}

fn way(ways: &[Option<(usize, Action)>], to: usize) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut at = to;
    while let Some((before, action)) = &ways[at] {
        actions.push(action.clone());
        at = *before;
    }
    actions.reverse();
    actions
}

impl Explored {
    fn note(&mut self, world: &World) {
        let given = |caller: &&Caller| matches!(caller.at, At::Ended(Outcome::Run(_)));
        self.all_given |= world.callers.iter().filter(given).count() == CALLERS;
        let started = |entry: &Entry| matches!(entry.stage, Stage::Started { .. });
        let trouble = world.deaths > 0 && world.stops > 0;
        self.after_trouble |= trouble && world.entry.as_ref().is_some_and(started);
    }
}

/// Shows how a second run is started.
fn breaks(what: &str, model: &Protocol) {
    let broken = explore(model, &[Promise::OneRun]).broken;
    let (_, actions) = broken.unwrap_or_else(|| panic!("without {what} nothing is broken"));
    let steps = actions.len();
    println!("without {what}, a second run in {steps} steps: {actions:?}");
}

#[test]
fn at_most_one_run_is_started_whatever_dies_stops_or_is_lost() {
    let explored = explore(&SHOWN, &PROMISES);
    println!("{} states", explored.states);
    assert_eq!(explored.broken, None);
    assert!(
        explored.all_given && explored.after_trouble,
        "the model goes far enough"
    );
}

#[test]
fn where_the_list_shows_no_marks_nothing_is_started_again() {
    let model = Protocol {
        marked: false,
        ..SHOWN
    };
    let explored = explore(&model, &PROMISES);
    println!("{} states", explored.states);
    assert_eq!(explored.broken, None);
}

#[test]
fn every_guard_is_needed() {
    let without = |what, guards| breaks(what, &Protocol { guards, ..SHOWN });
    without(
        "conditional writes",
        Guards {
            conditional_writes: false,
            ..ALL
        },
    );
    without(
        "writing down that the request leaves",
        Guards {
            sending_first: false,
            ..ALL
        },
    );
    without(
        "waiting for the list",
        Guards {
            settled: false,
            ..ALL
        },
    );
    without(
        "a look at the clock",
        Guards {
            clock: false,
            ..ALL
        },
    );
    let unmarked = Protocol {
        marked: false,
        guards: Guards {
            certain_list: false,
            ..ALL
        },
        ..SHOWN
    };
    breaks("a list that shows marks", &unmarked);
}

/// Everywhere else a caller may be stopped for as long as it likes.
#[test]
fn the_one_window_is_between_the_last_look_and_the_send() {
    let stopped = Protocol {
        stops_at_the_send: true,
        ..SHOWN
    };
    breaks("the service's help", &stopped);
    // Even then no reference is made up.
    assert_eq!(explore(&stopped, &[Promise::TrueReferences]).broken, None);
}
