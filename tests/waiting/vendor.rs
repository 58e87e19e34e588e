//! Services that exist in this process and on the simulated clock alone: their own JSON, their
//! lists, and what they are asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::{HttpClient, ResponseBody, RunRef, Runs, SendError, azure_devops, buddy};
use tokio::time::Instant;

/// As long as the vendors' tokens are.
const TOKEN: &str = "q7x2v9k4m1z8w5r3t6y0p2s8d4f1g7h3j9l5n0b6c2e8";

/// Which vendor's words are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// A list for each pipeline, 50 in a page.
    Buddy,
    /// Builds by their ids, over all pipelines of a project.
    Azure,
}

/// So many pipelines with so many runs each, counted from 1.
pub struct Vendor {
    pub words: Words,
    pub pipelines: i64,
    pub runs: i64,
    /// How many newer runs of other people each pipeline has.
    pub others: i64,
    /// When a run ends, by its pipeline and its number there.
    pub ends: fn(i64, i64) -> Duration,
    /// What the list answers instead, at a time.
    pub instead: fn(Duration) -> Option<u16>,
    /// Runs that the list leaves out.
    pub hidden: fn(i64) -> bool,
    began: Instant,
    /// Requests of lists, and of runs by themselves.
    lists: AtomicUsize,
    reads: AtomicUsize,
}

impl Vendor {
    pub fn new(words: Words, pipelines: i64, runs: i64, ends: fn(i64, i64) -> Duration) -> Self {
        Vendor {
            words,
            pipelines,
            runs,
            others: 0,
            ends,
            instead: |_| None,
            hidden: |_| false,
            began: Instant::now(),
            lists: AtomicUsize::new(0),
            reads: AtomicUsize::new(0),
        }
    }

    pub fn client(self: &Arc<Self>, requests_per_second: f64) -> Box<dyn Runs> {
        match self.words {
            Words::Buddy => Box::new(
                buddy::Client::builder()
                    .credentials(buddy::Credentials::token(TOKEN))
                    .http_client(self.clone())
                    .requests_per_second(requests_per_second)
                    .build()
                    .expect("a client"),
            ),
            Words::Azure => Box::new(
                azure_devops::Client::builder()
                    .credentials(azure_devops::Credentials::pat(TOKEN))
                    .http_client(self.clone())
                    .requests_per_second(requests_per_second)
                    .build()
                    .expect("a client"),
            ),
        }
    }

    /// Every run.
    pub fn all(&self) -> impl Iterator<Item = RunRef> {
        let numbers = (1..=self.runs).flat_map(|run| (1..=self.pipelines).map(move |at| (at, run)));
        numbers.map(|(pipeline, run)| self.run(pipeline, run))
    }

    pub fn run(&self, pipeline: i64, run: i64) -> RunRef {
        match self.words {
            Words::Buddy => buddy::PipelineRef::new("acme", "site", pipeline).execution(run),
            Words::Azure => azure_devops::PipelineRef::new("acme", "site", pipeline)
                .run(self.build_id(pipeline, run)),
        }
        .expect("a reference")
    }

    /// A build's id is no other pipeline's.
    fn build_id(&self, pipeline: i64, run: i64) -> i64 {
        run * self.pipelines + pipeline
    }

    /// The pipeline and the number there of a run.
    fn place(&self, run: &RunRef) -> (i64, i64) {
        let parts: Vec<&str> = run.parts().collect();
        let number = |text: &str| text.parse::<i64>().expect("a number");
        let (pipeline, id) = (number(parts[2]), number(parts[3]));
        match self.words {
            Words::Buddy => (pipeline, id),
            Words::Azure => (pipeline, (id - pipeline) / self.pipelines),
        }
    }

    /// When a run ends.
    pub fn end_of(&self, run: &RunRef) -> Duration {
        let (pipeline, number) = self.place(run);
        (self.ends)(pipeline, number)
    }

    pub fn began(&self) -> Instant {
        self.began
    }

    pub fn lists(&self) -> usize {
        self.lists.load(Ordering::Relaxed)
    }

    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    fn answer(&self, path: &str, query: &str) -> Result<String, u16> {
        let number = |text: &str| text.parse::<i64>().map_err(|_| 404_u16);
        let asked = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .filter(|(key, _)| *key == name)
                .map(|(_, value)| value)
                .next()
        };
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let ended = |pipeline, run| self.began.elapsed() >= (self.ends)(pipeline, run);
        let list = matches!(segments.last(), Some(&"executions" | &"builds"));
        let counter = if list { &self.lists } else { &self.reads };
        counter.fetch_add(1, Ordering::Relaxed);
        if list && let Some(status) = (self.instead)(self.began.elapsed()) {
            return Err(status);
        }
        match segments[..] {
            ["workspaces", .., "pipelines", pipeline, "executions"] => {
                let pipeline = number(pipeline)?;
                let page = number(asked("page").unwrap_or("1"))?;
                let newest = self.runs + self.others;
                let first = newest - (page - 1) * 50;
                let ids = (1.max(first - 49)..=first)
                    .rev()
                    .filter(|id| !(self.hidden)(*id));
                let items: Vec<String> = ids
                    .map(|id| execution(pipeline, id, id > self.runs || ended(pipeline, id), ""))
                    .collect();
                let pages = (newest + 49) / 50;
                let items = items.join(",");
                Ok(format!(
                    r#"{{"total_page_count":{pages},"executions":[{items}]}}"#
                ))
            }
            ["workspaces", .., "pipelines", pipeline, "executions", id] => {
                let (pipeline, id) = (number(pipeline)?, number(id)?);
                let action = r#","action_executions":[{"status":"SUCCESSFUL","progress":100,"action":{"id":5,"name":"Upload","type":"FTP"}}]"#;
                Ok(execution(pipeline, id, ended(pipeline, id), action))
            }
            [.., "_apis", "build", "builds"] => {
                let ids = asked("buildIds").unwrap_or_default().replace("%2C", ",");
                let mut items = Vec::new();
                for id in ids.split(',') {
                    let id = number(id)?;
                    if (self.hidden)(id) {
                        continue;
                    }
                    let pipeline = (id - 1) % self.pipelines + 1;
                    let run = (id - pipeline) / self.pipelines;
                    items.push(build(id, pipeline, ended(pipeline, run)));
                }
                Ok(format!(
                    r#"{{"count":{},"value":[{}]}}"#,
                    items.len(),
                    items.join(",")
                ))
            }
            [.., "_apis", "pipelines", pipeline, "runs", id] => {
                let (pipeline, id) = (number(pipeline)?, number(id)?);
                let (state, result) = match ended(pipeline, (id - pipeline) / self.pipelines) {
                    true => ("completed", r#","result":"succeeded""#),
                    false => ("inProgress", ""),
                };
                Ok(format!(
                    r#"{{"id":{id},"name":"{id}","state":"{state}"{result},"pipeline":{{"id":{pipeline},"name":"site","folder":"\\","revision":1}},"templateParameters":{{}}}}"#
                ))
            }
            _ => Err(404),
        }
    }
}

fn execution(pipeline: i64, id: i64, ended: bool, more: &str) -> String {
    let status = if ended { "SUCCESSFUL" } else { "INPROGRESS" };
    format!(
        r#"{{"url":"https://api.buddy.works/x/{id}","html_url":"https://app.buddy.works/x/{id}","id":{id},"status":"{status}","comment":"","branch":{{"url":"https://api.buddy.works/b","html_url":"https://app.buddy.works/b","name":"main","default":true}},"creator":{{"url":"https://api.buddy.works/u","html_url":"https://app.buddy.works/u","id":1,"name":"Ada"}},"pipeline":{{"url":"https://api.buddy.works/p","html_url":"https://app.buddy.works/p","id":{pipeline},"name":"Deploy"}}{more}}}"#
    )
}

fn build(id: i64, pipeline: i64, ended: bool) -> String {
    let state = match ended {
        true => r#""status":"completed","result":"succeeded""#,
        false => r#""status":"inProgress""#,
    };
    format!(
        r#"{{"id":{id},"buildNumber":"{id}",{state},"definition":{{"id":{pipeline},"name":"site","path":"\\","type":"build","queueStatus":"enabled","revision":1}},"project":{{"id":"p","name":"site","state":"wellFormed"}},"sourceBranch":"refs/heads/main","sourceVersion":"0123456789abcdef0123456789abcdef01234567","reason":"manual","priority":"normal","tags":[],"_links":{{"web":{{"href":"https://dev.azure.com/acme/site/_build/results?buildId={id}"}}}}}}"#
    )
}

impl HttpClient for Vendor {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        let uri = request.uri();
        let answer = self.answer(uri.path(), uri.query().unwrap_or_default());
        let (status, body) =
            answer.map_or_else(|status| (status, "{}".to_owned()), |body| (200, body));
        let mut response = http::Response::new(ResponseBody::from(Bytes::from(body)));
        *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
        let json = http::HeaderValue::from_static("application/json");
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, json);
        async { Ok(response) }.boxed()
    }
}
