//! What a recording holds, and what it never holds.

mod meaning;
mod secrets;

use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use runpipe::recording::Exchange;
use runpipe::{BoxFuture, HttpClient, ResponseBody, SendError};

/// Answers each request with the answer that was put in.
#[derive(Default)]
struct Answers(Mutex<Vec<http::Response<ResponseBody>>>);

impl HttpClient for Answers {
    fn send(
        &self,
        _request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        let answer = self.0.lock().expect("the answers").pop();
        let none = || SendError::not_sent("no answer is left");
        Box::pin(std::future::ready(answer.ok_or_else(none)))
    }
}

/// Sends a request to a service that gives this answer, and reads the answer to its end.
async fn exchange(
    http: &Arc<dyn HttpClient>,
    answers: &Answers,
    request: http::Request<Bytes>,
    answer: http::Response<ResponseBody>,
) {
    answers.0.lock().expect("the answers").push(answer);
    let answer = http.send(request).await.expect("an answer");
    let mut body = answer.into_body();
    while let Ok(Some(_)) = body.next().await {}
}

/// The recorded texts, in their order.
fn texts(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let text = |file: &std::path::PathBuf| std::fs::read_to_string(file).expect("a recording");
    files.iter().map(text).collect()
}

fn exchanges(folder: &Path) -> Vec<Exchange> {
    let texts = texts(folder);
    let exchanges = texts
        .iter()
        .map(|text| serde_json::from_str(text).expect("an exchange"));
    exchanges.collect()
}
