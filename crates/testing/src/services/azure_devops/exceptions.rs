//! Errors as Azure DevOps writes them.

use serde_json::json;

use crate::Answer;

/// An error with the key of its type, by which clients tell errors apart.
pub(super) fn exception(status: u16, key: &str, sentence: &str) -> Answer {
    let area = match key {
        "PipelineValidationException" => "Microsoft.Azure.Pipelines.WebApi",
        "BuildNotFoundException" => "Microsoft.TeamFoundation.Build.WebApi",
        _ => "Microsoft.VisualStudio.Services.WebApi",
    };
    let body = json!({
        "$id": "1",
        "innerException": null,
        "message": sentence,
        "typeName": format!("{area}.{key}, {area}"),
        "typeKey": key,
        "errorCode": 0,
        "eventId": 3000,
    });
    Answer::typed(status, "application/json; charset=utf-8", body.to_string())
}
