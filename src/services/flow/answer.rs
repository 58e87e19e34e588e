//! What an answer of either API shows of a run and its jobs.

use crate::run::RunStatus;

/// The vendor's word for a state, and what it means.
pub(super) type Word<'a> = (&'a str, RunStatus);

/// What an API shows of a run. Times are in milliseconds since 1970.
#[derive(Default)]
pub(in crate::services) struct Shown<'a> {
    pub word: Option<Word<'a>>,
    pub created: Option<i64>,
    pub changed: Option<i64>,
    /// When each stage began and ended.
    pub stages: Vec<[Option<i64>; 2]>,
    /// Stage after stage.
    pub jobs: Vec<Job<'a>>,
    /// What each source was set to.
    pub branches: Vec<&'a str>,
    pub trigger_mode: Option<i64>,
    pub remark: Option<&'a str>,
    /// Name and value; a value is `None` where it is hidden.
    pub variables: Vec<(&'a str, Option<&'a str>)>,
}

/// What an API shows of a job.
pub(in crate::services) struct Job<'a> {
    pub id: Option<i64>,
    pub name: &'a str,
    pub stage: Option<&'a str>,
    pub word: Option<Word<'a>>,
    pub began: Option<i64>,
    pub ended: Option<i64>,
    /// Whether it is a manual gate that can be passed now.
    pub is_gate: bool,
    /// JSON, in a text.
    pub params: Option<&'a str>,
}

impl Job<'_> {
    pub(super) fn is(&self, wanted: RunStatus) -> bool {
        self.word.is_some_and(|(_, status)| status == wanted)
    }
}

/// Reads a run of either API. Their documents give the types the same fields, and for Rust the types
/// have nothing in common.
macro_rules! shown {
    ($run:ident, $word:path) => {{
        let mut shown = $crate::services::flow::Shown {
            word: $run.status.as_ref().map($word),
            created: $run.create_time,
            changed: $run.update_time,
            trigger_mode: $run.trigger_mode,
            ..Default::default()
        };
        for stage in $run.stages.iter().flatten() {
            let Some(info) = &stage.stage_info else {
                continue;
            };
            shown.stages.push([info.start_time, info.end_time]);
            for job in info.jobs.iter().flatten() {
                let mut actions = job.actions.iter().flatten();
                shown.jobs.push($crate::services::flow::Job {
                    id: job.id,
                    name: job.name.as_deref().unwrap_or_default(),
                    stage: info.name.as_deref().or(stage.name.as_deref()),
                    word: job.status.as_ref().map($word),
                    began: job.start_time,
                    ended: job.end_time,
                    is_gate: actions.any(|action| {
                        let passes = action.type_.as_deref() == Some("PassPipelineValidate");
                        passes && action.disable != Some(true)
                    }),
                    params: job.params.as_deref(),
                });
            }
        }
        let sources = $run.sources.iter().flatten();
        let branches = sources.filter_map(|source| source.data.as_ref()?.branch.as_deref());
        shown.branches.extend(branches);
        for param in $run.global_params.iter().flatten() {
            let hidden = param.encrypted == Some(true) || param.masked == Some(true);
            let value = param.value.as_deref().filter(|_| !hidden);
            shown
                .variables
                .extend(param.key.as_deref().map(|key| (key, value)));
        }
        shown
    }};
}
pub(in crate::services) use shown;
