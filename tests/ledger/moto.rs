//! A server that speaks S3, on this machine, until it is dropped.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use runpipe::ledger::ObjectStoreLedger;
use tokio::time::sleep;

pub struct Moto {
    server: Child,
    pub address: String,
}

impl Moto {
    /// Starts it, and makes a bucket.
    pub async fn start() -> Moto {
        let python = std::env::var("RUNPIPE_MOTO").unwrap_or_else(|_| "python3".to_owned());
        let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let port = free.expect("a port").port();
        let server = Command::new(&python)
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/ledger/serve_moto.py"
            ))
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let server = server.unwrap_or_else(|cause| {
            panic!("{python} does not start ({cause}): .ci/object-store installs it")
        });
        let address = format!("http://127.0.0.1:{port}");
        let mut moto = Moto { server, address };
        let bucket = format!("{}/bucket", moto.address);
        let http = reqwest::Client::new();
        while http.put(&bucket).send().await.is_err() {
            let ended = moto.server.try_wait().expect("a process");
            assert_eq!(ended, None, "moto ended");
            sleep(Duration::from_millis(100)).await;
        }
        moto
    }
}

/// A ledger in the bucket of a server at this address.
pub fn ledger(address: &str, folder: &str) -> ObjectStoreLedger {
    let options = [
        ("aws_access_key_id", "test"),
        ("aws_secret_access_key", "5ecret"),
        ("aws_region", "us-east-1"),
        ("aws_endpoint_url", address),
        ("aws_allow_http", "true"),
    ];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let ledger = ObjectStoreLedger::open(&format!("s3://bucket/{folder}"), options);
    ledger.expect("a ledger")
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
