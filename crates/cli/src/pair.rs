//! Arguments of the form `key=value`.

use std::collections::BTreeMap;

use super::exit::Failure;

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
