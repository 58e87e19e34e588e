//! Every variable that holds a credential arrives at its own vendor, in its own place. The program runs as it does for
//! its users: over TLS, at the vendors' own addresses.

use runpipe::auth::Secret;
use runpipe::auth::acs3::{ParsedAuthorization, SigningRequest, verify};
use serde_json::{Value, json};

use crate::vendors::{Sent, Vendors};

/// An answer that every read takes for a run, and every token request for a token.
fn run_and_token() -> Value {
    json!({
        "access_token": "granted-token", "token_type": "Bearer", "expires_in": 3600,
        "id": 31, "state": "canceling", "status": "RUNNING",
        "success": true, "pipelineRun": { "status": "RUNNING" },
    })
}

const AZURE_DEVOPS: &str = "status azure-devops/acme/Shop/42/31";
const MATILLION: &str = "status matillion/0b5ac1/e2a4";
const ALIYUN: &str = "status aliyun/60d1c0ffee/123/41";
const BUDDY: &str = "status buddy/acme/website/2/31";

const AZURE_DEVOPS_RUN: &str =
    "GET https://dev.azure.com/acme/Shop/_apis/pipelines/42/runs/31?api-version=7.1";
const MATILLION_RUN: &str =
    "GET https://eu1.api.matillion.com/dpc/v1/projects/0b5ac1/pipeline-executions/e2a4";
const BUDDY_RUN: &str =
    "GET https://api.buddy.works/workspaces/acme/projects/website/pipelines/2/executions/31";

/// What the environment holds, and what is sent then.
struct Case {
    variables: &'static [(&'static str, &'static str)],
    words: &'static str,
    /// Where a token is asked for first, and with which fields.
    grant: Option<(&'static str, &'static [(&'static str, &'static str)])>,
    request: &'static str,
    authorization: &'static str,
}

const PRINCIPAL: [(&str, &str); 3] = [
    ("AZURE_TENANT_ID", "the-tenant"),
    ("AZURE_CLIENT_ID", "the-client"),
    ("AZURE_CLIENT_SECRET", "the client's secret/+"),
];
const MATILLION_CLIENT: [(&str, &str); 2] = [
    ("MATILLION_CLIENT_ID", "the-client"),
    ("MATILLION_CLIENT_SECRET", "the client's secret/+"),
];
/// What the first credential that is found makes the others count for nothing against.
const AZURE_DEVOPS_ALL: [(&str, &str); 5] = [
    ("AZURE_DEVOPS_EXT_PAT", "personal-token"),
    ("SYSTEM_ACCESSTOKEN", "job-token"),
    PRINCIPAL[0],
    PRINCIPAL[1],
    PRINCIPAL[2],
];
const AZURE_DEVOPS_BUT_PAT: [(&str, &str); 5] = [
    ("AZURE_DEVOPS_EXT_PAT", " "),
    AZURE_DEVOPS_ALL[1],
    PRINCIPAL[0],
    PRINCIPAL[1],
    PRINCIPAL[2],
];
const MATILLION_ALL: [(&str, &str); 3] = [
    MATILLION_CLIENT[0],
    MATILLION_CLIENT[1],
    ("MATILLION_TOKEN", "token-at-hand"),
];

/// `:personal-token` in base64: Basic with an empty user.
const PAT: &str = "Basic OnBlcnNvbmFsLXRva2Vu";
const ENTRA: Option<(&str, &[(&str, &str)])> = Some((
    "POST https://login.microsoftonline.com/the-tenant/oauth2/v2.0/token",
    &[
        ("grant_type", "client_credentials"),
        ("client_id", "the-client"),
        ("client_secret", "the client's secret/+"),
        ("scope", "499b84ac-1321-427f-aa17-267ca6975798/.default"),
    ],
));
const MATILLION_GRANT: Option<(&str, &[(&str, &str)])> = Some((
    "POST https://id.core.matillion.com/oauth/dpc/token",
    &[
        ("grant_type", "client_credentials"),
        ("client_id", "the-client"),
        ("client_secret", "the client's secret/+"),
        ("audience", "https://api.matillion.com"),
    ],
));

const CASES: [Case; 9] = [
    Case {
        variables: &[("AZURE_DEVOPS_EXT_PAT", "personal-token")],
        words: AZURE_DEVOPS,
        grant: None,
        request: AZURE_DEVOPS_RUN,
        authorization: PAT,
    },
    Case {
        variables: &[("SYSTEM_ACCESSTOKEN", "job-token")],
        words: AZURE_DEVOPS,
        grant: None,
        request: AZURE_DEVOPS_RUN,
        authorization: "Bearer job-token",
    },
    Case {
        variables: &PRINCIPAL,
        words: AZURE_DEVOPS,
        grant: ENTRA,
        request: AZURE_DEVOPS_RUN,
        authorization: "Bearer granted-token",
    },
    Case {
        variables: &AZURE_DEVOPS_ALL,
        words: AZURE_DEVOPS,
        grant: None,
        request: AZURE_DEVOPS_RUN,
        authorization: PAT,
    },
    Case {
        variables: &AZURE_DEVOPS_BUT_PAT,
        words: AZURE_DEVOPS,
        grant: None,
        request: AZURE_DEVOPS_RUN,
        authorization: "Bearer job-token",
    },
    Case {
        variables: &MATILLION_CLIENT,
        words: MATILLION,
        grant: MATILLION_GRANT,
        request: MATILLION_RUN,
        authorization: "Bearer granted-token",
    },
    Case {
        variables: &[("MATILLION_TOKEN", "token-at-hand")],
        words: MATILLION,
        grant: None,
        request: MATILLION_RUN,
        authorization: "Bearer token-at-hand",
    },
    Case {
        variables: &MATILLION_ALL,
        words: MATILLION,
        grant: MATILLION_GRANT,
        request: MATILLION_RUN,
        authorization: "Bearer granted-token",
    },
    Case {
        variables: &[("BUDDY_TOKEN", "buddys-token")],
        words: BUDDY,
        grant: None,
        request: BUDDY_RUN,
        authorization: "Bearer buddys-token",
    },
];

async fn sent(vendors: &Vendors, words: &str, variables: &[(&str, &str)]) -> Vec<Sent> {
    let program = variables
        .iter()
        .fold(vendors.runpipe(words), |program, (name, value)| {
            program.env(name, value)
        });
    program.ends_with(0).await;
    vendors.take()
}

#[tokio::test]
async fn each_is_sent_where_its_vendor_looks_for_it() {
    let vendors = Vendors::answering(run_and_token()).await;
    for case in &CASES {
        let sent = sent(&vendors, case.words, case.variables).await;
        let lines: Vec<&str> = sent.iter().map(|sent| sent.line.as_str()).collect();
        let names: Vec<&str> = case.variables.iter().map(|(name, _)| *name).collect();
        let mut expected = vec![case.request];
        if let Some((line, form)) = case.grant {
            expected.insert(0, line);
            assert_eq!(sorted(sent[0].form()), sorted(owned(form)), "{names:?}");
            assert_eq!(sent[0].header("authorization"), "", "{names:?}");
        }
        assert_eq!(lines, expected, "{names:?}");
        let request = sent.last().expect("a request");
        assert_eq!(
            request.header("authorization"),
            case.authorization,
            "{names:?}"
        );
        // A secret stands in no address.
        for (name, value) in case.variables {
            let public = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "MATILLION_CLIENT_ID"];
            let shown = lines.iter().any(|line| line.contains(value.trim()));
            assert!(
                public.contains(name) || value.trim().is_empty() || !shown,
                "{lines:?}"
            );
        }
    }
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let fields = fields.iter();
    fields
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn sorted(mut fields: Vec<(String, String)>) -> Vec<(String, String)> {
    fields.sort();
    fields
}

const KEY: [(&str, &str); 2] = [
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-the-id"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "the-access-key"),
];

#[tokio::test]
async fn an_access_key_of_aliyun_signs_and_a_security_token_is_signed() {
    let vendors = Vendors::answering(run_and_token()).await;
    let lasting = sent(&vendors, ALIYUN, &KEY).await;
    let token = ("ALIBABA_CLOUD_SECURITY_TOKEN", "the-sts-token");
    let temporary = sent(&vendors, ALIYUN, &[KEY[0], KEY[1], token]).await;
    for (sent, token) in [(lasting, ""), (temporary, "the-sts-token")] {
        let [sent] = sent.as_slice() else {
            panic!("one request");
        };
        let line = "GET https://devops.cn-hangzhou.aliyuncs.com/organization/60d1c0ffee/pipelines/123/pipelineRuns/41";
        assert_eq!(sent.line, line);
        assert_eq!(sent.header("x-acs-security-token"), token);
        let claimed: ParsedAuthorization =
            sent.header("authorization").parse().expect("a signature");
        assert_eq!(claimed.access_key_id, "LTAI-the-id");
        let signs_token = claimed
            .signed_headers
            .contains(&"x-acs-security-token".to_owned());
        assert_eq!(signs_token, !token.is_empty(), "{claimed:?}");
        let request = SigningRequest::new(&sent.method, sent.header("host"), &sent.path)
            .with_query(&sent.query)
            .with_headers(&sent.headers)
            .with_body(&sent.body);
        verify(&request, &claimed, &Secret::from("the-access-key")).expect("the key signed it");
        assert_eq!(sent.header("host"), sent.host);
    }
}

#[tokio::test]
async fn a_credential_of_one_vendor_is_not_sent_to_another() {
    let vendors = Vendors::answering(run_and_token()).await;
    let everything: Vec<(&str, &str)> = [&AZURE_DEVOPS_ALL[..2], &MATILLION_ALL[2..], &KEY]
        .concat()
        .into_iter()
        .chain([
            ("BUDDY_TOKEN", "buddys-token"),
            ("ALIBABA_CLOUD_SECURITY_TOKEN", "the-sts-token"),
        ])
        .collect();
    let own = [
        (AZURE_DEVOPS, PAT),
        (MATILLION, "Bearer token-at-hand"),
        (ALIYUN, "ACS3-HMAC-SHA256 "),
        (BUDDY, "Bearer buddys-token"),
    ];
    for (words, authorization) in own {
        let sent = sent(&vendors, words, &everything).await;
        let [sent] = sent.as_slice() else {
            panic!("one request");
        };
        assert!(
            sent.header("authorization").starts_with(authorization),
            "{words}"
        );
        let all = format!("{} {:?} {:?}", sent.line, sent.headers, sent.body);
        for (name, value) in &everything {
            let allowed = match *name {
                "ALIBABA_CLOUD_ACCESS_KEY_ID" | "ALIBABA_CLOUD_SECURITY_TOKEN" => words == ALIYUN,
                _ => authorization.ends_with(value),
            };
            assert_eq!(all.contains(value), allowed, "{words}: {name}: {all}");
        }
    }
}
