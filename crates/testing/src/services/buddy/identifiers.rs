//! Ids by names, in one call.
//!
//! From the vendor's page: what is asked for and what comes. From its own clients: an unknown
//! project is dropped from the answer. Not confirmed, and chosen here: so is an unknown pipeline,
//! and a workspace that does not exist is a 404.

use serde_json::json;

use super::errors;
use super::site::{Site, identifier};
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
    let mut found = json!({
        "url": format!("{}/workspaces/{tail}/identifiers", context.url),
        "html_url": format!("https://app.buddy.works/{tail}"),
        "domain": workspace,
    });
    let in_project = here.filter(|pipeline| call.text("project") == Some(pipeline.part(1)));
    let mut in_project = in_project.peekable();
    if let (Some(first), Some(fields)) = (in_project.peek(), found.as_object_mut()) {
        fields.insert("project_identifier".to_owned(), json!(first.part(1)));
        let asked = call.text("pipeline");
        let pipeline = in_project.find(|pipeline| asked == Some(&identifier(pipeline)));
        let site = pipeline.map(|pipeline| Site {
            url: context.url,
            pipeline,
        });
        fields.extend(site.map(|site| ("pipeline_id".to_owned(), json!(site.number()))));
    }
    Answer::json(200, &found)
}
