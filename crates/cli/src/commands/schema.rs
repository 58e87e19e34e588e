//! `runpipe schema`: what the program writes as JSON, as JSON Schema.

use clap::{Args, ValueEnum};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::auth::Status as Credentials;
use super::config::Shown;
use super::open::Page;
use super::pipelines::Pipelines;
use super::preview::Shown as Preview;
use super::start::dry_run::DryRun;
use crate::context::Context;
use crate::output::event::Event;
use crate::process::exit::{DONE, Failure, Report};

/// What `schema` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Of which object.
    #[arg(value_enum)]
    of: Of,
}

/// The objects that are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// A run: `start`, `status`, `watch`, `cancel`, `approve`, `reject`, `retry`.
    Run,
    /// A run that was started with a key: `start --key`.
    KeyedRun,
    /// A list of runs: `list`.
    List,
    /// The steps of a run: `steps`.
    Steps,
    /// The pipelines of a service: `pipelines`.
    Pipelines,
    /// The page of a run: `open`.
    Page,
    /// What a run would execute: `preview`.
    Preview,
    /// What the ledger says of a key: `ledger show`; `ledger list` has them as `entries`.
    Entry,
    /// Which credentials were found: `auth status`.
    Credentials,
    /// The settings: `config show`.
    Config,
    /// The request of a start that was not sent: `start --dry-run`.
    DryRun,
    /// An error, on stderr.
    Error,
    /// An event: a start, on stderr; a line of a log, on stdout: `logs`.
    Event,
}

/// A run. Every key is always there; what a service does not report is null.
#[derive(JsonSchema)]
#[schemars(rename = "Run")]
#[allow(dead_code, reason = "it is read as a schema")]
struct RunObject {
    /// azure-devops, matillion, aliyun, yunxiao, buddy
    service: String,
    /// Names the run on any machine.
    #[schemars(rename = "ref")]
    reference: String,
    /// The vendor's id of the run, the last part of the reference.
    id: String,
    /// The pipeline's id, else its name.
    pipeline: Option<String>,
    /// The vendor's id of the pipeline.
    pipeline_id: Option<String>,
    /// The pipeline's name.
    pipeline_name: Option<String>,
    /// The status in one word, the same for every service.
    status: Status,
    /// The vendor's own word or words.
    vendor_status: Option<String>,
    /// A page where a person can look at the run.
    url: Option<String>,
    /// When the run was asked for, RFC 3339.
    created_at: Option<String>,
    /// When it began to run, RFC 3339.
    started_at: Option<String>,
    /// When it ended, RFC 3339.
    finished_at: Option<String>,
    /// The branch, tag, commit or version that was asked for, in the vendor's form.
    requested_ref: Option<String>,
    /// What the vendor says about the result, or what the run waits for.
    message: Option<String>,
    /// What the run waits for, and who may act.
    waits_for: Vec<GateObject>,
    /// What could not be read in the vendor's answer, in sentences.
    warnings: Vec<String>,
}

/// A run with the key that it was started with.
#[derive(JsonSchema)]
#[schemars(rename = "KeyedRun")]
#[allow(dead_code, reason = "it is read as a schema")]
struct KeyedRunObject {
    #[schemars(flatten)]
    run: RunObject,
    /// The key.
    key: String,
    /// Whether the run was there already.
    attached: bool,
}

/// Something that a run waits for.
#[derive(JsonSchema)]
#[schemars(rename = "Gate")]
#[allow(dead_code, reason = "it is read as a schema")]
struct GateObject {
    /// Identifies the gate within its run.
    id: String,
    /// What waits: a stage, a job, an action.
    name: String,
    /// What it waits for.
    kind: Kind,
    /// Who may act, if the service says so.
    who: Vec<String>,
    /// The message to those who may act.
    message: Option<String>,
}

/// Neither `other` nor a word that a later version adds can be given by `approve`.
#[derive(JsonSchema)]
#[schemars(rename = "GateKind", rename_all = "snake_case")]
#[allow(dead_code, reason = "it is read as a schema")]
enum Kind {
    Approval,
    Variables,
    Other,
}

/// Neither `unknown` nor a word that a later version adds is a success or an end.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[allow(dead_code, reason = "it is read as a schema")]
enum Status {
    Queued,
    Running,
    Waiting,
    Canceling,
    Succeeded,
    Failed,
    Canceled,
    Skipped,
    Unknown,
}

/// Runs, newest first.
#[derive(JsonSchema)]
#[schemars(rename = "List")]
#[allow(dead_code, reason = "it is read as a schema")]
struct ListObject {
    /// The runs.
    runs: Vec<RunObject>,
    /// Whether the service has more of them.
    more: bool,
}

/// The steps of a run, in their order.
#[derive(JsonSchema)]
#[schemars(rename = "Steps")]
#[allow(dead_code, reason = "it is read as a schema")]
struct StepsObject {
    /// The run.
    #[schemars(rename = "ref")]
    reference: String,
    /// The steps.
    steps: Vec<StepObject>,
}

/// A stage, a job, a task or an action.
#[derive(JsonSchema)]
#[schemars(rename = "Step")]
#[allow(dead_code, reason = "it is read as a schema")]
struct StepObject {
    /// Identifies the step within its run.
    id: String,
    /// The step's name.
    name: String,
    /// The names of the steps around it, the outermost first.
    within: Vec<String>,
    /// The status in one word.
    status: Status,
    /// The vendor's own word or words.
    vendor_status: Option<String>,
    /// When it began, RFC 3339.
    started_at: Option<String>,
    /// When it ended, RFC 3339.
    finished_at: Option<String>,
    /// What the vendor says about it.
    message: Option<String>,
}

/// What the ledger says of a key.
#[derive(JsonSchema)]
#[schemars(rename = "Entry")]
#[allow(dead_code, reason = "it is read as a schema")]
struct EntryObject {
    /// The version of this form.
    form: u32,
    /// The key.
    key: String,
    /// azure-devops, matillion, aliyun, yunxiao, buddy
    service: String,
    /// The address of the service.
    server: String,
    /// The pipeline, as its reference prints it.
    pipeline: String,
    /// Digests of the request's values.
    request: Value,
    /// What the run is recognized by.
    mark: String,
    /// Where the mark was put: `usual`, `nowhere`, or an object with the `variable` or the `parameter`.
    place: Value,
    /// What the service's list can say about it: `shown`, `guarded`, `unseen`.
    trace: String,
    /// How long an owner may be silent, in milliseconds.
    lease_ms: u64,
    /// When the key was first used, RFC 3339.
    created: String,
    /// When this was written, RFC 3339.
    changed: String,
    /// How often the key was claimed.
    attempt: u32,
    /// When a request first left: `here`, and `at_service`.
    sent: Option<Value>,
    /// Why the last attempt came to nothing: `kind`, `message`, `at`.
    refusal: Option<Value>,
    /// How far the start has come: `free`, `claimed`, `sending`, `unclear`, `started`.
    stage: String,
    /// Of the caller that works on it, if it is claimed or sending.
    #[schemars(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Grows while the owner works on it.
    #[schemars(skip_serializing_if = "Option::is_none")]
    beat: Option<u64>,
    /// Of an unclear one: whether the service has said that a run with the mark is in progress.
    #[schemars(skip_serializing_if = "Option::is_none")]
    going: Option<bool>,
    /// Of a started one: the run.
    #[schemars(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
}

/// Prints the schema.
pub fn run(context: &Context, arguments: &Arguments) -> Result<u8, Failure> {
    let schema = match arguments.of {
        Of::Run => of::<RunObject>(),
        Of::KeyedRun => of::<KeyedRunObject>(),
        Of::List => of::<ListObject>(),
        Of::Steps => of::<StepsObject>(),
        Of::Pipelines => of::<Pipelines>(),
        Of::Page => of::<Page<'static>>(),
        Of::Preview => of::<Preview<'static>>(),
        Of::Entry => of::<EntryObject>(),
        Of::Credentials => of::<Credentials>(),
        Of::Config => of::<Shown>(),
        Of::DryRun => of::<DryRun>(),
        Of::Error => of::<Report<'static>>(),
        Of::Event => of::<Event<'static>>(),
    };
    context.output.result(&schema, || {
        // What came from types always becomes JSON.
        serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
    })?;
    Ok(DONE)
}

/// A schema of what is written: every key is required.
fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}
