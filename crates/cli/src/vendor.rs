//! What one service is on the command line.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{ArgMatches, Args, Command};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::BoxStream;
use runpipe::ledger::{StartOnce, Started};
use runpipe::{
    Builder, InvalidWebPage, Reconciled, Rehearsal, Result as Answer, Run, RunRef, Runs, Service,
    ServiceClient, WebPage,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::connection::Connection;
use super::credential_command;
use super::environment::Environment;
use super::exit::Failure;
use super::fields::Fields;
use super::proof::Proof;
use super::settings::{About, Settings};
use super::text::{one_line, shell_word};

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

/// Where a service is, and what proves who calls.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The address, and how patiently it is asked.
    pub connection: &'a Connection,
    /// The variables: credentials, and addresses too.
    pub environment: &'a Environment,
    /// What `runpipe.toml` sets.
    pub settings: &'a Settings,
}

/// What names a pipeline of a service in the library.
pub type PipelineOf<V> = <<V as Vendor>::Client as ServiceClient>::Pipeline;

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

    /// The credential that the environment holds.
    fn credentials(
        environment: &Environment,
    ) -> Result<<Self::Client as ServiceClient>::Credentials, Failure>;

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

/// A start that is ready to be made.
pub trait Start: Send + Sync {
    /// The client.
    fn runs(&self) -> &dyn Runs;

    /// Starts the run.
    fn start(&self) -> BoxFuture<'_, Answer<Run>>;

    /// Starts the run once, whoever else tries.
    fn start_once<'a>(&'a self, once: &'a StartOnce) -> BoxFuture<'a, Answer<Started>>;

    /// Looks for the run in the service's list.
    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Answer<Reconciled>>;

    /// The variables that the client was made with, the credential among them.
    fn environment(&self) -> &Environment;

    /// Makes the request of a start, and does not send it.
    fn rehearse(&self) -> BoxFuture<'_, Answer<Rehearsal>>;

    /// The vendor's own request.
    fn request(&self) -> Value;

    /// What the service is known to ignore or refuse, in sentences.
    fn warnings(&self) -> BoxFuture<'_, Vec<String>>;

    /// How the request was signed, where the service takes signatures.
    fn signature(&self, rehearsal: &Rehearsal) -> Option<Signature>;

    /// The command that lists the pipeline's runs.
    fn look(&self) -> String;

    /// What a run would execute, where the service says that.
    fn preview(&self) -> Option<Preview<'_>>;
}

impl<V: Vendor> Start for Ready<V> {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn start(&self) -> BoxFuture<'_, Answer<Run>> {
        self.client.start(&self.pipeline, &self.body).boxed()
    }

    fn start_once<'a>(&'a self, once: &'a StartOnce) -> BoxFuture<'a, Answer<Started>> {
        once.start(&self.client, &self.pipeline, &self.body).boxed()
    }

    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Answer<Reconciled>> {
        let reconciled = self.client.reconcile(&self.pipeline, &self.body, since);
        reconciled.boxed()
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn rehearse(&self) -> BoxFuture<'_, Answer<Rehearsal>> {
        self.client.rehearse(&self.pipeline, &self.body).boxed()
    }

    fn request(&self) -> Value {
        // The vendor's own types always become JSON.
        serde_json::to_value(&self.body).unwrap_or_default()
    }

    fn warnings(&self) -> BoxFuture<'_, Vec<String>> {
        V::warnings(self).boxed()
    }

    fn signature(&self, rehearsal: &Rehearsal) -> Option<Signature> {
        V::signature(rehearsal)
    }

    fn look(&self) -> String {
        let flags = V::list_flags(self);
        let flags = flags.iter().map(|(flag, value)| {
            let value = shell_word(&one_line(value));
            format!(" {flag} {value}")
        });
        format!(
            "runpipe list {}{}",
            V::Client::SERVICE,
            flags.collect::<String>()
        )
    }

    fn preview(&self) -> Option<Preview<'_>> {
        V::preview(self)
    }
}

/// Any [`Vendor`]: its types are its own business.
pub trait AnyVendor: Send + Sync {
    /// The service.
    fn service(&self) -> Service;

    /// What the service takes as proof.
    fn proof(&self) -> &'static Proof;

    /// What each flag of a start becomes.
    fn fields(&self) -> Fields;

    /// The flags whose pairs have the name of a variable that holds a secret.
    fn secret_flags(&self) -> Words;

    /// The flags of a pipeline's place in the sandbox, and of a request that the sandbox takes.
    fn example(&self) -> (Words, Words);

    /// The subcommand of `start`.
    fn start_command(&self) -> Command;

    /// The subcommand of `list`.
    fn list_command(&self) -> Command;

    /// The subcommand of `pipelines`.
    fn pipelines_command(&self) -> Command;

    /// The subcommand of `preview`.
    fn preview_command(&self) -> Option<Command>;

    /// A client.
    fn runs(&self, access: Access<'_>) -> Result<Box<dyn Runs>, Failure>;

    /// The page of a run with that address.
    fn web_page(&self, address: &str, access: Access<'_>) -> Result<WebPage, InvalidWebPage>;

    /// Reads everything that a start needs. Starts nothing.
    fn prepare<'a>(
        &self,
        flags: &'a ArgMatches,
        access: Access<'a>,
        before_a_start: Option<Duration>,
    ) -> BoxFuture<'a, Result<Box<dyn Start>, Failure>>;

    /// The pipelines, in the service's order.
    fn pipelines<'a>(
        &self,
        flags: &'a ArgMatches,
        access: Access<'a>,
    ) -> BoxFuture<'a, Result<PipelineList, Failure>>;

    /// The runs, newest first.
    fn list<'a>(
        &self,
        flags: &'a ArgMatches,
        access: Access<'a>,
    ) -> BoxFuture<'a, Result<RunList, Failure>>;

    /// Stops a run, without letting its steps come to an end.
    fn stop<'a>(&self, run: &'a RunRef, access: Access<'a>) -> BoxFuture<'a, Result<Run, Failure>>;
}

impl<V: Vendor> AnyVendor for V {
    fn service(&self) -> Service {
        V::Client::SERVICE
    }

    fn proof(&self) -> &'static Proof {
        const { &V::PROOF }
    }

    fn fields(&self) -> Fields {
        V::FIELDS
    }

    fn secret_flags(&self) -> Words {
        V::SECRET_FLAGS
    }

    fn example(&self) -> (Words, Words) {
        (V::PLACE_FLAGS, V::EXAMPLE)
    }

    fn start_command(&self) -> Command {
        let command = named::<V>("Start a run on");
        V::Request::augment_args(V::Place::augment_args(command))
    }

    fn list_command(&self) -> Command {
        V::Listing::augment_args(named::<V>("List runs on"))
    }

    fn pipelines_command(&self) -> Command {
        V::Site::augment_args(named::<V>("List the pipelines on"))
    }

    fn preview_command(&self) -> Option<Command> {
        let about = "Print what a run would execute, on";
        V::HAS_PREVIEW.then(|| {
            self.start_command()
                .about(format!("{about} {}", V::Client::SERVICE.title()))
        })
    }

    fn runs(&self, access: Access<'_>) -> Result<Box<dyn Runs>, Failure> {
        Ok(Box::new(client::<V>(access, &proven::<V>(access)?)?))
    }

    fn web_page(&self, address: &str, access: Access<'_>) -> Result<WebPage, InvalidWebPage> {
        // Where a region is meant that this service does not have, its own address will do.
        let own = address_of::<V>(access).unwrap_or_else(|_| V::Client::BASE_URL.to_owned());
        V::Client::web_page(address, &own)
    }

    fn prepare<'a>(
        &self,
        flags: &'a ArgMatches,
        access: Access<'a>,
        before_a_start: Option<Duration>,
    ) -> BoxFuture<'a, Result<Box<dyn Start>, Failure>> {
        let ready = async move {
            let (place, request) = (read::<V::Place>(flags)?, read::<V::Request>(flags)?);
            let body = V::body(&request, access.environment).await?;
            let environment = proven::<V>(access)?;
            let client = client::<V>(access, &environment)?;
            let pipeline = V::find(&place, &client, before_a_start).await?;
            let ready: Ready<V> = Ready {
                environment,
                client,
                place,
                pipeline,
                body,
            };
            Ok(Box::new(ready) as Box<dyn Start>)
        };
        ready.boxed()
    }

    fn pipelines<'a>(
        &self,
        flags: &'a ArgMatches,
        access: Access<'a>,
    ) -> BoxFuture<'a, Result<PipelineList, Failure>> {
        let list = async move {
            let client = client::<V>(access, &proven::<V>(access)?)?;
            V::pipelines(&read(flags)?, &client).await
        };
        list.boxed()
    }

    fn list<'a>(
        &self,
        flags: &'a ArgMatches,
        access: Access<'a>,
    ) -> BoxFuture<'a, Result<RunList, Failure>> {
        let list = async move {
            let client = client::<V>(access, &proven::<V>(access)?)?;
            V::list(&read(flags)?, &client).await
        };
        list.boxed()
    }

    fn stop<'a>(&self, run: &'a RunRef, access: Access<'a>) -> BoxFuture<'a, Result<Run, Failure>> {
        let stop = async move {
            match V::stop(&client::<V>(access, &proven::<V>(access)?)?, run) {
                Some(stopped) => Ok(stopped.await?),
                None => Err(Failure::usage(
                    format!("{} does not know --force", V::Client::SERVICE.title()),
                    "Leave it out.",
                )),
            }
        };
        stop.boxed()
    }
}

fn named<V: Vendor>(about: &str) -> Command {
    Command::new(V::Client::SERVICE.name()).about(format!("{about} {}", V::Client::SERVICE.title()))
}

/// The variables, with the credential that a command of the settings fetches where there is none.
fn proven<V: Vendor>(access: Access<'_>) -> Result<Environment, Failure> {
    let about = About::Service(V::Client::SERVICE);
    let command = access.settings.text(&about, "credential_command");
    match (command, V::PROOF.found(access.environment)?) {
        (Some(command), None) => {
            // It may wait for a person; an interruption has to be heard meanwhile.
            let fetched = || credential_command::fetch(command, &V::PROOF);
            Ok(access
                .environment
                .with(tokio::task::block_in_place(fetched)?))
        }
        _ => Ok(access.environment.clone()),
    }
}

fn client<V: Vendor>(access: Access<'_>, environment: &Environment) -> Result<V::Client, Failure> {
    let connection = access.connection;
    let service = V::Client::SERVICE;
    connection.check_api_version(service, V::HAS_API_VERSIONS)?;
    let mut builder = Builder::<V::Client>::new()
        .base_url(address_of::<V>(access)?)
        .credentials(V::credentials(environment)?)
        .timeout(connection.timeout)
        .attempt_timeout(connection.attempt_timeout)
        .retry(connection.retry());
    if let Some(http) = connection.http(access.settings, environment)? {
        builder = builder.http_client(http);
    }
    V::configured(builder.build()?, access)
}

/// Where the service is.
fn address_of<V: Vendor>(access: Access<'_>) -> Result<String, Failure> {
    let (own, regions) = (V::Client::BASE_URL, V::Client::REGIONS);
    let (environment, settings) = (access.environment, access.settings);
    let connection = access.connection;
    connection.address(V::Client::SERVICE, own, regions, environment, settings)
}

/// The parser has accepted them already.
fn read<A: Args>(flags: &ArgMatches) -> Result<A, Failure> {
    A::from_arg_matches(flags)
        .map_err(|_| Failure::usage("the flags do not fit the command", "Report this."))
}
