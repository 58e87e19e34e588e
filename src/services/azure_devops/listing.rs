//! Azure DevOps' lists, and the names in them.

use std::collections::HashMap;

use futures_util::stream::{self, BoxStream, StreamExt};
use http::HeaderMap;

use super::{Client, PipelineRef, api, normalize, operations, types};
use crate::client::header_text;
use crate::error::{ErrorKind, Result};
use crate::names;
use crate::paging::{Page, pages};
use crate::place::Place;
use crate::run::{Run, RunRef};
use crate::service::Service;
use crate::service_client::Connect;

/// How many builds are asked for at once.
const PER_PAGE: i64 = 100;
/// How many are asked for by their ids: the query stays shorter than 2,048 characters, the most that
/// IIS takes unless it is told otherwise.
const MOST_IDS: usize = 100;

/// A page of the list of builds.
#[derive(Clone, PartialEq)]
enum Builds {
    First,
    After(String),
    /// Its name was lost: a full page named none. Such a page is the last, or a proxy has taken the
    /// header away.
    Unnamed,
}

impl Client {
    /// The runs of a pipeline (`listRuns`), newest first. Each holds a [`types::Run`] with fewer
    /// fields than [`Client::get`] leaves.
    ///
    /// The service knows no pages here: it sends up to 10,000 runs in one answer. For a pipeline
    /// with many runs [`Client::list_builds`] is quicker, and says how partially successful ones
    /// ended.
    pub fn list(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        pages(self, pipeline.clone(), (), async |client, pipeline, ()| {
            let call = pipeline.call(&client.session, &operations::LIST_RUNS);
            let mut list = api(&call).list_runs().send().await?;
            // In which order they come is documented nowhere; ids grow.
            if let Some(runs) = &mut list.value {
                runs.sort_by_key(|run| std::cmp::Reverse(run.id));
            }
            let items = call.runs(list.value, |run| normalize::listed(&pipeline, run))?;
            Ok(Page { items, next: None })
        })
    }

    /// The runs of a pipeline as builds (`listBuilds`), last queued first, page after page. Each
    /// holds a [`types::Build`].
    pub fn list_builds(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        self.builds_of(pipeline, false)
    }

    /// Those of [`Client::list_builds`] that were started on behalf of the credential's owner. The
    /// service's answers tell who that is; where one does not, the list ends with
    /// [`crate::ErrorKind::Undecodable`].
    pub fn list_own_builds(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        self.builds_of(pipeline, true)
    }

    fn builds_of(&self, pipeline: &PipelineRef, own: bool) -> BoxStream<'static, Result<Run>> {
        pages(
            self,
            (pipeline.clone(), own),
            Builds::First,
            async |client, (pipeline, own), page| {
                let call = pipeline.call_in_project(&client.session, &operations::LIST_BUILDS);
                let api = api(&call);
                let mut request = api
                    .list_builds()
                    .definitions(pipeline.pipeline_id.to_string())
                    .query_order(types::BuildQueryOrder::QueueTimeDescending)
                    .top(PER_PAGE);
                // Who deletes a build does not undo that it was started.
                if call.session().lists_prove() {
                    request = request.deleted_filter(types::QueryDeletedOption::IncludeDeleted);
                }
                match page {
                    Builds::First => {}
                    Builds::After(token) => request = request.continuation_token(token),
                    Builds::Unnamed => {
                        let error = call.error(ErrorKind::Undecodable);
                        return Err(error.detail("a full page of the list names no next one"));
                    }
                }
                let mut builds = request.send().await?.value;
                let headers = call.headers();
                let count = builds.as_ref().map_or(0, Vec::len);
                let full = i64::try_from(count).is_ok_and(|count| count >= PER_PAGE);
                let unnamed = full && call.session().lists_prove();
                if own {
                    let all = builds.unwrap_or_default();
                    builds = Some(of_caller(all, &headers).ok_or_else(|| {
                        let error = call.error(ErrorKind::Undecodable);
                        error.detail("the answer does not say whose credential it is")
                    })?);
                }
                Ok(Page {
                    items: call.runs(builds, |build| normalize::listed_build(&pipeline, build))?,
                    next: following(&headers)
                        .map(Builds::After)
                        .or(unnamed.then_some(Builds::Unnamed)),
                })
            },
        )
    }

    /// What [`crate::Runs::get_many`] does: the builds behind the runs (`listBuilds` with their ids,
    /// which are the runs' own), of all pipelines of the project. Each run holds a [`types::Build`].
    pub(super) fn many(&self, runs: Vec<RunRef>) -> BoxStream<'_, Result<Vec<Run>>> {
        let asked: Vec<_> = runs
            .iter()
            .filter_map(|run| PipelineRef::of(run).ok())
            .collect();
        let several = |some: &&[_]| some.len() > 1;
        let chunks: Vec<_> = asked
            .chunks(MOST_IDS)
            .filter(several)
            .map(<[_]>::to_vec)
            .collect();
        stream::iter(chunks)
            .then(|asked| self.builds(asked))
            .boxed()
    }

    /// The builds of these ids.
    async fn builds(&self, asked: Vec<(PipelineRef, i64)>) -> Result<Vec<Run>> {
        let Some((first, _)) = asked.first() else {
            return Ok(Vec::new());
        };
        let call = first.call_in_project(&self.session, &operations::LIST_BUILDS);
        let ids: Vec<String> = asked.iter().map(|(_, id)| id.to_string()).collect();
        let answer = api(&call)
            .list_builds()
            .build_ids(ids.join(","))
            .top(PER_PAGE)
            .send()
            .await?;
        let asked: HashMap<i64, PipelineRef> = asked
            .into_iter()
            .map(|(pipeline, id)| (id, pipeline))
            .collect();
        call.runs(answer.value, |build| {
            let pipeline = asked.get(&build.id?)?;
            normalize::listed_build(pipeline, build)
        })
    }

    /// The pipelines of a project (`listPipelines`), by name, page after page.
    pub fn pipelines(
        &self,
        organization: &str,
        project: &str,
    ) -> BoxStream<'static, Result<types::Pipeline>> {
        let place = PipelineRef::new(organization, project, 0);
        pages(
            self,
            place,
            None,
            async |client, place, token: Option<String>| {
                let call = place.call_in_project(&client.session, &operations::LIST_PIPELINES);
                // Without `$top`: a service that cuts the list must say so in the header, and that
                // it does so here was never recorded.
                let api = api(&call);
                let mut request = api.list_pipelines();
                if let Some(token) = token {
                    request = request.continuation_token(token);
                }
                let answer = request.send().await?;
                Ok(Page {
                    items: answer.value.unwrap_or_default(),
                    next: following(&call.headers()).map(Some),
                })
            },
        )
    }

    /// The pipeline with exactly this name, or this folder and name
    /// (`release\nightly`; `\nightly` for one outside of all folders).
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::UnknownName`] when none has it, or several in different folders.
    pub async fn pipeline_named(
        &self,
        organization: &str,
        project: &str,
        name: &str,
    ) -> Result<PipelineRef> {
        let list = self.bounded().pipelines(organization, project);
        let called = |pipeline| called(pipeline, name);
        let id = names::pick(Service::AzureDevops, "pipeline", name, list, called).await?;
        Ok(PipelineRef::new(organization, project, id))
    }
}

/// The builds of whom an answer is for: a header has the user's id and e-mail address (recorded
/// answers).
fn of_caller(builds: Vec<types::Build>, headers: &HeaderMap) -> Option<Vec<types::Build>> {
    let (id, mail) = header_text(headers, "x-vss-userdata")?.split_once(':')?;
    let same = |told: &Option<String>, own: &str| {
        let told = told.as_deref().unwrap_or_default();
        !own.is_empty() && told.eq_ignore_ascii_case(own)
    };
    let is_own = |build: &types::Build| {
        let who = build.requested_for.as_ref();
        who.is_some_and(|who| same(&who.id, id) || same(&who.unique_name, mail))
    };
    Some(builds.into_iter().filter(is_own).collect())
}

/// What fetches the next page. The header is absent on the last.
fn following(headers: &HeaderMap) -> Option<String> {
    let next = header_text(headers, "x-ms-continuationtoken")?.trim();
    (!next.is_empty()).then(|| next.to_owned())
}

/// A pipeline's id, under `name` if that is what it is called, else under its own name.
fn called(pipeline: types::Pipeline, name: &str) -> Option<(String, i64)> {
    let (own, id) = (pipeline.name?, pipeline.id?);
    let folder = pipeline.folder.unwrap_or_default();
    let folder = folder.trim_matches('\\');
    let path = format!("\\{folder}\\{own}");
    let in_folder = name.contains('\\');
    let same = in_folder && path.trim_start_matches('\\') == name.trim_start_matches('\\');
    match (same, folder) {
        (true, _) => Some((name.to_owned(), id)),
        (false, "") => Some((own, id)),
        // The nearest names are listed with their folders when folders were asked for.
        (false, _) if in_folder => Some((path, id)),
        (false, _) => Some((own, id)),
    }
}
