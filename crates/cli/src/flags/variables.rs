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

/// A variable: its name, its value, and whether that is a secret.
pub type Variable = (String, String, bool);

/// What `--var` and `--secret-var` give, each name once over both.
pub fn variables(
    plain: &[Pair],
    secret: &[Pair],
    environment: &Environment,
) -> Result<Vec<Variable>, Failure> {
    let plain = distinct("--var", plain)?;
    let secret = secrets("--secret-var", secret, environment)?;
    if let Some(name) = plain.keys().find(|name| secret.contains_key(*name)) {
        return Err(Failure::usage(
            format!("{name} is given with --var and with --secret-var"),
            "Give it once.",
        ));
    }
    let plain = plain.into_iter().map(|(name, value)| (name, value, false));
    let secret = secret.into_iter().map(|(name, value)| (name, value, true));
    Ok(plain.chain(secret).collect())
}
