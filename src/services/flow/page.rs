//! The pages of runs: one site, whichever API they were started through.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::place::Part;
use crate::run::RunRef;
use crate::web_page::{Address, Site};

/// Stands in a reference for the organization that a Region instance does not have.
pub(crate) const NO_ORGANIZATION: &str = "-";

/// Where people look at pipelines (vendor page of the start).
const PAGES: &str = "https://flow.aliyun.com/pipelines/";

pub(crate) const SITE: Site = Site {
    hosts: &["flow.aliyun.com"],
    named,
    names: &["organizationId", "pipelineId", "runId"],
    form: "https://flow.aliyun.com/pipelines/{pipelineId}/builds/{runId}?organizationId={organizationId}",
};

/// The page of a run. `builds` and `organizationId` are from public clients; without the organization
/// the site shows the one that was looked at last. Where a Region instance has its pages is not known.
pub(super) fn page(run: &RunRef) -> Option<String> {
    let organization = Some(run.part("organizationId")).filter(|id| *id != NO_ORGANIZATION)?;
    let organization: Cow<str> = utf8_percent_encode(organization, NON_ALPHANUMERIC).into();
    let (pipeline, run) = (run.part("pipelineId"), run.run_id());
    Some(
        [
            PAGES,
            pipeline,
            "/builds/",
            run,
            "?organizationId=",
            &organization,
        ]
        .concat(),
    )
}

/// The parts that the address of a page names.
fn named(address: &Address) -> Vec<Part> {
    let segments = address.segments();
    let (pipeline, run) = match segments.as_slice() {
        ["pipelines", pipeline, "builds", run, ..] => (Some(*pipeline), Some(*run)),
        ["pipelines", pipeline, ..] => (Some(*pipeline), None),
        _ => (None, None),
    };
    let named = [
        ("organizationId", address.query("organizationId")),
        ("pipelineId", pipeline.map(str::to_owned)),
        ("runId", run.map(str::to_owned)),
    ];
    let named = named.into_iter();
    named
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
