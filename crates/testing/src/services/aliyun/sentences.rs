//! The sentences of the service's own codes, as the vendor's page on starting a run prints them.

/// What the vendor says with a code; nothing for a code that the page does not have.
pub(super) fn of(code: &str) -> Option<&'static str> {
    Some(match code {
        "InvalidParam.ParamNotPresent" => "The parameter is invalid.",
        "InvalidUser.NotFound" => {
            "The user that is invoking the API service is not a registered user."
        }
        "Forbidden.UserNotInCurrentOrganization" => {
            "The user is not in the organization and is not authorized to perform the operation."
        }
        "InvalidOrganization.NotFound" => "The organization is not found.",
        "InvalidPipeline.NotFound" => "The pipeline is not found.",
        "InvalidPipelineRun.NotFound" => "The pipeline execution instance is not found.",
        _ => return None,
    })
}

/// The vendor's sentence, and then what the sandbox knows better.
pub(super) fn with_reason(code: &str, reason: &str) -> String {
    match of(code) {
        Some(sentence) => format!("{sentence} {reason}"),
        None => reason.to_owned(),
    }
}
