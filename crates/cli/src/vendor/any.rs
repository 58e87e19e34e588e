//! A service whose types nobody has to name: what the commands ask of each.

use std::time::Duration;

use clap::{Arg, ArgMatches, Args, Command, Id};
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::{Builder, InvalidWebPage, Run, RunRef, Runs, Service, ServiceClient, WebPage};

use super::credential_command;
use super::prepared::Start;
use super::proof::Proof;
use crate::flags::fields::{Fields, texts};
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::settings::About;
use crate::vendor::{Access, PipelineList, Ready, RunList, Vendor, Words};

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

    /// Whether the service has a use for this flag of a [`super::connection::Connection`].
    fn uses(&self, flag: &str) -> bool;

    /// The flags of a pipeline's place in the sandbox, and of a request that the sandbox takes.
    fn example(&self) -> (Words, Words);

    /// The subcommand of `start`.
    fn start_command(&self) -> Command;

    /// The subcommand of `list`.
    fn list_command(&self) -> Command;

    /// The subcommand of `pipelines`.
    fn pipelines_command(&self) -> Command;

    /// Whether the service says what a run would execute.
    fn has_preview(&self) -> bool;

    /// The document that the client is generated from.
    fn document(&self) -> String;

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

impl dyn AnyVendor + '_ {
    /// The subcommand of `spec probe`: all flags of both lists, and those of a start, which need `--start`.
    pub fn probe_command(&self) -> Command {
        let lists = [self.list_command(), self.pipelines_command()];
        let has = |command: &Command, flag: &Arg| {
            let mut known = command.get_arguments();
            known.any(|one| one.get_id() == flag.get_id())
        };
        let start =
            self.start_command()
                .mut_args(|flag| match lists.iter().any(|list| has(list, &flag)) {
                    true => flag,
                    false => flag.requires("start"),
                });
        let flags = lists.iter().flat_map(Command::get_arguments);
        flags.fold(start, |command, flag| match has(&command, flag) {
            true => command,
            false => command.arg(flag),
        })
    }
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

    fn uses(&self, flag: &str) -> bool {
        match flag {
            "api_version" => V::HAS_API_VERSIONS,
            "region" => !V::Client::REGIONS.is_empty(),
            _ => true,
        }
    }

    fn example(&self) -> (Words, Words) {
        (V::PLACE_FLAGS, V::EXAMPLE)
    }

    fn start_command(&self) -> Command {
        V::Request::augment_args(V::Place::augment_args(named::<V>()))
    }

    fn list_command(&self) -> Command {
        V::Listing::augment_args(named::<V>())
    }

    fn pipelines_command(&self) -> Command {
        V::Site::augment_args(named::<V>())
    }

    fn has_preview(&self) -> bool {
        V::HAS_PREVIEW
    }

    fn document(&self) -> String {
        V::Client::DOCUMENT.text()
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

fn named<V: Vendor>() -> Command {
    Command::new(V::Client::SERVICE.name())
}

/// The variables, with the credential that a command of the settings fetches where there is none.
fn proven<V: Vendor>(access: Access<'_>) -> Result<Environment, Failure> {
    let about = About::Service(V::Client::SERVICE);
    let command = access.settings.text(&about, "credential_command");
    match (command, V::PROOF.found(access.environment)?) {
        (Some(command), None) => {
            // It may wait for a person; an interruption has to be noticed in the meantime.
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
    let address = address_of::<V>(access)?;
    let credentials = V::credentials(environment)?;
    let mut builder = Builder::<V::Client>::new()
        .base_url(address)
        .credentials(credentials.ok_or_else(|| V::PROOF.missing(service))?)
        .timeout(connection.timeout)
        .attempt_timeout(connection.attempt_timeout)
        .retry(connection.retry());
    if let Some(http) = connection.http(access.settings, environment)? {
        builder = builder.http_client(http);
    }
    if access.reads_only {
        builder = builder.read_only();
    }
    if let Some(recorder) = access.recorder {
        builder = builder.record(recorder.clone());
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
    expect_texts(flags)?;
    A::from_arg_matches(flags).map_err(|_| unfit())
}

fn unfit() -> Failure {
    Failure::usage("the flags do not fit the command", "Report this.")
}

/// A flag without a text was given by way of a variable that is not set, and a request without it may
/// start something else.
fn expect_texts(flags: &ArgMatches) -> Result<(), Failure> {
    let is_empty = |id: &&Id| texts(flags, id.as_str()).iter().any(String::is_empty);
    if let Some(id) = flags.ids().find(is_empty) {
        let flag = id.as_str().replace('_', "-");
        let advice = "Give it a value, or leave it out.";
        return Err(Failure::usage(format!("--{flag} is empty"), advice));
    }
    Ok(())
}
