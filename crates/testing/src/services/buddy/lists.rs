//! Lists, in numbered pages.

use serde_json::{Value, json};

use super::errors;
use super::site::{Site, word};
use crate::{Answer, Call, Context, Pipeline, segment};

/// The window of a list that a request asks for, and the numbers that go with it.
fn page<T>(call: &Call<'_>, all: Vec<T>) -> (usize, usize, usize, Vec<T>) {
    let page = call.count("page").unwrap_or(1).max(1);
    let size = call.count("per_page").unwrap_or(20).clamp(1, 50);
    let total = all.len();
    let items = all
        .into_iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .collect();
    (page, size, total, items)
}

pub(super) fn list_executions(
    call: &Call<'_>,
    site: &Site<'_>,
    scope: &str,
    context: &Context<'_>,
) -> Answer {
    let runs = context.store.newest_of(scope);
    let (page, size, total, items) = page(call, runs.collect());
    let executions: Vec<Value> = items
        .iter()
        .map(|run| site.short_execution(run, context.now))
        .collect();
    let list = json!({
        "url": format!("{}/executions", site.api()),
        "html_url": format!("{}/executions", site.page()),
        "page": page,
        "page_size": size,
        "total_page_count": total.div_ceil(size),
        "element_count": executions.len(),
        "total_element_count": total,
        "executions": executions,
    });
    Answer::json(200, &list)
}

fn sorted<'p>(call: &Call<'_>, mut pipelines: Vec<&'p Pipeline>) -> Vec<&'p Pipeline> {
    let by_id = call.text("sort_by") == Some("id");
    pipelines.sort_by_cached_key(|pipeline| match by_id {
        true => (pipeline.id.parse().unwrap_or(i64::MAX), String::new()),
        false => (0, pipeline.name.clone()),
    });
    if call.text("sort_direction") == Some("DESC") {
        pipelines.reverse();
    }
    pipelines
}

pub(super) fn list_pipelines(call: &Call<'_>, here: &[&Pipeline], context: &Context<'_>) -> Answer {
    let (.., items) = page(call, sorted(call, here.to_vec()));
    let pipelines: Vec<Value> = items
        .iter()
        .map(|pipeline| {
            let last = newest(&pipeline.path(), context);
            Site::of(pipeline, context).short_pipeline(&last)
        })
        .collect();
    let (workspace, project) = (
        segment(&call.path("workspace")),
        segment(&call.path("project_name")),
    );
    let list = json!({
        "url": format!("{}/workspaces/{workspace}/projects/{project}/pipelines", context.url),
        "html_url": format!("https://app.buddy.works/{workspace}/{project}/pipelines"),
        "pipelines": pipelines,
    });
    Answer::json(200, &list)
}

pub(super) fn list_projects(call: &Call<'_>, context: &Context<'_>) -> Answer {
    let workspace = call.path("workspace");
    let in_workspace = context
        .pipelines
        .iter()
        .filter(|pipeline| pipeline.part(0) == workspace);
    let mut names: Vec<&str> = in_workspace.map(|pipeline| pipeline.part(1)).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        let sentence = format!("There is no workspace {workspace}.");
        return errors(404, [sentence, context.what_there_is()]);
    }
    let (.., items) = page(call, names);
    let workspace = segment(&workspace);
    let projects: Vec<Value> = items
        .iter()
        .map(|name| {
            let tail = segment(name);
            json!({
                "url": format!("{}/workspaces/{workspace}/projects/{tail}", context.url),
                "html_url": format!("https://app.buddy.works/{workspace}/{tail}"),
                "name": name,
                "display_name": name,
                "status": "ACTIVE",
            })
        })
        .collect();
    let list = json!({
        "url": format!("{}/workspaces/{workspace}/projects", context.url),
        "html_url": format!("https://app.buddy.works/{workspace}"),
        "projects": projects,
    });
    Answer::json(200, &list)
}

/// The word of the newest execution, and whether there is one.
pub(super) fn newest(scope: &str, context: &Context<'_>) -> Value {
    let newest = context.store.newest_of(scope).next();
    newest.map_or(json!("INITIAL"), |run| json!(word(run.state(context.now))))
}
