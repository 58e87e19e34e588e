//! Secrets are never printed, whatever goes wrong.

use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::runpipe;

const SECRETS: [(&str, &str); 9] = [
    ("AZURE_DEVOPS_EXT_PAT", "s3cret-pat"),
    ("SYSTEM_ACCESSTOKEN", "s3cret-job-token"),
    ("MATILLION_CLIENT_ID", "client-id"),
    ("MATILLION_CLIENT_SECRET", "s3cret-of-the-client"),
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-id"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret-access-key"),
    ("ALIBABA_CLOUD_SECURITY_TOKEN", "s3cret-sts"),
    ("BUDDY_TOKEN", "s3cret-buddy"),
    ("VARIABLE", "s3cret-variable"),
];

#[tokio::test]
async fn no_failure_shows_one() {
    let html = "<html>who are you</html>";
    let answers = [
        ResponseTemplate::new(401).set_body_json(json!({ "message": "No" })),
        ResponseTemplate::new(400)
            .set_body_json(json!({ "code": "SignatureDoesNotMatch", "message": "x" })),
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_body_raw(html, "text/html"),
        ResponseTemplate::new(200).set_body_string("garbage"),
        ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example/"),
    ];
    let lines = [
        "start azure-devops --organization o --project p --pipeline 1 --secret-var v=VARIABLE",
        "start matillion --project-id 3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60 --environment e --pipeline p",
        "start aliyun --organization-id o --pipeline 1",
        "start buddy --workspace w --project p --pipeline 1 --secret-var v=VARIABLE",
        "status azure-devops/o/p/1/2",
        "status matillion/p/e",
        "logs aliyun/o/1/2",
        "cancel buddy/w/p/1/2",
    ];
    for answer in answers {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        for words in lines {
            for json in [None, Some("--json")] {
                let program = runpipe(words.split_whitespace());
                let program = program
                    .words(["--retries", "0", "--base-url", &server.uri()])
                    .words(json);
                let token_url = format!("{}/token", server.uri());
                let program = program.env("RUNPIPE_MATILLION_TOKEN_URL", &token_url);
                let program = SECRETS
                    .iter()
                    .fold(program, |program, (name, value)| program.env(name, value));
                let ended = program.run().await;
                assert_ne!(ended.status.code(), Some(0), "{words}");
                for text in [&ended.stdout, &ended.stderr] {
                    assert!(!text.contains("s3cret"), "{words}: {text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_was_given_in_place_of_a_variables_name_is_not_repeated() {
    let words = "start buddy --workspace w --project p --pipeline 1 --secret-var v=s3cret";
    let ended = runpipe(words.split_whitespace())
        .env("BUDDY_TOKEN", "t")
        .ends_with(2)
        .await;
    assert!(ended.stderr.contains("--secret-var v"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("s3cret"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_value_of_the_wrong_type_in_a_body_is_not_repeated() {
    let words = "start buddy --workspace w --project p --pipeline 1 --body -";
    let program = runpipe(words.split_whitespace()).env("BUDDY_TOKEN", "t");
    let ended = program
        .stdin(r#"{ "variables": "s3cret" }"#)
        .ends_with(2)
        .await;
    assert!(
        ended.stderr.contains("`variables`: an array is expected"),
        "{}",
        ended.stderr
    );
    assert!(!ended.stderr.contains("s3cret"), "{}", ended.stderr);
}
