//! The command line with what `runpipe.toml` says: defaults of flags, and targets beside the services.

use std::collections::{BTreeMap, BTreeSet};

use clap::builder::Resettable;
use clap::{Arg, Command};
use runpipe::Service;

use crate::output::text::one_line;
use crate::process::exit::Failure;
use crate::services;
use crate::settings::{About, Setting, Settings};

/// The commands that have a subcommand for each service, and for each target.
const WITH_SERVICES: [&str; 4] = ["start", "list", "preview", "pipelines"];
/// How patiently a service is asked: flags of every command that asks one.
const PATIENCE: [&str; 3] = ["timeout", "attempt_timeout", "retries"];
/// Names that are not flags, or that have a variable which overrides the file.
const OF_ALL: [&str; 2] = ["proxy", "ca_file"];
const OF_SERVICE: [&str; 3] = ["base_url", "region", "credential_command"];
/// The name of the service of a target: in the file, and in what was parsed.
pub const SERVICE: &str = "service";

type Values = BTreeMap<String, Vec<String>>;

/// The command line with these settings.
///
/// Fails when a setting has no meaning.
pub fn command(mut command: Command, settings: &Settings) -> Result<Command, Failure> {
    let mut targets: BTreeMap<String, (Service, Values)> = BTreeMap::new();
    for target in settings.targets() {
        let service = service_of(target, settings)?;
        targets.insert(target.to_owned(), (service, Values::new()));
    }
    let (mut of_all, mut of_services) = (Values::new(), BTreeMap::<Service, Values>::new());
    for setting in settings.all.iter().chain(&settings.untrusted) {
        let service = match &setting.about {
            About::All => None,
            About::Service(service) => Some(*service),
            About::Target(target) => targets.get(target).map(|(service, _)| *service),
        };
        expect_meaning(setting, service, &command)?;
    }
    for Setting {
        about,
        name,
        values,
        ..
    } in &settings.all
    {
        let into = match about {
            About::All => &mut of_all,
            About::Service(service) => of_services.entry(*service).or_default(),
            About::Target(target) => match targets.get_mut(target) {
                Some((_, into)) => into,
                None => continue,
            },
        };
        into.insert(name.clone(), values.clone());
    }
    of_all.retain(|name, _| PATIENCE.contains(&name.as_str()));
    command = command.mut_subcommands(|command| with_defaults(command, &of_all));
    for parent in WITH_SERVICES {
        if command.find_subcommand(parent).is_none() {
            continue;
        }
        command = command.mut_subcommand(parent, |parent| {
            let parent = parent.mut_subcommands(|one| {
                let service = one.get_name().parse::<Service>().ok();
                let own = service.and_then(|service| of_services.get(&service));
                let one = with_defaults(one, &of_all);
                match own {
                    Some(own) => with_defaults(one, own),
                    None => one,
                }
            });
            let targets = targets.iter();
            targets.fold(parent, |parent, (name, (service, values))| {
                with_target(parent, name, *service, values)
            })
        });
    }
    Ok(command)
}

/// The service that a target is on.
fn service_of(target: &str, settings: &Settings) -> Result<Service, Failure> {
    let fault = |what: &str, advice: &str| {
        Failure::usage(one_line(&format!("the target {target} {what}")), advice)
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !target.chars().all(plain) || target.starts_with('-') || target == "help" {
        let advice = "Use letters, digits, - and _.";
        return Err(fault(
            "has a name that does not work on a command line",
            advice,
        ));
    }
    if services::named(target).is_some() {
        return Err(fault("has the name of a service", "Give it another name."));
    }
    let service = settings.text(&About::Target(target.to_owned()), SERVICE);
    let service = service.and_then(|service| service.parse().ok());
    let names = Service::ALL.map(Service::name).join(", ");
    service.ok_or_else(|| {
        fault(
            "names no service",
            &format!("Give service, one of {names}."),
        )
    })
}

/// A setting is the flag of a command, or one of the few that are none.
fn expect_meaning(
    setting: &Setting,
    service: Option<Service>,
    command: &Command,
) -> Result<(), Failure> {
    let name = setting.name.as_str();
    let mut known: BTreeSet<String> = PATIENCE.map(str::to_owned).into();
    match &setting.about {
        About::All => known.extend(OF_ALL.map(str::to_owned)),
        About::Service(_) => known.extend(OF_SERVICE.map(str::to_owned)),
        About::Target(_) => known.extend([SERVICE.to_owned()]),
    }
    if let Some(service) = service {
        let commands = WITH_SERVICES
            .iter()
            .filter_map(|parent| command.find_subcommand(parent));
        let commands = commands.filter_map(|parent| parent.find_subcommand(service.name()));
        let flags = commands.flat_map(Command::get_arguments);
        let flags = flags.filter(|flag| flag.get_long().is_some());
        // All callers of a key need one ledger, which a default of `start` alone does not give them.
        let flags = flags.filter(|flag| flag.get_id() != "ledger");
        known.extend(flags.map(|flag| flag.get_id().to_string()));
    }
    if matches!(setting.about, About::Target(_)) {
        OF_SERVICE.iter().for_each(|name| {
            known.remove(*name);
        });
    }
    let (file, key) = (setting.origin.display(), setting.key());
    if !known.contains(name) {
        let known: Vec<String> = known.into_iter().collect();
        return Err(Failure::usage(
            one_line(&format!("{file}: there is no setting {key}")),
            format!("Use one of {}.", known.join(", ")),
        ));
    }
    let is_address = ["proxy", "base_url"].contains(&name);
    if is_address && setting.values.iter().any(|value| value.contains('@')) {
        let advice = "Give the address alone; a proxy with a password goes into HTTPS_PROXY.";
        let what = format!("{file}: {key} has a user in it, perhaps with a password");
        return Err(Failure::usage(one_line(&what), advice));
    }
    Ok(())
}

/// The same command, whose flags have these values where they are not given.
fn with_defaults(command: Command, values: &Values) -> Command {
    command.mut_args(|flag| {
        let name = flag.get_id().as_str();
        match values.get(name).filter(|_| !OF_SERVICE.contains(&name)) {
            Some(values) => flag
                .required(false)
                .required_unless_present(Resettable::Reset)
                .default_values(values.clone()),
            None => flag,
        }
    })
}

/// A target beside the services.
fn with_target(parent: Command, name: &str, service: Service, values: &Values) -> Command {
    let Some(own) = parent.find_subcommand(service.name()).cloned() else {
        return parent;
    };
    // Flags that narrow a list are not flags of the request.
    let is_list = parent.get_name() == "list";
    let flags = services::named(service.name()).map(|vendor| vendor.list_command());
    let flags: BTreeSet<String> = flags
        .iter()
        .flat_map(Command::get_arguments)
        .map(|flag| flag.get_id().to_string())
        .collect();
    let mut values = values.clone();
    values.retain(|name, _| !is_list || flags.contains(name));
    let about = format!("The target {name}, on {}", service.title());
    let of_target = Arg::new(SERVICE).long("service").hide(true);
    let target = with_defaults(own, &values)
        .name(name.to_owned())
        .about(about);
    parent.subcommand(target.arg(of_target.default_value(service.name())))
}
