//! Only what is called is built: the flags of all commands together take longer than a request does.

use std::cell::RefCell;
use std::ffi::OsString;
use std::mem;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};

thread_local! {
    /// The words that were typed. Nothing where every command is wanted.
    ///
    /// They are here because clap passes nothing from a command to its subcommands when it builds
    /// them.
    static TYPED: RefCell<Option<Vec<OsString>>> = const { RefCell::new(None) };
}

/// Makes a command line. The commands that none of these words names are their names and descriptions.
pub fn by(words: &[OsString], make: impl FnOnce() -> Command) -> Command {
    TYPED.set(Some(words.to_vec()));
    let made = make();
    TYPED.set(None);
    made
}

/// Whether this command may be the one that is called: a word is its name.
pub fn may_be(command: &Command) -> bool {
    let is_named = |words: &Vec<OsString>| words.iter().any(|word| word == command.get_name());
    TYPED.with_borrow(|typed| typed.as_ref().is_none_or(is_named))
}

/// The commands of the program; if the first word is the name of one, that one alone. clap copies the
/// flags that every command takes into each of them.
pub struct OneOf<T>(pub T);

impl<T: FromArgMatches> FromArgMatches for OneOf<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(OneOf)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Subcommand> Subcommand for OneOf<T> {
    fn augment_subcommands(command: Command) -> Command {
        let first =
            |typed: &Option<Vec<OsString>>| Some(typed.as_ref()?.get(1)?.to_str()?.to_owned());
        let first = TYPED.with_borrow(first);
        let mut all = T::augment_subcommands(Command::default());
        match first.and_then(|name| all.find_subcommand_mut(name)) {
            Some(one) => command.subcommand(mem::take(one)),
            None => T::augment_subcommands(command),
        }
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        T::has_subcommand(name)
    }
}

/// The flags or subcommands of a command, which are built where it is called.
pub struct Called<T>(pub T);

impl<T: FromArgMatches> FromArgMatches for Called<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Called)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Args> Args for Called<T> {
    fn augment_args(command: Command) -> Command {
        match may_be(&command) {
            true => T::augment_args(command),
            false => command,
        }
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Subcommand> Subcommand for Called<T> {
    fn augment_subcommands(command: Command) -> Command {
        match may_be(&command) {
            true => T::augment_subcommands(command),
            false => command,
        }
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        T::has_subcommand(name)
    }
}
