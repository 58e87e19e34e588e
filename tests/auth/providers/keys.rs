//! Temporary access keys for Aliyun.

use runpipe::aliyun;
use runpipe::auth::acs3;

use super::*;

const STARTED: (u16, &str) = (200, r#"{"success": true, "pipelineRunId": 9}"#);
const ENDED: (u16, &str) = (
    400,
    r#"{"Code": "InvalidSecurityToken.Expired", "Message": "Specified SecurityToken is expired."}"#,
);

/// Gives the key `STS.1`, then `STS.2` and so on.
#[derive(Default)]
struct Sts(AtomicUsize);

impl TokenProvider<acs3::Credentials> for Sts {
    fn token(&self) -> BoxFuture<'_, Result<Expiring<acs3::Credentials>, ProviderError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let secret = Secret::from(format!("key-{number}-of-sts"));
        let key = acs3::Credentials::new(format!("STS.{number}"), secret)
            .with_security_token(Secret::from(format!("security-token-{number}")));
        Box::pin(async move { Ok(Expiring::after(key, Duration::from_secs(3600))) })
    }
}

fn client(wire: &Arc<Wire>) -> aliyun::Client {
    aliyun::Client::builder()
        .credentials(aliyun::Credentials::provider(Sts::default()))
        .http_client(wire.clone())
        .build()
        .expect("a client")
}

async fn start(client: &aliyun::Client) -> runpipe::Result<runpipe::Run> {
    let pipeline = aliyun::PipelineRef::new("acme", 42);
    client.start(&pipeline, &Default::default()).await
}

#[tokio::test(start_paused = true)]
async fn keys_are_renewed_before_they_end_and_when_they_are_refused() {
    let wire = Wire::answering([STARTED, STARTED, ENDED, STARTED]);
    let client = client(&wire);
    start(&client).await.expect("a run");
    tokio::time::advance(Duration::from_secs(3590)).await;
    start(&client).await.expect("a run");
    start(&client).await.expect("a run, with the next key");
    let expected = [1, 2, 2, 3].map(|number| format!("security-token-{number}"));
    assert_eq!(wire.sent("x-acs-security-token"), expected);
    let signed = wire.sent("authorization");
    for (signature, id) in signed.iter().zip(["STS.1", "STS.2", "STS.2", "STS.3"]) {
        assert!(
            signature.contains(&format!("Credential={id},")),
            "{signature}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_part_of_a_key_is_shown() {
    let echo = r#"{"Code": "InvalidParam", "Message": "key-1-of-sts and security-token-1"}"#;
    let wire = Wire::answering([(400, echo)]);
    let error = start(&client(&wire)).await.expect_err("refused");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("[hidden] and [hidden]"), "{shown}");
    assert!(
        !shown.contains("key-1") && !shown.contains("token-1"),
        "{shown}"
    );
}
