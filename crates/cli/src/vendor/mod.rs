//! What one service is on the command line.

pub mod any;
pub mod connection;
pub mod credential_command;
pub mod prepared;
pub mod proof;

use std::time::Duration;

use clap::Args;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use runpipe::recording::Recorder;
use runpipe::{Rehearsal, Result as Answer, Run, RunRef, ServiceClient};
use schemars::JsonSchema;
use serde::Serialize;

use crate::flags::fields::Fields;
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::settings::Settings;
use connection::Connection;
use proof::Proof;

/// All runs of a pipeline, a page fetched when it is asked for.
pub type RunList = BoxStream<'static, Answer<Run>>;

/// All pipelines of a place, a page fetched when it is asked for.
pub type PipelineList = BoxStream<'static, Answer<ListedPipeline>>;

/// A pipeline in a service's list.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ListedPipeline {
    /// What `--pipeline` takes.
    pub pipeline: String,
    /// Its name.
    pub name: Option<String>,
    /// What it is in: a folder, an environment.
    pub within: Option<String>,
}

impl ListedPipeline {
    /// One that is named by its number.
    pub fn new(id: Option<i64>, name: Option<String>, within: Option<String>) -> Self {
        let pipeline = id.map(|id| id.to_string()).unwrap_or_default();
        ListedPipeline {
            pipeline,
            name,
            within,
        }
    }
}

/// Words of a command line.
pub type Words = &'static [&'static str];

/// What a run would execute, yet to be asked for.
pub struct Preview<'a> {
    /// Whether the request is that of a run, marked as a preview: a server that overlooks the mark
    /// starts one.
    pub as_a_run: bool,
    /// The pipeline's id.
    pub pipeline: String,
    /// The YAML, templates expanded.
    pub final_yaml: BoxFuture<'a, Answer<String>>,
}

/// How a request was signed.
pub struct Signature {
    /// The text that the signature covers in the end.
    pub canonical: String,
    /// What is signed.
    pub string_to_sign: String,
    /// The header of the signature up to it.
    pub header: String,
    /// The variable that holds the secret.
    pub secret: &'static str,
}

/// The address of a service, and the caller's credential.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The address, and how patiently it is asked.
    pub connection: &'a Connection,
    /// The variables: credentials, and addresses too.
    pub environment: &'a Environment,
    /// What `runpipe.toml` sets.
    pub settings: &'a Settings,
    /// What writes down the exchanges.
    pub recorder: Option<&'a Recorder>,
    /// Whether the client refuses to send anything but reads.
    pub reads_only: bool,
}

/// What names a pipeline of a service in the library.
pub type PipelineOf<V> = <<V as Vendor>::Client as ServiceClient>::Pipeline;

/// What authenticates calls to a service in the library.
pub type CredentialsOf<V> = <<V as Vendor>::Client as ServiceClient>::Credentials;
/// A service's own request in the library.
pub type BodyOf<V> = <<V as Vendor>::Client as ServiceClient>::Request;

/// A service on the command line: its flags and its variables. One file each, in `services`.
pub trait Vendor: Send + Sync + Sized + 'static {
    /// Whether callers choose a version of the API.
    const HAS_API_VERSIONS: bool = false;
    /// Whether the service says what a run would execute.
    const HAS_PREVIEW: bool = false;
    /// The flag of each part of a pipeline's place in the sandbox; nothing for a part that has none.
    const PLACE_FLAGS: Words;
    /// A request that the sandbox takes.
    const EXAMPLE: Words;

    /// What the service takes as proof.
    const PROOF: Proof;

    /// What each flag of a start becomes.
    const FIELDS: Fields;
    /// The flags whose pairs have the name of a variable that holds a secret.
    const SECRET_FLAGS: Words = &[];

    /// The library's client.
    type Client: ServiceClient;
    /// Flags that say whose pipelines are listed.
    type Site: Args + Send + Sync;
    /// Flags that name a pipeline to start.
    type Place: Args + Send + Sync;
    /// Flags that say whose runs are listed.
    type Listing: Args + Send + Sync;
    /// Flags of the request.
    type Request: Args + Send + Sync;

    /// The credential that the environment holds, where it holds one.
    fn credentials(environment: &Environment) -> Result<Option<CredentialsOf<Self>>, Failure>;

    /// What flags of the connection and variables that this service alone has make of its client.
    fn configured(client: Self::Client, _access: Access<'_>) -> Result<Self::Client, Failure> {
        Ok(client)
    }

    /// The request that the flags, and the file they name, describe.
    fn body(
        flags: &Self::Request,
        environment: &Environment,
    ) -> impl Future<Output = Result<BodyOf<Self>, Failure>> + Send;

    /// The pipeline; a name is looked up, and before a start digits are.
    fn find(
        place: &Self::Place,
        client: &Self::Client,
        before_a_start: Option<Duration>,
    ) -> impl Future<Output = Result<PipelineOf<Self>, Failure>> + Send;

    /// The flags of the command that lists the pipeline's runs.
    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)>;

    /// The pipelines, in the service's order.
    fn pipelines(
        site: &Self::Site,
        client: &Self::Client,
    ) -> impl Future<Output = Result<PipelineList, Failure>> + Send;

    /// The runs, newest first.
    fn list(
        listing: &Self::Listing,
        client: &Self::Client,
    ) -> impl Future<Output = Result<RunList, Failure>> + Send;

    /// What a run would execute, where the service says that.
    fn preview(_ready: &Ready<Self>) -> Option<Preview<'_>> {
        None
    }

    /// What the service is known to ignore or refuse of a request, in sentences. Reads at most.
    fn warnings(_ready: &Ready<Self>) -> impl Future<Output = Vec<String>> + Send {
        std::future::ready(Vec::new())
    }

    /// How the request of a start was signed, where the service takes signatures.
    fn signature(_rehearsal: &Rehearsal) -> Option<Signature> {
        None
    }

    /// Stops a run without letting its steps come to an end, where the service does that.
    fn stop<'a>(_client: &'a Self::Client, _run: &'a RunRef) -> Option<BoxFuture<'a, Answer<Run>>> {
        None
    }
}

/// A client, a pipeline and a request.
pub struct Ready<V: Vendor> {
    /// The variables that the client was made with.
    pub environment: Environment,
    /// The library's client.
    pub client: V::Client,
    /// The flags that name the pipeline.
    pub place: V::Place,
    /// The pipeline.
    pub pipeline: PipelineOf<V>,
    /// The vendor's own request.
    pub body: BodyOf<V>,
}
