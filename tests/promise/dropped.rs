//! A start that is dropped, at whatever point, is one run at most, and nothing is sent after it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::{BoxFuture, FutureExt};
use runpipe::{Service, yunxiao};
use runpipe_testing::{Rule, Sandbox, Script, ScriptedAnswer};

use super::*;

/// Polls a future so often, then gives it up.
struct Polled<F> {
    future: F,
    left: usize,
}

impl<F: Future + Unpin> Future for Polled<F> {
    /// What came of it; `None` when it was given up before.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(left) = self.left.checked_sub(1) else {
            return Poll::Ready(None);
        };
        self.left = left;
        match self.future.poll_unpin(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// A client that has sent nothing yet, and what it is asked to do.
struct Starting {
    start: BoxFuture<'static, runpipe::Result<runpipe::Run>>,
    /// A call that goes the same way and starts nothing.
    read: BoxFuture<'static, ()>,
}

fn starting(sandbox: &Sandbox, service: Service) -> Starting {
    let pipeline = sandbox.pipelines(service)[0].clone();
    let (place, id) = (pipeline.place, pipeline.id);
    let number = id.parse().unwrap_or_default();
    match service {
        Service::AzureDevops => {
            let client = sandbox.azure_devops_builder().retry(quick()).build();
            let client = client.expect("a client");
            let pipeline = azure_devops::PipelineRef::new(&place[0], &place[1], number);
            let (reader, read) = (client.clone(), pipeline.run(1).expect("a reference"));
            Starting {
                start: async move { client.start(&pipeline, &Default::default()).await }.boxed(),
                read: async move { drop(reader.get(&read).await) }.boxed(),
            }
        }
        Service::Matillion => {
            let client = sandbox.matillion_builder().retry(quick()).build();
            let client = client.expect("a client");
            let request = matillion::types::ExecutePublishedPipelineRequest::builder()
                .environment_name(place[2].as_str())
                .pipeline_name(id.as_str());
            let request: matillion::types::ExecutePublishedPipelineRequest =
                request.try_into().expect("both names are short");
            let project = matillion::ProjectRef::new(&place[0]);
            let (reader, read) = (client.clone(), project.execution("e").expect("a reference"));
            Starting {
                start: async move { client.start(&project, &request).await }.boxed(),
                read: async move { drop(reader.get(&read).await) }.boxed(),
            }
        }
        Service::Aliyun => {
            let client = sandbox.aliyun_builder().retry(quick()).build();
            let client = client.expect("a client");
            let pipeline = aliyun::PipelineRef::new(&place[0], number);
            let (reader, read) = (client.clone(), pipeline.run(1).expect("a reference"));
            Starting {
                start: async move { client.start(&pipeline, &Default::default()).await }.boxed(),
                read: async move { drop(reader.get(&read).await) }.boxed(),
            }
        }
        Service::Buddy => {
            let client = sandbox.buddy_builder().retry(quick()).build();
            let client = client.expect("a client");
            let pipeline = buddy::PipelineRef::new(&place[0], &place[1], number);
            let (reader, read) = (client.clone(), pipeline.execution(1).expect("a reference"));
            Starting {
                start: async move { client.start(&pipeline, &Default::default()).await }.boxed(),
                read: async move { drop(reader.get(&read).await) }.boxed(),
            }
        }
        Service::Yunxiao => {
            let client = sandbox.yunxiao_builder().retry(quick()).build();
            let client = client.expect("a client");
            let pipeline = yunxiao::PipelineRef::new(&place[0], number);
            let (reader, read) = (client.clone(), pipeline.run(1).expect("a reference"));
            Starting {
                start: async move { client.start(&pipeline, &Default::default()).await }.boxed(),
                read: async move { drop(reader.get(&read).await) }.boxed(),
            }
        }
        other => panic!("{other} has no start"),
    }
}

/// How many requests to start something have come.
fn starts(sandbox: &Sandbox, service: Service) -> usize {
    let received = sandbox.received(service);
    let is_start = |operation: &Option<String>| match operation.as_deref() {
        Some("runPipeline" | "executePublishedPipeline") => true,
        Some("startPipelineRun" | "runExecution" | "createPipelineRun") => true,
        Some(_) | None => false,
    };
    let starts = received
        .iter()
        .filter(|request| is_start(&request.operation));
    starts.count()
}

/// Drops a start after each of its polls. Gives how many there were, and how many runs.
async fn drop_everywhere(service: Service, refused_first: bool) -> (usize, usize) {
    let mut began = 0;
    for polls in 0.. {
        let sandbox = Sandbox::start().await.expect("loopback has free ports");
        let refused = if refused_first { 1 } else { 0 };
        if refused_first {
            let throttled = ScriptedAnswer::status(429).header("retry-after", "0");
            let rule = Rule::answer(service, throttled);
            let rule = match service {
                // Its token is not what is refused.
                Service::Matillion => rule.operation("executePublishedPipeline"),
                Service::AzureDevops | Service::Aliyun | Service::Buddy | Service::Yunxiao => rule,
                other => panic!("{other} has no part here"),
            };
            sandbox.play(&Script::new([rule])).expect("a good script");
        }
        let Starting { start, read } = starting(&sandbox, service);
        let ended = Polled {
            future: start,
            left: polls,
        };
        let ended = ended.await;
        sandbox.clear_script();
        // Whatever was under way has come before the answer to what is sent later does.
        read.await;
        let (sent, runs) = (starts(&sandbox, service), sandbox.started(service));
        assert!(
            runs <= 1,
            "{service}, dropped after {polls} polls: {runs} runs"
        );
        assert!(
            sent <= 1 + refused,
            "{service}, {polls} polls: sent {sent} times"
        );
        began += runs;
        match ended {
            Some(outcome) => {
                outcome.expect("it was waited for");
                assert_eq!((sent, runs), (1 + refused, 1), "{service}");
                return (polls, began);
            }
            None => assert!(polls < 1_000, "{service}: it never ends"),
        }
    }
    unreachable!("some number of polls is enough")
}

#[tokio::test]
async fn a_start_that_is_dropped_at_any_await_is_one_run_at_most_and_nothing_follows() {
    for service in Service::ALL {
        for refused_first in [false, true] {
            let (polls, began) = drop_everywhere(service, refused_first).await;
            // Before it was sent, between, and with a run behind it that nobody was told of.
            assert!(
                polls >= 3 && began >= 1,
                "{service}: {polls} polls, {began} runs"
            );
        }
    }
}
