//! The version of the API that a request asks for: in the query, or in `Accept` as the SDK sends it.

use super::exceptions::exception;
use crate::{Answer, Incoming, pairs};

/// The newest version, and the newest that needs no `-preview`.
const NEWEST: (u32, u32) = (7, 2);
const NEWEST_RELEASED: (u32, u32) = (7, 1);

/// Refuses a start or a change without a version, a version that does not exist, and a preview
/// version that does not say so.
pub(super) fn check(request: &Incoming) -> Result<(), Answer> {
    let Some(asked) = asked(request) else {
        if matches!(request.method.as_str(), "GET" | "HEAD") {
            return Ok(());
        }
        let sentence = "No api-version was given, in the query or in Accept.";
        return Err(exception(400, "VssVersionNotSpecifiedException", sentence));
    };
    let (number, preview) = match asked.split_once('-') {
        Some((number, stage)) => (number, stage.starts_with("preview")),
        None => (asked.as_str(), false),
    };
    let parsed = number
        .split_once('.')
        .and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
    match parsed {
        Some(version) if version <= NEWEST_RELEASED || (version <= NEWEST && preview) => Ok(()),
        Some(version) if version <= NEWEST => {
            let sentence =
                format!("The version \"{asked}\" is under preview: ask for it with -preview.");
            Err(exception(
                400,
                "VssInvalidPreviewVersionException",
                &sentence,
            ))
        }
        _ => {
            let sentence = format!("There is no version \"{asked}\"; the newest is 7.2-preview.1.");
            Err(exception(400, "VssVersionOutOfRangeException", &sentence))
        }
    }
}

fn asked(request: &Incoming) -> Option<String> {
    let in_query = pairs(&request.query).into_iter();
    let in_query = in_query.filter(|(name, _)| name.eq_ignore_ascii_case("api-version"));
    let in_query = in_query.map(|(_, value)| value).next();
    in_query.or_else(|| {
        let accept = request.header("accept")?.to_ascii_lowercase();
        let (_, version) = accept.split_once("api-version=")?;
        let end = version.find([';', ',', ' ']).unwrap_or(version.len());
        Some(version.get(..end)?.trim_matches('"').to_owned())
    })
}
