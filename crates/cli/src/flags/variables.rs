//! Plain and secret variables of a run.

use std::collections::BTreeMap;

use super::pair::{Pair, distinct};
use crate::process::environment::Environment;
use crate::process::exit::Failure;

/// As [`distinct`], for a flag whose values are names of environment variables. A secret on a
/// command line can be read by every user of the machine.
pub fn secrets(
    flag: &str,
    pairs: &[Pair],
    environment: &Environment,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut map = distinct(flag, pairs)?;
    for (key, value) in &mut map {
        // What was given is not repeated: it may be the secret itself, given by mistake.
        let secret = environment.text(value)?.ok_or_else(|| {
            Failure::usage(
                format!("{flag} {key}: no environment variable has the name after the `=`"),
                format!(
                    "Put the secret into a variable, and write {flag} {key}=NAME_OF_THE_VARIABLE."
                ),
            )
        })?;
        *value = secret;
    }
    Ok(map)
}

/// Plain variables and secret ones, by name.
pub type Variables = (BTreeMap<String, String>, BTreeMap<String, String>);

/// What `--var` and `--secret-var` give, each name once over both.
pub fn variables(
    plain: &[Pair],
    secret: &[Pair],
    environment: &Environment,
) -> Result<Variables, Failure> {
    let plain = distinct("--var", plain)?;
    let secret = secrets("--secret-var", secret, environment)?;
    match plain.keys().find(|name| secret.contains_key(*name)) {
        Some(name) => Err(Failure::usage(
            format!("{name} is given with --var and with --secret-var"),
            "Give it once.",
        )),
        None => Ok((plain, secret)),
    }
}
