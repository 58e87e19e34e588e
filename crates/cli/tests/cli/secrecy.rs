//! Secrets are never printed, whatever goes wrong.

use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::runpipe;

const SECRETS: [(&str, &str); 10] = [
    ("AZURE_DEVOPS_EXT_PAT", "s3cret-pat"),
    ("SYSTEM_ACCESSTOKEN", "s3cret-job-token"),
    ("MATILLION_CLIENT_ID", "client-id"),
    ("MATILLION_CLIENT_SECRET", "s3cret-of-the-client"),
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-id"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret-access-key"),
    ("ALIBABA_CLOUD_SECURITY_TOKEN", "s3cret-sts"),
    ("YUNXIAO_ACCESS_TOKEN", "pt-s3cret-yunxiao"),
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
        "start yunxiao --organization-id o --pipeline 1",
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
    ended.tells("--secret-var v");
    assert!(!ended.stderr.contains("s3cret"), "{}", ended.stderr);
}

/// Flags for a start that lack nothing.
const READY: &str = "start buddy --workspace w --project p --pipeline 1";

#[tokio::test]
async fn what_was_typed_in_the_wrong_place_is_not_repeated() {
    let after_a_start = [
        "--secret-var s3cret",
        "--secret-var =s3cret",
        // As base64 ends.
        "--secret-var s3cret=",
        "--secret-var s3cret==",
        "--var s3cret",
        "--var =s3cret",
        "s3cret",
        "-s3cret",
        "--s3cret",
        "--token s3cret",
        "--token=s3cret",
        "--quiet=s3cret",
        "--timeout s3cret",
        "--retries s3cret",
        "--priority s3cret",
        "--action s3cret",
        "--delay-until s3cret",
        "--refresh=s3cret",
        "--reconcile=s3cret",
        "--watch --deadline s3cret",
        "--region s3cret",
        "--body s3cret --body s3cret",
    ];
    let others = [
        "s3cret",
        "start s3cret",
        "help s3cret",
        "status s3cret",
        "status s3cret/w/p/1/2",
        "status buddy/w/p/1/2 s3cret",
        "watch buddy/w/p/1/2 -- s3cret",
        "list buddy --workspace w --project p --pipeline 1 --limit s3cret",
        "sandbox --port s3cret",
        "spec s3cret",
        "start azure-devops --organization o --project p --pipeline 1 --repo-token s3cret",
        "start azure-devops --organization o --project p --pipeline 1 --pipeline-resource-run a=s3cret",
        "start matillion --project-id a --environment e --pipeline p --grid-var g=s3cret",
    ];
    let starts = after_a_start.map(|flag| format!("{READY} {flag}"));
    for words in starts.into_iter().chain(others.map(str::to_owned)) {
        for json in [None, Some("--json")] {
            let program = runpipe(json).words(words.split_whitespace());
            let program = program
                .env("BUDDY_TOKEN", "t")
                .env("AZURE_DEVOPS_EXT_PAT", "t");
            let ended = program.env("MATILLION_TOKEN", "t").ends_with(2).await;
            assert!(!ended.stderr.contains("3cr"), "{words}: {}", ended.stderr);
            assert_eq!(ended.stdout, "", "{words}");
        }
    }
}

#[tokio::test]
async fn what_is_a_name_of_ours_is_still_said() {
    let lines = [
        ("statsu", "'status'"),
        ("status --quite", "'--quiet'"),
        ("status --nothing-like-it", "'--nothing-like-it'"),
        (
            "status buddy/w/p/1/2 --timeout soon",
            "'--timeout <DURATION>'",
        ),
    ];
    for (words, name) in lines {
        let ended = runpipe(words.split_whitespace()).ends_with(2).await;
        assert!(ended.stderr.contains(name), "{words}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn an_address_with_a_password_is_not_repeated() {
    let addresses = [
        "https://user:s3cret@127.0.0.1:9",
        "http://user:s3cret@buddy.example",
        "https://s3cret@127.0.0.1:9",
        "https://user:s3cret@[buddy",
        "https://user:s3cret@buddy.example:port",
        "https://user:s3@cret@buddy.example:99999",
        "user:s3cret@buddy.example",
        "s3cret",
    ];
    let credentials = [
        ("BUDDY_TOKEN", "t"),
        ("MATILLION_CLIENT_ID", "i"),
        ("MATILLION_CLIENT_SECRET", "s"),
    ];
    for address in addresses {
        let flag = runpipe(["status", "buddy/w/p/1/2", "--base-url", address]);
        let variable = runpipe(["status", "buddy/w/p/1/2"]).env("RUNPIPE_BUDDY_URL", address);
        let of_tokens = runpipe([
            "status",
            "matillion/p/e",
            "--base-url",
            "http://127.0.0.1:9",
        ]);
        let of_tokens = of_tokens.env("RUNPIPE_MATILLION_TOKEN_URL", address);
        for (which, program) in [
            ("flag", flag),
            ("variable", variable),
            ("tokens", of_tokens),
        ] {
            let program = credentials
                .iter()
                .fold(program, |program, (name, value)| program.env(name, value));
            let ended = program.words(["--retries", "0"]).run().await;
            // An address of tokens may have a user in it.
            let refused = matches!(ended.status.code(), Some(2 | 5));
            assert!(refused, "{which} {address}: {}", ended.stderr);
            let shown = ["3cr", "@cret"]
                .iter()
                .any(|part| ended.stderr.contains(part));
            assert!(!shown, "{which} {address}: {}", ended.stderr);
        }
    }
}

#[tokio::test]
async fn a_value_in_a_body_is_not_repeated() {
    let lines = [
        (
            r#"{ "variables": "s3cret" }"#,
            "`variables`: an array is expected",
        ),
        // What the decoder says about it is part of the text itself.
        (
            r#"{ "comment": ["s3cret"] }"#,
            "`comment`: a string is expected",
        ),
        (
            r#"{ "variables": "x, expected s3cret" }"#,
            "`variables`: an array is expected",
        ),
        (
            r#"{ "variables": "missing field `s3cret`" }"#,
            "`variables`: an array is expected",
        ),
        (
            r#"{ "refresh": "s3cret" }"#,
            "`refresh`: a boolean is expected",
        ),
        (r#"{ "actions_to_run": ["s3cret"] }"#, "`actions_to_run[0]`"),
        (r#"{ "comment": s3cret }"#, "line 1 column"),
        (r#"{ "comment": "s3cret" "#, "line 1 column"),
        (r#""s3cret""#, "not an object"),
    ];
    for (body, sentence) in lines {
        for json in [None, Some("--json")] {
            let program = runpipe(READY.split_whitespace())
                .words(["--body", "-"])
                .words(json);
            let program = program.env("BUDDY_TOKEN", "t").stdin(body);
            let ended = program.ends_with(2).await;
            assert!(ended.stderr.contains(sentence), "{body}: {}", ended.stderr);
            assert!(!ended.stderr.contains("3cr"), "{body}: {}", ended.stderr);
        }
    }
}
