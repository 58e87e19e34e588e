//! What the campaign does with a service, whatever it is.

use chrono::{DateTime, Utc};
use runpipe::auth::{ClientCredentials, Secret};
use runpipe::{
    Reconciled, Result, Run, ServiceClient, aliyun, azure_devops, buddy, matillion, yunxiao,
};
use runpipe_testing::{Sandbox, SandboxClient};
use serde_json::{Value, json};

use super::subject::{
    BUDDY_TOKEN, CLIENT_SECRET, ENTRA_TOKEN, KEY_SECRET, PAT, SECURITY_TOKEN, Settings, VARIABLE,
    YUNXIAO_TOKEN,
};

pub trait Client: SandboxClient {
    /// The kinds of credentials that it takes.
    const CREDENTIALS: &'static [&'static str];
    /// What is secret of each; of one without any it is the token at hand.
    const SECRETS: &'static [&'static [&'static str]];

    fn credential(sandbox: &Sandbox, number: usize, settings: &Settings) -> Self::Credentials;
    fn pipeline(place: &[String], id: &str) -> Self::Pipeline;
    /// A request as JSON, with a secret where it can have one, and with a mark where that is wanted
    /// and the service keeps one.
    fn request(place: &[String], id: &str, marked: bool) -> Value;

    fn make(sandbox: &Sandbox, credential: usize, settings: Settings) -> Self {
        let credential = Self::credential(sandbox, credential, &settings);
        sandbox
            .client_builder::<Self>()
            .base_url(settings.url)
            .credentials(credential)
            .timeout(settings.timeout)
            .longest_answer(crate::LONGEST_ANSWER)
            .requests_per_second(1e6)
            .retry(settings.retry)
            .build()
            .expect("the settings are good")
    }

    /// What is started: the first pipeline of the sandbox, and how.
    fn subject(sandbox: &Sandbox, marked: bool) -> (Self::Pipeline, Self::Request) {
        let pipelines = sandbox.pipelines(Self::SERVICE);
        let first = pipelines.first().expect("every sandbox has pipelines");
        let request = Self::request(&first.place, &first.id, marked);
        let request = serde_json::from_value(request).expect("a request");
        (Self::pipeline(&first.place, &first.id), request)
    }

    fn begin(&self, sandbox: &Sandbox, marked: bool) -> impl Future<Output = Result<Run>> + Send {
        let (pipeline, request) = Self::subject(sandbox, marked);
        async move { ServiceClient::start(self, &pipeline, &request).await }
    }

    fn look(
        &self,
        sandbox: &Sandbox,
        marked: bool,
        since: DateTime<Utc>,
    ) -> impl Future<Output = Result<Reconciled>> + Send {
        let (pipeline, request) = Self::subject(sandbox, marked);
        async move { ServiceClient::reconcile(self, &pipeline, &request, since).await }
    }
}

fn number(id: &str) -> i64 {
    id.parse().expect("a number")
}

impl Client for azure_devops::Client {
    const CREDENTIALS: &'static [&'static str] =
        &["Azure PAT", "Azure token", "Azure service principal"];
    const SECRETS: &'static [&'static [&'static str]] = &[
        &[PAT, VARIABLE],
        &[ENTRA_TOKEN, VARIABLE],
        &[CLIENT_SECRET, ENTRA_TOKEN, VARIABLE],
    ];

    fn credential(_: &Sandbox, number: usize, settings: &Settings) -> Self::Credentials {
        match number {
            0 => azure_devops::Credentials::pat(PAT),
            1 => azure_devops::Credentials::token(ENTRA_TOKEN),
            _ => {
                let url = settings.token_url.parse().expect("an address");
                let secret = Secret::from(CLIENT_SECRET);
                azure_devops::Credentials::ClientCredentials(ClientCredentials::new(
                    url, "client", secret,
                ))
            }
        }
    }

    fn pipeline(place: &[String], id: &str) -> Self::Pipeline {
        azure_devops::PipelineRef::new(&place[0], &place[1], number(id))
    }

    fn request(_: &[String], _: &str, _: bool) -> Value {
        json!({ "variables": { "deployKey": { "value": VARIABLE, "isSecret": true } } })
    }
}

impl Client for matillion::Client {
    const CREDENTIALS: &'static [&'static str] = &["Matillion token", "Matillion client"];
    const SECRETS: &'static [&'static [&'static str]] = &[&[], &[CLIENT_SECRET]];

    fn credential(sandbox: &Sandbox, number: usize, settings: &Settings) -> Self::Credentials {
        match number {
            0 => matillion::Credentials::token(settings.token.as_str()),
            _ => {
                let id = sandbox.accepted().matillion_client_id.as_str();
                let client = matillion::Credentials::client(id, CLIENT_SECRET);
                client.token_url(settings.token_url.as_str())
            }
        }
    }

    fn pipeline(place: &[String], _: &str) -> Self::Pipeline {
        matillion::ProjectRef::new(&place[0])
    }

    fn request(place: &[String], id: &str, _: bool) -> Value {
        json!({ "environmentName": place[2], "pipelineName": id })
    }
}

impl Client for aliyun::Client {
    const CREDENTIALS: &'static [&'static str] = &["Aliyun key", "Aliyun STS key"];
    const SECRETS: &'static [&'static [&'static str]] =
        &[&[KEY_SECRET], &[SECURITY_TOKEN, KEY_SECRET]];

    fn credential(sandbox: &Sandbox, number: usize, _: &Settings) -> Self::Credentials {
        let accepted = sandbox.accepted();
        match number {
            0 => {
                aliyun::Credentials::access_key(accepted.aliyun_access_key_id.as_str(), KEY_SECRET)
            }
            _ => aliyun::Credentials::temporary_access_key(
                accepted.aliyun_temporary_key_id.as_str(),
                KEY_SECRET,
                SECURITY_TOKEN,
            ),
        }
    }

    fn pipeline(place: &[String], id: &str) -> Self::Pipeline {
        aliyun::PipelineRef::new(&place[0], number(id))
    }

    fn request(_: &[String], _: &str, _: bool) -> Value {
        json!({})
    }
}

impl Client for yunxiao::Client {
    const CREDENTIALS: &'static [&'static str] = &["Yunxiao token"];
    const SECRETS: &'static [&'static [&'static str]] = &[&[YUNXIAO_TOKEN]];

    fn credential(_: &Sandbox, _: usize, _: &Settings) -> Self::Credentials {
        yunxiao::Credentials::token(YUNXIAO_TOKEN)
    }

    fn pipeline(place: &[String], id: &str) -> Self::Pipeline {
        yunxiao::PipelineRef::new(&place[0], number(id))
    }

    fn request(_: &[String], _: &str, marked: bool) -> Value {
        json!({ "comment": marked.then_some("a mark") })
    }
}

impl Client for buddy::Client {
    const CREDENTIALS: &'static [&'static str] = &["Buddy token"];
    const SECRETS: &'static [&'static [&'static str]] = &[&[BUDDY_TOKEN, VARIABLE]];

    fn credential(_: &Sandbox, _: usize, _: &Settings) -> Self::Credentials {
        buddy::Credentials::token(BUDDY_TOKEN)
    }

    fn pipeline(place: &[String], id: &str) -> Self::Pipeline {
        buddy::PipelineRef::new(&place[0], &place[1], number(id))
    }

    fn request(_: &[String], _: &str, marked: bool) -> Value {
        json!({ "variables": [{ "key": "DEPLOY_KEY", "value": VARIABLE, "encrypted": true }],
            "comment": marked.then_some("a mark") })
    }
}
