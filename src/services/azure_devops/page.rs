//! The pages of Azure DevOps' runs.

use super::{Client, PipelineRef, operations, read_build};
use crate::error::{ErrorKind, Result};
use crate::place::Part;
use crate::run::RunRef;
use crate::web_page::{Address, Site, WebPage};

/// Services under both of its names; a server has its pages below its own address.
pub(super) const SITE: Site = Site {
    hosts: &["dev.azure.com", ".visualstudio.com"],
    named,
    names: &["organization", "project", "runId"],
    form: "https://dev.azure.com/{organization}/{project}/_build/results?buildId={runId}",
};

/// The parts that the address of a page names. The older host has the organization in its name, and
/// may have the collection in its path (vendor page "Allowed address lists").
fn named(address: &Address) -> Vec<Part> {
    let mut segments = address.segments();
    let older = address.host().strip_suffix(".visualstudio.com");
    let organization = match older {
        Some(organization) => {
            let has_collection = segments.first() == Some(&"DefaultCollection");
            segments.drain(..usize::from(has_collection));
            Some(organization)
        }
        None if segments.is_empty() => None,
        None => Some(segments.remove(0)),
    };
    let mut segments = segments.into_iter();
    let (project, area) = (segments.next(), segments.next());
    let mut named: Vec<Part> = Vec::new();
    named.extend(organization.map(|name| ("organization", name.to_owned())));
    named.extend(
        project
            .filter(|name| !name.starts_with('_'))
            .map(|name| ("project", name.to_owned())),
    );
    if area == Some("_build") {
        named.extend(address.query("definitionId").map(|id| ("pipelineId", id)));
        named.extend(address.query("buildId").map(|id| ("runId", id)));
    }
    named
}

impl Client {
    /// The run of a page. Its build knows the pipeline, which the address does not name, and the
    /// project's name, in the place of which links have its GUID.
    pub(super) async fn run_of_page(&self, page: &WebPage) -> Result<RunRef> {
        let place = PipelineRef::new(page.text("organization"), page.text("project"), 0);
        let build_id = page.number("runId")?;
        let call = place.call_in_project(&self.session, &operations::GET_BUILD);
        let call = call.at("build", build_id);
        let build = read_build(&call).await?;
        let pipeline_id = build.definition.and_then(|definition| definition.id);
        let pipeline_id = pipeline_id.ok_or_else(|| {
            let error = call.error(ErrorKind::Undecodable);
            error.detail("the answer does not name the build's pipeline")
        })?;
        let project = build.project.and_then(|project| project.name);
        let project = project.unwrap_or(place.project);
        PipelineRef::new(place.organization, project, pipeline_id).run(build_id)
    }
}
