//! An endpoint that answers when the test says so.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use super::*;

/// Holds each answer back until the test lets it go, and says when a request has arrived.
struct Gate {
    arrived: tokio::sync::mpsc::UnboundedSender<()>,
    answers: Mutex<Receiver<ResponseTemplate>>,
}

impl Respond for Gate {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let _ = self.arrived.send(());
        // The server has a thread of its own, so blocking it holds up nothing else.
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .recv()
            .unwrap_or_else(|_| ResponseTemplate::new(500))
    }
}

pub(crate) struct Gated {
    // Dropped before the server, which then no longer waits for an answer.
    pub answers: Sender<ResponseTemplate>,
    pub arrived: tokio::sync::mpsc::UnboundedReceiver<()>,
    pub server: MockServer,
}

/// An endpoint whose answers the test sends one by one.
pub(crate) async fn gated() -> Gated {
    let (arrived_sender, arrived) = tokio::sync::mpsc::unbounded_channel();
    let (answers, receiver) = channel();
    let gate = Gate {
        arrived: arrived_sender,
        answers: Mutex::new(receiver),
    };
    Gated {
        answers,
        arrived,
        server: serve(gate).await,
    }
}

pub(crate) fn granted(token: &str) -> ResponseTemplate {
    let body = serde_json::json!({"access_token": token, "expires_in": 1800});
    ResponseTemplate::new(200).set_body_json(body)
}
