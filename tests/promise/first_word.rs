//! Who speaks before being spoken to is not answering.

use runpipe::ErrorKind;

use super::server::{Manner, Server, answer};
use super::*;

#[tokio::test]
async fn an_answer_that_came_before_the_request_is_not_its_answer() {
    for early in [
        answer("401 Unauthorized", &[], b""),
        answer(
            "404 Not Found",
            &[("content-type", "application/json")],
            b"{}",
        ),
        answer(
            "200 OK",
            &[("content-type", "application/json")],
            br#"{"id": 7001}"#,
        ),
    ] {
        let server = Server::start(Manner::SpeakFirst(early)).await;
        let error = start_azure(&azure(&server.url)).await.expect_err("no run");
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    }
}
