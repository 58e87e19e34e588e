//! Runs that one list of their service may tell of, looked at until they end.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::future::pending;
use std::sync::Arc;

use futures_core::Stream;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, FuturesUnordered, StreamExt};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::WaitOptions;
use super::follow::Follow;
use crate::client::after;
use crate::error::{ErrorKind, Result};
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::Runs;

/// Runs that one list of their service may tell of, looked at until they end.
///
/// A look includes each run that has waited for half of its pause. A run that is not in the list,
/// or has too little there, is read individually.
pub(super) struct Group<'a> {
    runs: &'a dyn Runs,
    options: WaitOptions,
    /// Bounds the requests of many groups. A waiter here holds little memory.
    gate: Arc<Semaphore>,
    /// Whether every change is reported. Otherwise only the end of each run is.
    every_change: bool,
    end: Option<Instant>,
    waits: HashMap<RunRef, Wait>,
    /// When runs are looked at next through the list.
    due: BTreeSet<(Instant, RunRef)>,
    /// When runs are looked at next by themselves.
    due_alone: BTreeSet<(Instant, RunRef)>,
    /// The requests that are under way, or wait at the gate.
    looks: FuturesUnordered<BoxFuture<'a, Look<'a>>>,
    /// What the list that is being read has not told of yet.
    asked: HashSet<RunRef>,
    told: VecDeque<(RunRef, Result<Run>)>,
}

struct Wait {
    follow: Follow,
    /// How often the caller named the run.
    times: usize,
    /// When the run is looked at next; `None` while it is.
    due: Option<Instant>,
    /// From when on a look at others takes it along.
    soon: Instant,
    /// How often in a row the list did not tell of the run.
    missed: u32,
    /// How many of the next looks read only the run, because the list did not have it.
    alone: u32,
}

/// After no more looks than this at a run alone, the list is asked for it again.
const LONGEST_ALONE: u32 = 64;

/// What a request told.
enum Look<'a> {
    Alone(RunRef, Box<Result<Run>>),
    /// A page of the list, and the pages after it.
    Page(Option<Result<Vec<Run>>>, BoxStream<'a, Result<Vec<Run>>>),
}

impl<'a> Group<'a> {
    pub fn new(runs: &'a dyn Runs, options: &WaitOptions, gate: Arc<Semaphore>) -> Self {
        let deadline = options.deadline;
        Group {
            runs,
            options: options.clone(),
            gate,
            every_change: false,
            // Later than any clock tells: no deadline.
            end: deadline.and_then(|deadline| Instant::now().checked_add(deadline)),
            waits: HashMap::new(),
            due: BTreeSet::new(),
            due_alone: BTreeSet::new(),
            looks: FuturesUnordered::new(),
            asked: HashSet::new(),
            told: VecDeque::new(),
        }
    }

    /// One run, which is read individually.
    pub fn of_one(runs: &'a dyn Runs, run: RunRef, options: &WaitOptions) -> Self {
        let gate = Arc::new(Semaphore::new(1));
        let mut group = Group::new(runs, options, gate);
        group.add(run);
        group
    }

    pub fn with_every_change(mut self) -> Self {
        self.every_change = true;
        self
    }

    pub fn add(&mut self, run: RunRef) {
        if let Some(wait) = self.waits.get_mut(&run) {
            wait.times = wait.times.saturating_add(1);
            return;
        }
        let now = Instant::now();
        let wait = Wait {
            follow: Follow::new(),
            times: 1,
            due: None,
            soon: now,
            missed: 0,
            alone: 0,
        };
        self.waits.insert(run.clone(), wait);
        self.look_at(run, now, now);
    }

    /// The reports, run by run, until all have ended.
    pub fn into_stream(self) -> impl Stream<Item = (RunRef, Result<Run>)> + Send + 'a {
        stream::unfold(self, |mut group| async move {
            let told = group.next().await?;
            Some((told, group))
        })
    }

    /// The next change or end of a run; `None` once all have ended.
    pub async fn next(&mut self) -> Option<(RunRef, Result<Run>)> {
        loop {
            if let Some(told) = self.told.pop_front() {
                return Some(told);
            }
            if self.waits.is_empty() {
                return None;
            }
            self.begin_looks();
            match self.next_look().await {
                Some(Look::Alone(run, read)) => self.take(&run, *read),
                Some(Look::Page(Some(Ok(page)), pages)) => self.take_page(page, pages),
                Some(Look::Page(Some(Err(error)), _)) => self.take_no_page(error.kind()),
                Some(Look::Page(None, _)) => self.read_the_missing(),
                None if self.end.is_some_and(|end| end <= Instant::now()) => self.give_up(),
                None => {}
            }
        }
    }

    /// The result of the next request; `None` when it is time for something else.
    async fn next_look(&mut self) -> Option<Look<'a>> {
        let listed = self.due.first().filter(|_| self.asked.is_empty());
        let due = [listed, self.due_alone.first()].into_iter().flatten();
        let wake = due.map(|(at, _)| *at).chain(self.end).min();
        let looks = &mut self.looks;
        let look = async {
            match looks.next().await {
                Some(look) => look,
                None => pending().await,
            }
        };
        match wake {
            Some(at) => timeout_at(at, look).await.ok(),
            None => Some(look.await),
        }
    }

    /// Begins the looks that are due. One list is read at a time.
    fn begin_looks(&mut self) {
        let now = Instant::now();
        while let Some((at, _)) = self.due_alone.first()
            && *at <= now
            && let Some((_, run)) = self.due_alone.pop_first()
        {
            self.look_alone(run);
        }
        let is_due = self.due.first().is_some_and(|(at, _)| *at <= now);
        if !is_due || !self.asked.is_empty() {
            return;
        }
        let soon = |run: &RunRef| self.waits.get(run).is_some_and(|wait| wait.soon <= now);
        let listed = self.due.iter().map(|(_, run)| run);
        let ready: Vec<RunRef> = listed.filter(|run| soon(run)).cloned().collect();
        for run in &ready {
            self.take_out(run);
        }
        match <[RunRef; 1]>::try_from(ready) {
            Ok([run]) => self.look_alone(run),
            Err(ready) => {
                self.asked.extend(ready.iter().cloned());
                let pages = self.runs.get_many(ready);
                self.look_at_page(pages);
            }
        }
    }

    fn look_alone(&mut self, run: RunRef) {
        if let Some(wait) = self.waits.get_mut(&run) {
            wait.due = None;
        }
        let (runs, gate) = (self.runs, self.gate.clone());
        let look = async move {
            // Never closed, so there always is a permit to come.
            let _permit = gate.acquire().await;
            let read = runs.get(&run).await;
            Look::Alone(run, Box::new(read))
        };
        self.looks.push(look.boxed());
    }

    fn look_at_page(&mut self, mut pages: BoxStream<'a, Result<Vec<Run>>>) {
        let gate = self.gate.clone();
        let look = async move {
            let _permit = gate.acquire().await;
            let page = pages.next().await;
            Look::Page(page, pages)
        };
        self.looks.push(look.boxed());
    }

    /// Takes in what a look at a run brought.
    fn take(&mut self, run: &RunRef, read: Result<Run>) {
        let Some(wait) = self.waits.get_mut(run) else {
            return;
        };
        match read {
            Ok(read) => {
                let changed = wait.follow.read(&read, &self.options);
                let stop = read.status == RunStatus::Waiting && self.options.stop_when_waiting;
                if read.status.has_ended() || stop {
                    return self.tell_end(run, &Ok(read));
                }
                if let Some(error) = wait.follow.ended_strangely(&read) {
                    return self.tell_end(run, &Err(error));
                }
                if changed && self.every_change {
                    self.told.push_back((run.clone(), Ok(read)));
                }
            }
            Err(error) if wait.follow.survives(error.kind(), &self.options) => {
                let (service, kind) = (self.runs.service().name(), error.kind().as_str());
                tracing::info!(service, %run, kind, "not read; looked at again");
            }
            Err(error) => return self.tell_end(run, &Err(error)),
        }
        self.look_later(run);
    }

    /// Takes in a page of the list, which may include other people's runs.
    fn take_page(&mut self, page: Vec<Run>, pages: BoxStream<'a, Result<Vec<Run>>>) {
        for read in page {
            let run = read.reference.clone();
            let asked = self.asked.remove(&run);
            let Some(wait) = self.waits.get_mut(&run) else {
                continue;
            };
            if !asked && wait.due.is_none() {
                // It is being read individually, which says more.
                continue;
            }
            (wait.missed, wait.alone) = (0, 0);
            self.take_out(&run);
            let too_little = match read.status {
                RunStatus::Unknown => true,
                status => status.has_ended() && self.options.last_look,
            };
            match too_little {
                true => self.look_alone(run),
                false => self.take(&run, Ok(read)),
            }
        }
        if !self.asked.is_empty() {
            self.look_at_page(pages);
        }
    }

    /// Takes in that the list could not be read. Where that says nothing about the runs themselves,
    /// they are read one by one.
    fn take_no_page(&mut self, kind: ErrorKind) {
        let passes = [
            ErrorKind::Transport,
            ErrorKind::Unavailable,
            ErrorKind::RateLimited,
        ];
        let service = self.runs.service().name();
        tracing::info!(service, kind = kind.as_str(), "the list was not read");
        if !passes.contains(&kind) {
            return self.read_the_missing();
        }
        for run in std::mem::take(&mut self.asked) {
            let wait = self.waits.get_mut(&run);
            match wait.is_some_and(|wait| wait.follow.survives(kind, &self.options)) {
                true => self.look_later(&run),
                false => self.look_alone(run),
            }
        }
    }

    /// Reads what the list has not told of, and does not ask it for these runs for a while.
    fn read_the_missing(&mut self) {
        for run in std::mem::take(&mut self.asked) {
            if let Some(wait) = self.waits.get_mut(&run) {
                wait.missed = wait.missed.saturating_add(1);
                wait.alone = 2_u32.saturating_pow(wait.missed).min(LONGEST_ALONE);
            }
            self.look_alone(run);
        }
    }

    /// Looks at a run again after its pause.
    fn look_later(&mut self, run: &RunRef) {
        let Some(wait) = self.waits.get(run) else {
            return;
        };
        let pause = self.options.pause(wait.follow.age());
        self.look_at(run.clone(), after(pause), after(pause.mul_f64(0.5)));
    }

    fn look_at(&mut self, run: RunRef, due: Instant, soon: Instant) {
        let Some(wait) = self.waits.get_mut(&run) else {
            return;
        };
        (wait.due, wait.soon) = (Some(due), soon);
        // A list may not tell that a run waits for a person.
        let way = match wait.alone > 0 || self.options.stop_when_waiting {
            true => &mut self.due_alone,
            false => &mut self.due,
        };
        wait.alone = wait.alone.saturating_sub(1);
        way.insert((due, run));
    }

    /// Takes a run out of those that are due some time.
    fn take_out(&mut self, run: &RunRef) {
        if let Some(due) = self.waits.get_mut(run).and_then(|wait| wait.due.take()) {
            let entry = (due, run.clone());
            self.due.remove(&entry);
            self.due_alone.remove(&entry);
        }
    }

    fn tell_end(&mut self, run: &RunRef, end: &Result<Run>) {
        let times = self.waits.remove(run).map_or(0, |wait| wait.times);
        let told = std::iter::repeat_n((run.clone(), end.clone()), times);
        self.told.extend(told);
    }

    /// Ends every wait: the deadline has passed.
    fn give_up(&mut self) {
        let deadline = self.options.deadline.unwrap_or_default();
        self.looks.clear();
        for (run, wait) in std::mem::take(&mut self.waits) {
            let error = wait.follow.deadline_passed(&run, deadline);
            self.told
                .extend(std::iter::repeat_n((run, Err(error)), wait.times));
        }
    }
}
