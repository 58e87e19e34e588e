//! Commands that have one subcommand a service.

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};

use super::called::may_be;
use super::configured::SERVICE;
use crate::services;
use crate::vendor::any::AnyVendor;

/// Flags of a command that are the same whatever the service.
pub trait Shared: Args {
    /// What the command does, up to the name of the service.
    const ABOUT: &'static str;

    /// Whether the service has the command.
    fn is_for(_: &dyn AnyVendor) -> bool {
        true
    }

    /// A service's subcommand with its own flags.
    fn command(vendor: &dyn AnyVendor) -> Command;
}

/// The service that was chosen, with its own flags and the shared ones.
pub struct Chosen<S> {
    /// The service.
    pub vendor: &'static dyn AnyVendor,
    /// Its own flags.
    pub flags: ArgMatches,
    /// The shared ones.
    pub shared: S,
}

impl<S: Shared> FromArgMatches for Chosen<S> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let chosen = matches.subcommand();
        let chosen = chosen.and_then(|(name, flags)| {
            // A target has the name of its service beside its flags.
            let target = flags.try_get_one::<String>(SERVICE).ok().flatten();
            let name = target.map_or(name, String::as_str);
            Some((services::named(name)?, flags))
        });
        let (vendor, flags) = chosen.ok_or_else(|| Error::new(ErrorKind::MissingSubcommand))?;
        Ok(Chosen {
            vendor,
            shared: S::from_arg_matches(flags)?,
            flags: flags.clone(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<S: Shared> Subcommand for Chosen<S> {
    fn augment_subcommands(command: Command) -> Command {
        let vendors = services::ALL.iter().filter(|vendor| S::is_for(**vendor));
        let commands = vendors.map(|vendor| {
            let service = vendor.service();
            let about = format!("{} {}", S::ABOUT, service.title());
            let command = Command::new(service.name()).about(about.clone());
            if !may_be(&command) {
                return command;
            }
            let command = S::command(*vendor);
            // What names no section of its own says which pipeline is meant.
            let command = command.mut_args(|flag| match flag.get_help_heading() {
                Some(_) => flag,
                None => flag.help_heading("Pipeline"),
            });
            // Last: the comment of a group of flags, which is about the code, would become the
            // command's.
            let proof = vendor.proof();
            let credential = format!("Credential: {}\n{}", proof.variables(), proof.origin());
            let command = S::augment_args(command).about(about).long_about(None);
            // A flag that was typed anyway is refused with a reason.
            let command = command.mut_args(|flag| {
                let useless = !vendor.uses(flag.get_id().as_str());
                flag.hide(useless)
            });
            command.after_help(credential)
        });
        command.subcommands(commands)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        services::named(name).is_some_and(S::is_for)
    }
}
