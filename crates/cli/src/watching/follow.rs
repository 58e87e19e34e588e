//! One run, followed to its end: its states, its steps, and why it failed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use runpipe::{LogMark, Result as Answer, Run, RunRef, RunStatus, Runs, Step, WaitOptions};
use tokio::time::{sleep, timeout};

use super::tail::Tail;
use super::view::{Failed, View};
use super::wanted::Wanted;
use crate::output::text::lines;
use crate::process::exit::Failure;

/// How long the end of a run is held up by the question how its steps ended.
const LAST_LOOK: Duration = Duration::from_secs(15);
/// How much of a failed step's log is shown.
const LAST_LINES: u16 = 20;

/// A run on its way.
pub struct Follow<'a> {
    runs: &'a dyn Runs,
    run: RunRef,
    view: View,
    /// How far each step's log was shown, where logs are followed.
    tails: Option<BTreeMap<String, Tail>>,
    /// Whose logs are followed.
    wanted: Wanted,
    began: Instant,
}

impl<'a> Follow<'a> {
    pub fn new(runs: &'a dyn Runs, run: RunRef, view: View, logs: bool) -> Self {
        let tails = logs.then(BTreeMap::new);
        let began = Instant::now();
        Follow {
            runs,
            run,
            view,
            tails,
            wanted: Wanted::default(),
            began,
        }
    }

    /// Follows the logs of these steps only.
    pub fn only(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }

    /// Shows each state that the run comes to, and each step; returns the run as it ended. A failed
    /// one is shown with what failed in it.
    ///
    /// Fails when the wait does; the run goes on.
    pub async fn until_the_end(mut self, options: WaitOptions) -> Result<Run, Failure> {
        let (runs, run) = (self.runs, self.run.clone());
        let mut states = runpipe::states(runs, run.clone(), options);
        let mut last: Option<Run> = None;
        let mut looks = 0_u32;
        loop {
            let pause = self.pause(looks);
            let steps_are_wanted = last.is_some() && self.wants_steps();
            tokio::select! {
                biased;
                state = states.next() => match state {
                    Some(state) => {
                        let state = state.map_err(|error| still_going(error, &run))?;
                        self.view.state(&state);
                        last = Some(state);
                    }
                    None => break,
                },
                steps = look_later(runs, &run, pause), if steps_are_wanted => {
                    looks = looks.saturating_add(1);
                    // The state of the run is what matters: it also shows when nothing answers.
                    if let Ok(steps) = steps {
                        self.show(&steps).await?;
                    }
                    // Nobody is left to read the logs.
                    if self.view.reader_is_gone() {
                        break;
                    }
                }
            }
        }
        // The states end with an end or an error.
        let Some(ended) = last else {
            return Err(Failure::usage("the run has no state", "Report this."));
        };
        let mut failed = Vec::new();
        if self.tails.is_some() {
            // The rest of the logs is part of what was asked for, however long it is.
            failed = self.last_look(&ended).await?;
        } else if self.wants_steps()
            && let Ok(looked) = timeout(LAST_LOOK, self.last_look(&ended)).await
        {
            failed = looked?;
        }
        self.view.ended(&ended, &failed);
        Ok(ended)
    }

    fn wants_steps(&self) -> bool {
        self.view.shows_steps() || self.tails.is_some()
    }

    /// As for the run itself: a look at its steps is late by a few percent.
    fn pause(&self, looks: u32) -> Duration {
        if looks == 0 {
            return Duration::ZERO;
        }
        let pause = self.began.elapsed().mul_f64(0.07);
        pause.clamp(Duration::from_secs(2), Duration::from_secs(60))
    }

    async fn show(&mut self, steps: &[Step]) -> Result<(), Failure> {
        self.view.steps(steps);
        let Some(tails) = &mut self.tails else {
            return Ok(());
        };
        for step in steps.iter().filter(|step| self.wanted.is(&step.name)) {
            let tail = tails.entry(step.id.clone()).or_default();
            if !tail.has_more(step) {
                continue;
            }
            let ended = step.status.has_ended();
            // What cannot be read now is read at the next look.
            let whole = loop {
                match self.runs.log_part(&self.run, step, tail.mark).await {
                    Ok(Some(part)) => {
                        for line in tail.part(&part, ended) {
                            self.view.log(step, &line)?;
                        }
                        if !part.more || self.view.reader_is_gone() {
                            break false;
                        }
                    }
                    Ok(None) => break true,
                    Err(_) => break false,
                }
            };
            if whole && let Ok(Some(log)) = self.runs.step_log(&self.run, step).await {
                for line in tail.lines(&log.text, ended) {
                    self.view.log(step, &line)?;
                }
            }
        }
        Ok(())
    }

    /// The last lines of a step's log: the service is asked for no more where it serves parts.
    async fn end_of(&self, step: &Step) -> Answer<Vec<String>> {
        let last = LogMark::last(LAST_LINES);
        let text = match self.runs.log_part(&self.run, step, last).await? {
            Some(part) => part.lines.join("\n"),
            None => {
                let log = self.runs.step_log(&self.run, step).await?;
                log.map(|log| log.text).unwrap_or_default()
            }
        };
        let text = lines(&text);
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(usize::from(LAST_LINES));
        Ok(lines.into_iter().skip(from).map(str::to_owned).collect())
    }

    /// The steps as they ended, and what failed.
    async fn last_look(&mut self, ended: &Run) -> Result<Vec<Failed>, Failure> {
        let mut failed = Vec::new();
        let Ok(steps) = self.runs.steps(&self.run).await else {
            return Ok(failed);
        };
        self.show(&steps).await?;
        self.wanted.was_found_in(&steps)?;
        if ended.status != RunStatus::Failed || !self.view.shows_steps() {
            return Ok(failed);
        }
        let innermost: Vec<&Step> = innermost(&steps, RunStatus::Failed).collect();
        for step in innermost {
            let tail = self.end_of(step).await.unwrap_or_default();
            let step = step.clone();
            failed.push(Failed { step, tail });
        }
        Ok(failed)
    }
}

/// The steps in this state that no other step in it is a part of: of a stage that failed, the task.
pub fn innermost(steps: &[Step], status: RunStatus) -> impl Iterator<Item = &Step> {
    let has_parts = move |step: &Step| {
        let mut path = step.within.clone();
        path.push(step.name.clone());
        let mut others = steps.iter().filter(move |other| other.status == status);
        others.any(|other| other.within.starts_with(&path))
    };
    let of_status = steps.iter().filter(move |step| step.status == status);
    of_status.filter(move |step| !has_parts(step))
}

async fn look_later(runs: &dyn Runs, run: &RunRef, pause: Duration) -> Answer<Vec<Step>> {
    sleep(pause).await;
    runs.steps(run).await
}

/// The wait has failed, the run has not: says how to go on.
fn still_going(error: runpipe::Error, run: &RunRef) -> Failure {
    Failure::from(error).advise(format!("Resume with: runpipe watch {run}"))
}
