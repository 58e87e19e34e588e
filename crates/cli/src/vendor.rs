//! What one service is on the command line.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{ArgMatches, Args, Command};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::BoxStream;
use runpipe::{Reconciled, Result as Answer, Run, RunRef, Runs, Service};

use super::connection::Connection;
use super::environment::Environment;
use super::exit::Failure;

/// All runs of a pipeline, a page fetched when it is asked for.
pub type RunList = BoxStream<'static, Answer<Run>>;

/// Words that start a run in the sandbox.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The flag of each part of a pipeline's place; nothing for a part that has none.
    pub place: &'static [&'static str],
    /// Flags of the request.
    pub request: &'static [&'static str],
}

/// What a run would execute.
pub struct Preview {
    /// The pipeline's id.
    pub pipeline: String,
    /// The YAML, templates expanded.
    pub final_yaml: String,
}

/// A service: its flags, its client and its calls. One file each, in `services`.
pub trait Vendor: Send + Sync + Sized + 'static {
    /// The service.
    const SERVICE: Service;
    /// What the help says of `start`.
    const START: &'static str;
    /// What the help says of `list`.
    const LIST: &'static str;
    /// What the help says of `preview`, where the service has it.
    const PREVIEW: Option<&'static str> = None;
    /// The vendor's own address.
    const ADDRESS: &'static str;
    /// Whether callers choose a version of the API.
    const HAS_API_VERSIONS: bool = false;
    /// A start in the sandbox.
    const EXAMPLE: Example;

    /// The library's client.
    type Client: Runs + 'static;
    /// Flags that name a pipeline to start.
    type Place: Args + Send + Sync;
    /// Flags that say whose runs are listed.
    type Listing: Args + Send + Sync;
    /// Flags of the request.
    type Request: Args + Send + Sync;
    /// What names a pipeline in the library.
    type Pipeline: Send + Sync;
    /// The vendor's own request.
    type Body: Send + Sync;

    /// Regions to choose from, each with its address.
    fn regions() -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    /// A client, with the credential that the environment holds.
    fn client(
        connection: &Connection,
        address: String,
        environment: &Environment,
    ) -> Result<Self::Client, Failure>;

    /// The request that the flags, and the file they name, describe.
    fn body(
        flags: &Self::Request,
        environment: &Environment,
    ) -> impl Future<Output = Result<Self::Body, Failure>> + Send;

    /// The pipeline; a name is looked up, and before a start digits are.
    fn find(
        place: &Self::Place,
        client: &Self::Client,
        before_a_start: Option<Duration>,
    ) -> impl Future<Output = Result<Self::Pipeline, Failure>> + Send;

    /// Starts the run.
    fn start(ready: &Ready<Self>) -> impl Future<Output = Answer<Run>> + Send;

    /// Looks for the run of a start in the service's list.
    fn reconcile(
        ready: &Ready<Self>,
        since: DateTime<Utc>,
    ) -> impl Future<Output = Answer<Reconciled>> + Send;

    /// The flags of the command that lists the pipeline's runs.
    fn list_flags<'a>(place: &'a Self::Place, body: &'a Self::Body)
    -> Vec<(&'static str, &'a str)>;

    /// The runs, newest first.
    fn list(
        listing: &Self::Listing,
        client: &Self::Client,
    ) -> impl Future<Output = Result<RunList, Failure>> + Send;

    /// Whether the request asks for a preview in place of a run.
    fn is_preview(_body: &Self::Body) -> bool {
        false
    }

    /// What a run would execute, where the service says that.
    fn preview(_ready: &Ready<Self>) -> Option<BoxFuture<'_, Answer<Preview>>> {
        None
    }

    /// Stops a run without letting its steps come to an end, where the service does that.
    fn cancel_hard<'a>(
        _client: &'a Self::Client,
        _run: &'a RunRef,
    ) -> Option<BoxFuture<'a, Answer<Run>>> {
        None
    }
}

/// A start that is ready to be made.
pub trait Start: Send + Sync {
    /// The client.
    fn runs(&self) -> &dyn Runs;

    /// Starts the run.
    fn start(&self) -> BoxFuture<'_, Answer<Run>>;

    /// Looks for the run in the service's list.
    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Answer<Reconciled>>;

    /// The command that lists the pipeline's runs.
    fn look(&self) -> &str;

    /// Whether the request asks for a preview in place of a run.
    fn is_preview(&self) -> bool;

    /// What a run would execute, where the service says that.
    fn preview(&self) -> Option<BoxFuture<'_, Answer<Preview>>>;
}

/// A client, a pipeline and a request.
pub struct Ready<V: Vendor> {
    /// The library's client.
    pub client: V::Client,
    /// The pipeline.
    pub pipeline: V::Pipeline,
    /// The vendor's own request.
    pub body: V::Body,
    look: String,
}

impl<V: Vendor> Start for Ready<V> {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn start(&self) -> BoxFuture<'_, Answer<Run>> {
        V::start(self).boxed()
    }

    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Answer<Reconciled>> {
        V::reconcile(self, since).boxed()
    }

    fn look(&self) -> &str {
        &self.look
    }

    fn is_preview(&self) -> bool {
        V::is_preview(&self.body)
    }

    fn preview(&self) -> Option<BoxFuture<'_, Answer<Preview>>> {
        V::preview(self)
    }
}

/// Flags as they were given, and where the service is.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The service's own flags.
    pub flags: &'a ArgMatches,
    /// Where the service is.
    pub connection: &'a Connection,
    /// The variables.
    pub environment: &'a Environment,
}

/// Any [`Vendor`]: its types are its own business.
pub trait AnyVendor: Send + Sync {
    /// The service.
    fn service(&self) -> Service;

    /// A start in the sandbox.
    fn example(&self) -> Example;

    /// The subcommand of `start`.
    fn start_command(&self) -> Command;

    /// The subcommand of `list`.
    fn list_command(&self) -> Command;

    /// The subcommand of `preview`.
    fn preview_command(&self) -> Option<Command>;

    /// A client.
    fn runs(
        &self,
        connection: &Connection,
        environment: &Environment,
    ) -> Result<Box<dyn Runs>, Failure>;

    /// Reads everything that a start needs. Starts nothing.
    fn prepare<'a>(
        &self,
        given: Given<'a>,
        before_a_start: Option<Duration>,
    ) -> BoxFuture<'a, Result<Box<dyn Start>, Failure>>;

    /// The runs, newest first.
    fn list<'a>(&self, given: Given<'a>) -> BoxFuture<'a, Result<RunList, Failure>>;

    /// Stops a run without letting its steps come to an end.
    fn cancel_hard<'a>(
        &self,
        run: &'a RunRef,
        connection: &'a Connection,
        environment: &'a Environment,
    ) -> BoxFuture<'a, Result<Run, Failure>>;
}

impl<V: Vendor> AnyVendor for V {
    fn service(&self) -> Service {
        V::SERVICE
    }

    fn example(&self) -> Example {
        V::EXAMPLE
    }

    fn start_command(&self) -> Command {
        let command = Command::new(V::SERVICE.name()).about(V::START);
        V::Request::augment_args(V::Place::augment_args(command))
    }

    fn list_command(&self) -> Command {
        V::Listing::augment_args(Command::new(V::SERVICE.name()).about(V::LIST))
    }

    fn preview_command(&self) -> Option<Command> {
        V::PREVIEW.map(|about| self.start_command().about(about))
    }

    fn runs(
        &self,
        connection: &Connection,
        environment: &Environment,
    ) -> Result<Box<dyn Runs>, Failure> {
        Ok(Box::new(client::<V>(connection, environment)?))
    }

    fn prepare<'a>(
        &self,
        given: Given<'a>,
        before_a_start: Option<Duration>,
    ) -> BoxFuture<'a, Result<Box<dyn Start>, Failure>> {
        let ready = async move {
            let (place, request) = (
                read::<V::Place>(given.flags)?,
                read::<V::Request>(given.flags)?,
            );
            let body = V::body(&request, given.environment).await?;
            let client = client::<V>(given.connection, given.environment)?;
            let pipeline = V::find(&place, &client, before_a_start).await?;
            let look = look(V::SERVICE, &V::list_flags(&place, &body));
            let ready: Box<dyn Start> = Box::new(Ready::<V> {
                client,
                pipeline,
                body,
                look,
            });
            Ok(ready)
        };
        ready.boxed()
    }

    fn list<'a>(&self, given: Given<'a>) -> BoxFuture<'a, Result<RunList, Failure>> {
        let list = async move {
            let client = client::<V>(given.connection, given.environment)?;
            V::list(&read::<V::Listing>(given.flags)?, &client).await
        };
        list.boxed()
    }

    fn cancel_hard<'a>(
        &self,
        run: &'a RunRef,
        connection: &'a Connection,
        environment: &'a Environment,
    ) -> BoxFuture<'a, Result<Run, Failure>> {
        let cancel = async move {
            let client = client::<V>(connection, environment)?;
            match V::cancel_hard(&client, run) {
                Some(canceled) => Ok(canceled.await?),
                None => Err(Failure::usage(
                    format!("{} does not know --force", V::SERVICE.title()),
                    "Leave it out.",
                )),
            }
        };
        cancel.boxed()
    }
}

fn client<V: Vendor>(
    connection: &Connection,
    environment: &Environment,
) -> Result<V::Client, Failure> {
    connection.check_api_version(V::SERVICE, V::HAS_API_VERSIONS)?;
    let address = connection.address(V::SERVICE, V::ADDRESS, &V::regions(), environment)?;
    V::client(connection, address, environment)
}

/// The parser has accepted them already.
fn read<A: Args>(flags: &ArgMatches) -> Result<A, Failure> {
    A::from_arg_matches(flags)
        .map_err(|_| Failure::usage("the flags do not fit the command", "Report this."))
}

fn look(service: Service, flags: &[(&str, &str)]) -> String {
    let mut command = format!("runpipe list {service}");
    for (flag, value) in flags {
        let value = super::text::shell_word(&super::text::one_line(value));
        command = format!("{command} {flag} {value}");
    }
    command
}
