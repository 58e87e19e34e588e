//! What a program that listens with `tracing` is told: each call, each attempt, each pause before it
//! begins, and no secret.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use runpipe::{BoxFuture, HttpClient, ResponseBody, SendError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;

/// Writes everything of this crate down, a line each, as it comes.
#[derive(Clone, Default)]
struct Listener {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}

impl Listener {
    fn write(&self, what: &str, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(what.to_owned());
        record(&mut fields);
        self.lines.lock().expect("not poisoned").push(fields.0);
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("not poisoned").clone()
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("runpipe")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.write(span.metadata().name(), |fields| span.record(fields));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.write("…", |fields| values.record(fields));
    }

    fn event(&self, event: &Event<'_>) {
        self.write("-", |fields| event.record(fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Asks for a minute of patience once, and repeats the credential where it can.
struct Busy(Mutex<bool>, Listener);

impl HttpClient for Busy {
    fn send(
        &self,
        _: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        let first = !std::mem::replace(&mut *self.0.lock().expect("not poisoned"), true);
        self.1.write("the service is asked", |_| {});
        let answer = http::Response::builder().header("content-type", "application/json");
        let answer = match first {
            true => answer
                .status(429)
                .header("retry-after", "60")
                .header("activityid", format!("id-{SECRET}")),
            false => answer.header("activityid", "id-2"),
        };
        let body = match first {
            true => format!(r#"{{"message": "{SECRET} is too fast"}}"#),
            false => r#"{"id": 7001}"#.to_owned(),
        };
        let answer = answer.body(ResponseBody::from(Bytes::from(body)));
        Box::pin(std::future::ready(Ok(answer.expect("an answer"))))
    }
}

#[tokio::test(start_paused = true)]
async fn calls_attempts_and_pauses_are_told_without_a_secret() {
    let listener = Listener::default();
    let guard = tracing::subscriber::set_default(listener.clone());
    let client = azure_devops::Client::builder()
        .credentials(azure_devops::Credentials::pat(SECRET))
        .http_client(Arc::new(Busy(Mutex::new(false), listener.clone())))
        .timeout(Duration::from_secs(300))
        .build()
        .expect("a client");
    start_azure(&client).await.expect("a run");
    drop(guard);
    let told = listener.lines();
    assert!(!told.concat().contains(SECRET), "{told:#?}");
    let expected = [
        "call service=azure-devops operation=\"runPipeline\"",
        "attempt number=1",
        "the service is asked",
        "… status=429",
        "… request_id=\"id-[hidden]\"",
        "- message=answered",
        // The proof that nothing was started, in the words of its evidence.
        "- message=refused proof=",
        "- message=tries again after a pause attempt=1 kind=\"rate_limited\" pause=60s",
        "attempt number=2",
        "the service is asked",
        "… status=200",
        "… request_id=\"id-2\"",
        "- message=answered",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (line, beginning) in told.iter().zip(expected) {
        assert!(
            line.starts_with(beginning),
            "{line:?}: not {beginning:?} in {told:#?}"
        );
    }
}

/// A call that waits because another call was asked for patience says so before it waits.
#[tokio::test(start_paused = true)]
async fn a_wait_for_a_turn_is_told_before_it_begins() {
    let listener = Listener::default();
    let guard = tracing::subscriber::set_default(listener.clone());
    let client = azure_devops::Client::builder()
        .credentials(azure_devops::Credentials::pat(SECRET))
        .http_client(Arc::new(Busy(Mutex::new(false), listener.clone())))
        .retry(RetryPolicy::default().retries(0))
        .timeout(Duration::from_secs(300))
        .build()
        .expect("a client");
    start_azure(&client).await.expect_err("429");
    let before = listener.lines().len();
    start_azure(&client).await.expect("a run");
    drop(guard);
    let told = listener.lines().split_off(before);
    let pause = told
        .iter()
        .position(|line| line.contains("waits for its turn pause="));
    let asked = told.iter().position(|line| line == "the service is asked");
    assert!(pause.is_some() && pause < asked, "{told:#?}");
}
