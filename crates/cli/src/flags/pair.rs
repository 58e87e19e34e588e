//! Arguments of the form `key=value`.

use std::collections::BTreeMap;

use crate::process::exit::Failure;

/// One `key=value`.
pub type Pair = (String, String);

/// Splits at the first `=`: keys have none, values may. The text is not part of the error, since
/// the value may be confidential.
pub fn pair(text: &str) -> Result<Pair, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        Some(_) => Err("there is no name before the `=`".to_owned()),
        None => Err("write it as name=value".to_owned()),
    }
}

/// As [`pair`], where the value is the name of an environment variable. A bare secret may end with
/// `=`, as base64 does: then the name is the secret, and no error may have it.
pub fn pair_with_variable(text: &str) -> Result<Pair, String> {
    let (key, variable) = pair(text)?;
    if variable.trim_matches(['=', ' ']).is_empty() {
        return Err("there is no name of a variable after the `=`".to_owned());
    }
    Ok((key, variable))
}

/// The pairs of a flag that was given several times, each key once.
pub fn distinct(flag: &str, pairs: &[Pair]) -> Result<BTreeMap<String, String>, Failure> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        if map.insert(key.clone(), value.clone()).is_some() {
            return Err(Failure::usage(
                format!("{flag} {key} is given twice"),
                "Give each name one value.",
            ));
        }
    }
    Ok(map)
}
