//! Ids by names, in one call.
//!
//! From the vendor's page: what is asked for and what comes. From its own clients: an unknown
//! project is dropped from the answer. Not confirmed, and chosen here: so is an unknown pipeline,
//! and a workspace that does not exist is a 404.

use serde_json::json;

use super::errors;
use super::site::{Site, identifier};
use crate::fields::with;
use crate::{Answer, Call, Context, segment};

pub(super) fn identifiers(call: &Call<'_>, context: &Context<'_>) -> Answer {
    let workspace = call.path("workspace");
    let mut here = context
        .pipelines
        .iter()
        .filter(|pipeline| pipeline.part(0) == workspace)
        .peekable();
    if here.peek().is_none() {
        let sentence = format!("There is no workspace {workspace}.");
        return errors(404, [sentence, context.what_there_is()]);
    }
    let tail = segment(&workspace);
    let found = json!({
        "url": format!("{}/workspaces/{tail}/identifiers", context.url),
        "html_url": format!("https://app.buddy.works/{tail}"),
        "domain": workspace,
    });
    let in_project = here.filter(|pipeline| call.text("project") == Some(pipeline.part(1)));
    let mut in_project = in_project.peekable();
    let project = in_project.peek().map(|first| first.part(1));
    let asked = call.text("pipeline");
    let pipeline = in_project.find(|pipeline| asked == Some(&identifier(pipeline)));
    let id = pipeline.and_then(|pipeline| Site::of(pipeline, context).number());
    let ids = json!({ "project_identifier": project, "pipeline_id": id });
    Answer::json(200, &with(found, ids))
}
