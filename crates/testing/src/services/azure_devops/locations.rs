//! Where the resources are: what the official SDK asks before its first call.
//!
//! Evidence: the official SDK. Ids and templates are those of the resources that the document has.

use serde_json::{Value, json};

use crate::{Answer, Incoming};

const LOCATIONS: &str = "resourceLocations";
const AREAS: &str = "resourceAreas";

/// Id, area, resource, route.
const RESOURCES: [(&str, &str, &str, &str); 8] = [
    (
        "e81700f7-3be2-46de-8624-2eb35882fcaa",
        "Location",
        "ResourceAreas",
        "_apis/{resource}/{areaId}",
    ),
    (
        "28e1305e-2afe-47bf-abaf-cbb0e6a91988",
        "pipelines",
        "pipelines",
        "{project}/_apis/{resource}/{pipelineId}",
    ),
    (
        "7859261e-d2e9-4a68-b820-a5d84cc5bb3d",
        "pipelines",
        "runs",
        "{project}/_apis/{area}/{pipelineId}/{resource}/{runId}",
    ),
    (
        "53df2d18-29ea-46a9-bee0-933540f80abf",
        "pipelines",
        "preview",
        "{project}/_apis/{area}/{pipelineId}/{resource}",
    ),
    (
        "fb1b6d27-3957-43d5-a14b-a2d70403e545",
        "pipelines",
        "logs",
        "{project}/_apis/{area}/{pipelineId}/runs/{runId}/{resource}/{logId}",
    ),
    (
        "0cd358e1-9217-4d94-8269-1c1ee6f93dcf",
        "build",
        "Builds",
        "{project}/_apis/{area}/{resource}/{buildId}",
    ),
    (
        "35a80daf-7f30-45fc-86e8-6b813d9c90df",
        "build",
        "logs",
        "{project}/_apis/{area}/builds/{buildId}/{resource}/{logId}",
    ),
    (
        "8baac422-4c6e-4de5-8532-db96d92acffa",
        "build",
        "Timeline",
        "{project}/_apis/{area}/builds/{buildId}/{resource}/{timelineId}",
    ),
];

/// The fixed words of the paths, behind `_apis`.
const WORDS: [&str; 9] = [
    "_apis",
    "pipelines",
    "runs",
    "preview",
    "logs",
    "build",
    "builds",
    "timeline",
    "approvals",
];

/// The path with its fixed words in small letters. The service takes any, and writes some with a
/// capital in its own links (`Builds`).
pub(super) fn documented_path(path: &str) -> Option<String> {
    let mut fixed = false;
    let segments = path.split('/').map(|segment| {
        fixed = fixed || segment.eq_ignore_ascii_case("_apis");
        let word = WORDS
            .iter()
            .find(|word| fixed && word.eq_ignore_ascii_case(segment));
        word.copied().unwrap_or(segment)
    });
    let written = segments.collect::<Vec<_>>().join("/");
    (written != path).then_some(written)
}

/// Which of the two requests it is, if any: `OPTIONS /{organization}/_apis`, or the areas.
pub(super) fn name(request: &Incoming) -> Option<&'static str> {
    let mut segments = request.path.trim_matches('/').split('/');
    let (_organization, apis, area) = (segments.next()?, segments.next()?, segments.next());
    if !apis.eq_ignore_ascii_case("_apis") || segments.next().is_some() {
        return None;
    }
    match (request.method.as_str(), area) {
        ("OPTIONS", _) => Some(LOCATIONS),
        ("GET", Some(area)) if area.eq_ignore_ascii_case("ResourceAreas") => Some(AREAS),
        _ => None,
    }
}

/// No areas: then the SDK uses the address that it was given for all of them.
pub(super) fn answer(name: &str) -> Answer {
    let value: Vec<Value> = match name {
        LOCATIONS => RESOURCES.iter().map(location).collect(),
        _ => Vec::new(),
    };
    Answer::json(200, &json!({ "count": value.len(), "value": value }))
}

fn location((id, area, resource, route): &(&str, &str, &str, &str)) -> Value {
    json!({
        "id": id,
        "area": area,
        "resourceName": resource,
        "routeTemplate": route,
        "resourceVersion": 1,
        "minVersion": "5.1",
        "maxVersion": "7.2",
        "releasedVersion": "7.1",
    })
}
