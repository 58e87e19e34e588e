//! A client of either API: what each has to give, and what both then have.

use futures_util::stream::BoxStream;

use super::decide::Wish;
use super::{Shown, jobs};
use crate::decision::Decision;
use crate::error::{ErrorKind, Result};
use crate::names::the_one;
use crate::reconcile::Fit;
use crate::run::{Log, Run, RunRef, RunStatus, Step};
use crate::runs::{logs_of, read_after, read_back};
use crate::service_client::ServiceClient;
use crate::web_page::WebPage;

/// What is said of a run that has ended already is not documented.
const MAY_HAVE_ENDED: [ErrorKind; 3] = [
    ErrorKind::InvalidRequest,
    ErrorKind::Conflict,
    ErrorKind::Refused,
];

/// A client of either API.
pub(in crate::services) trait Flow: ServiceClient {
    /// The answer that [`crate::Runs::get`] leaves in a run.
    type Answer: 'static;

    /// What a run that shows nothing of its start may be.
    const SILENT: Fit;

    fn shown(answer: &Self::Answer) -> Shown<'_>;

    /// What began a run, according to the list.
    fn trigger_mode(listed: &Run) -> Option<i64>;

    /// What a job wrote so far.
    fn job_log(&self, run: &RunRef, job_id: i64) -> impl Future<Output = Result<String>> + Send;

    /// Asks for a stop. Asking twice does no harm.
    fn stop(&self, run: &RunRef) -> impl Future<Output = Result<()>> + Send;

    /// Asks for something about a job. Never sent twice.
    fn ask(&self, run: &RunRef, job_id: i64, wish: Wish)
    -> impl Future<Output = Result<()>> + Send;

    fn stop_and_read(&self, run: &RunRef) -> impl Future<Output = Result<Run>> + Send {
        async move {
            let client = self.bounded();
            let stopped = client.stop(run).await;
            read_back(&client, run, stopped, &MAY_HAVE_ENDED, RunStatus::has_ended).await
        }
    }

    /// Passes or refuses the gate that a run waits at.
    fn carry_out(
        &self,
        run: &RunRef,
        decision: &Decision,
    ) -> impl Future<Output = Result<Run>> + Send {
        async move {
            run.expect_service(Self::SERVICE)?;
            decision.expect_no_comment(Self::SERVICE, run)?;
            decision.expect_no_variables(Self::SERVICE, run)?;
            let client = self.bounded();
            let read = client.get(run).await?;
            let job = jobs::number(run, &decision.gate_of(&read)?.id)?;
            let wish = match decision.approves() {
                true => Wish::Pass,
                false => Wish::Refuse,
            };
            let sent = client.ask(run, job, wish).await;
            read_after(&client, run, sent).await
        }
    }

    /// Runs a failed job again; the run goes on with it.
    fn retry_failed(
        &self,
        run: &RunRef,
        step: Option<&str>,
    ) -> impl Future<Output = Result<Run>> + Send {
        async move {
            let client = self.bounded();
            let steps = client.all_steps(run).await?;
            let failed = [RunStatus::Failed, RunStatus::Canceled];
            let failed = steps.iter().filter(|step| failed.contains(&step.status));
            let called = failed.filter_map(|step| {
                let id = step.log.as_deref()?;
                Some((step.name.as_str(), id, id))
            });
            let job = the_one(run, step, "job", "has failed", called)?;
            let sent = client.ask(run, jobs::number(run, job)?, Wish::Retry).await;
            read_after(&client, run, sent).await
        }
    }

    /// The jobs of a run as steps, stage after stage. They are in the run's own answer.
    fn all_steps(&self, run: &RunRef) -> impl Future<Output = Result<Vec<Step>>> + Send {
        async move {
            let read = self.get(run).await?;
            let shown = read.vendor::<Self::Answer>().map(Self::shown);
            let jobs = shown.into_iter().flat_map(|shown| shown.jobs).enumerate();
            let cleaner = self.session().cleaner();
            let steps = jobs.map(|(place, job)| jobs::step(place, &job).clean(&cleaner));
            Ok(steps.collect())
        }
    }

    /// One log for each job of a run, stage after stage.
    fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        logs_of(self.all_steps(run), move |step| async move {
            let log = self.log_of_step(run, &step).await?;
            let (step, text) = (step.name, String::new());
            Ok(log.unwrap_or(Log { step, text }))
        })
    }

    /// One job's log; `None` for a job without an id.
    fn log_of_step(
        &self,
        run: &RunRef,
        step: &Step,
    ) -> impl Future<Output = Result<Option<Log>>> + Send {
        async move {
            let Some(job) = step.log.as_deref().and_then(|id| id.parse().ok()) else {
                return Ok(None);
            };
            let text = match self.job_log(run, job).await {
                // A job that has not begun may have no log at all.
                Err(error) if step.started_at.is_none() && jobs::has_no_log(error.kind()) => {
                    String::new()
                }
                text => text?,
            };
            let step = step.name.clone();
            let log = Log { step, text };
            Ok(Some(log.clean(&self.session().cleaner())))
        }
    }

    /// The run of a page. Its address names everything.
    fn run_of_page(&self, page: &WebPage) -> impl Future<Output = Result<RunRef>> + Send {
        std::future::ready(page.reference())
    }
}
