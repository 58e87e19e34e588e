//! One service of a sandbox, the proxy before it, and the clients that call it.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeZone, Utc};
use runpipe::{RetryPolicy, Service};
use runpipe_testing::{Accepted, Sandbox};

use super::client::Client;
use super::proxy::Proxy;

/// The secrets of all credentials: with characters that every form writes in its own way.
pub const PAT: &str = "Zq7/kP+9=Lm2vT0aXd";
pub const ENTRA_TOKEN: &str = "eyJ0/Gr4+nted=Tk8wQ";
pub const CLIENT_SECRET: &str = "Cs3/xY+1=pRq9sUvB5";
pub const KEY_SECRET: &str = "Ak5/nB+8=cVx4zMlK2";
pub const SECURITY_TOKEN: &str = "St6/hG+2=jFd7kSaP0";
pub const YUNXIAO_TOKEN: &str = "pt-9/wQ+7=sDf2gHjK4";
pub const BUDDY_TOKEN: &str = "Bt9/wE+4=rTy1uIoP3";
/// The value of a secret variable of every start that can have one.
pub const VARIABLE: &str = "Va8/mN+6=bVc3xZlK7";

/// The way on which a client goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Through the proxy, which the campaign leaves alone meanwhile.
    Straight,
    Broken,
    /// Through the proxy, and soon at the end of its patience.
    Hasty,
    /// To an address where nobody listens.
    Closed,
}

/// What a client is made with.
pub struct Settings {
    pub url: String,
    pub token_url: String,
    /// A token of Matillion's that is at hand.
    pub token: String,
    pub timeout: Duration,
    pub retry: RetryPolicy,
}

pub struct Subject<C> {
    pub sandbox: Arc<Sandbox>,
    pub service: Service,
    pub proxy: Proxy,
    token: String,
    closed: SocketAddr,
    of: PhantomData<C>,
}

/// Long enough for any true answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Soon over: silence lasts until it is.
const HASTE: Duration = Duration::from_millis(250);

impl<C: Client> Subject<C> {
    pub async fn prepare(service: Service) -> Self {
        let start = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).single();
        let mut accepted = Accepted::default();
        for (place, secret) in [
            (&mut accepted.azure_devops_pat, PAT),
            (&mut accepted.azure_devops_token, ENTRA_TOKEN),
            (&mut accepted.matillion_client_secret, CLIENT_SECRET),
            (&mut accepted.aliyun_access_key_secret, KEY_SECRET),
            (&mut accepted.aliyun_security_token, SECURITY_TOKEN),
            (&mut accepted.yunxiao_token, YUNXIAO_TOKEN),
            (&mut accepted.buddy_token, BUDDY_TOKEN),
        ] {
            *place = secret.to_owned();
        }
        // A token that ends would be the first thing to go wrong in every sixth case.
        let sandbox = Sandbox::builder()
            .manual_clock(start.unwrap_or_default())
            .accepted(accepted)
            .matillion_token_life(Duration::from_secs(365 * 24 * 3600));
        let sandbox = Arc::new(sandbox.start().await.expect("loopback has free ports"));
        let proxy = Proxy::before(sandbox.clone(), service).await;
        Subject {
            token: match service {
                Service::Matillion => matillion_token(&sandbox).await,
                Service::AzureDevops | Service::Aliyun | Service::Buddy | Service::Yunxiao => {
                    String::new()
                }
                other => panic!("{other} has no part here"),
            },
            proxy: proxy.expect("loopback has free ports"),
            service,
            sandbox,
            closed: closed_address(),
            of: PhantomData,
        }
    }

    /// A client with a credential on a way, which knows nothing yet.
    pub fn client(&self, credential: usize, way: Way, host: &str) -> C {
        let before = match way {
            Way::Closed => format!("http://{host}:{}", self.closed.port()),
            Way::Straight | Way::Broken | Way::Hasty => self.proxy.url(host),
        };
        C::make(
            &self.sandbox,
            credential,
            Settings {
                url: format!("{before}{}", self.base_path()),
                token_url: format!("{}/oauth/dpc/token", self.proxy.url(host)),
                token: self.token.clone(),
                timeout: if way == Way::Hasty { HASTE } else { PATIENCE },
                retry: RetryPolicy::default()
                    .steps(Duration::from_millis(1), Duration::from_millis(2)),
            },
        )
    }

    /// What stands before the documented paths.
    fn base_path(&self) -> String {
        let url = self.sandbox.url(self.service);
        let url: reqwest::Url = url.parse().expect("an address");
        url.path().trim_end_matches('/').to_owned()
    }

    /// What must be shown nowhere.
    pub fn secrets(&self, credential: usize) -> Vec<String> {
        let own = C::SECRETS.get(credential).copied().unwrap_or_default();
        let mut secrets: Vec<String> = own.iter().map(|secret| (*secret).to_owned()).collect();
        if secrets.is_empty() {
            secrets.push(self.token.clone());
        }
        secrets
    }
}

async fn matillion_token(sandbox: &Sandbox) -> String {
    let accepted = sandbox.accepted();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &accepted.matillion_client_id),
        ("client_secret", &accepted.matillion_client_secret),
    ];
    // reqwest wants to know who would encrypt.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::Client::new()
        .post(sandbox.token_url())
        .form(&form)
        .send();
    let answer = answer.await.expect("the sandbox answers");
    let answer: serde_json::Value = answer.json().await.expect("a token");
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// An address where somebody listened a moment ago, and nobody does now.
fn closed_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    listener.local_addr().expect("a listener has an address")
}
