//! Commands that have one subcommand a service.

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};

use super::services;
use super::vendor::AnyVendor;

/// Flags of a command that are the same whatever the service.
pub trait Shared: Args {
    /// A service's subcommand with its own flags, where the service has the command.
    fn command(vendor: &dyn AnyVendor) -> Option<Command>;
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
        let chosen = chosen.and_then(|(name, flags)| Some((services::named(name)?, flags)));
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
        let commands = services::ALL
            .iter()
            .filter_map(|vendor| S::command(*vendor));
        command.subcommands(commands.map(S::augment_args))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        services::named(name).is_some_and(|vendor| S::command(vendor).is_some())
    }
}
