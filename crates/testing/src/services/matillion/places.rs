//! Projects, their environments, and what is published there.

use serde_json::{Value, json};

use super::problem::Problem;
use crate::{Answer, Call, Context, Pipeline, uuid};

/// When everything in the sandbox was published.
const PUBLISHED: &str = "2026-01-05T08:00:00.000Z";

/// The name of the only agent.
const AGENT: &str = "Sandbox agent";

/// The pipelines of the project that a request names, in all environments. At least one.
pub(super) fn in_project<'w>(
    id: &str,
    context: &Context<'w>,
) -> Result<Vec<&'w Pipeline>, Problem> {
    // Ids are UUIDs: their letters may be large or small.
    let mine = |pipeline: &&Pipeline| pipeline.part(0).eq_ignore_ascii_case(id);
    let pipelines = context.pipelines.iter().filter(mine).collect();
    some(pipelines, &format!("There is no project {id}."), context)
}

/// The pipelines of one environment. At least one.
pub(super) fn in_environment<'w>(
    name: &str,
    project: &[&'w Pipeline],
    context: &Context<'w>,
) -> Result<Vec<&'w Pipeline>, Problem> {
    let mine = |pipeline: &&&Pipeline| pipeline.part(2) == name;
    let pipelines = project.iter().filter(mine).copied().collect();
    let missing = format!("There is no environment {name}.");
    some(pipelines, &missing, context)
}

fn some<'w>(
    pipelines: Vec<&'w Pipeline>,
    missing: &str,
    context: &Context<'_>,
) -> Result<Vec<&'w Pipeline>, Problem> {
    match pipelines.is_empty() {
        true => {
            let detail = format!("{missing} {}", context.what_there_is());
            Err(Problem::new(404, detail))
        }
        false => Ok(pipelines),
    }
}

pub(super) fn projects(call: &Call<'_>, context: &Context<'_>) -> Answer {
    let mut seen: Vec<&str> = Vec::new();
    let mut projects = Vec::new();
    for pipeline in context.pipelines {
        let id = pipeline.part(0);
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        projects.push(json!({
            "id": id,
            "name": pipeline.part(1),
            "description": "A project of the sandbox",
        }));
    }
    page(call, projects)
}

pub(super) fn environments(call: &Call<'_>, project: &[&Pipeline]) -> Answer {
    let mut names: Vec<&str> = project.iter().map(|pipeline| pipeline.part(2)).collect();
    names.sort_unstable();
    names.dedup();
    let environments = names.iter().map(|name| {
        json!({
            "name": name,
            "defaultAgentId": agent_id(),
            "defaultAgentName": AGENT,
        })
    });
    page(call, environments.collect())
}

fn agent_id() -> String {
    uuid("matillion agent", 1)
}

/// The only agent.
pub(super) fn agents(call: &Call<'_>) -> Answer {
    let agent = json!({
        "agentId": agent_id(),
        "name": AGENT,
        "agentType": "data_productivity_cloud",
        "agentStatus": "running",
        "connected": true,
    });
    page(call, vec![agent])
}

/// One version, in every environment.
pub(super) fn artifacts(
    call: &Call<'_>,
    project: &[&Pipeline],
    context: &Context<'_>,
) -> Result<Answer, Problem> {
    if let Some(environment) = call.text("environmentName") {
        in_environment(environment, project, context)?;
    }
    let artifact = json!({
        "versionName": "1.0.0",
        "createdAt": PUBLISHED,
        "deployedAt": PUBLISHED,
        "enabled": true,
    });
    Ok(page(call, vec![artifact]))
}

pub(super) fn published(
    call: &Call<'_>,
    project: &[&Pipeline],
    context: &Context<'_>,
) -> Result<Answer, Problem> {
    let pipelines = match call.text("environmentName") {
        Some(environment) => in_environment(environment, project, context)?,
        None => project.to_vec(),
    };
    let mut names: Vec<&str> = pipelines
        .iter()
        .map(|pipeline| pipeline.id.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let published = names
        .iter()
        .map(|name| json!({ "name": name, "publishedTime": PUBLISHED }));
    Ok(page(call, published.collect()))
}

/// The page that a request asks for, counted from 0.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answer {
    let page = call.count("page").unwrap_or(0);
    let size = call.count("size").unwrap_or(25).clamp(1, 100);
    let total = all.len();
    let results: Vec<Value> = all
        .into_iter()
        .skip(page.saturating_mul(size))
        .take(size)
        .collect();
    let list = json!({ "page": page, "results": results, "size": size, "total": total });
    Answer::json(200, &list)
}
