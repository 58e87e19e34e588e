//! A proxy on loopback that stands before a service and breaks what passes, as it is told.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::fault::Fault;

/// What the next requests meet, in their order. When it is used up, nothing is broken any more.
type Plan = Arc<Mutex<VecDeque<Fault>>>;

pub struct Proxy {
    address: SocketAddr,
    plan: Plan,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Stands before `service`, an address such as `127.0.0.1:4711`.
    pub async fn before(service: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let plan = Plan::default();
        let shared = plan.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let plan = shared.clone();
                tokio::spawn(async move {
                    // A broken connection is this proxy's trade.
                    let _ = serve(client, service, plan).await;
                });
            }
        });
        Ok(Proxy {
            address,
            plan,
            task,
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Replaces the plan.
    pub fn plan(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.plan.lock().unwrap() = faults.into_iter().collect();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request on one connection.
async fn serve(mut client: TcpStream, service: SocketAddr, plan: Plan) -> io::Result<()> {
    client.set_nodelay(true)?;
    // A fault is taken when a request begins, not when a connection is made and left unused.
    let mut first = [0; 1];
    if client.peek(&mut first).await? == 0 {
        return Ok(());
    }
    let fault = plan.lock().unwrap().pop_front().unwrap_or(Fault::Nothing);
    if fault == Fault::CloseBeforeReading {
        return Ok(());
    }
    let request = read_request(&mut client).await?;
    if let Some(answer) = fault.instead_of_forwarding() {
        client.write_all(&answer).await?;
        return client.shutdown().await;
    }
    if fault == Fault::CloseAfterReading {
        return Ok(());
    }
    let mut upstream = TcpStream::connect(service).await?;
    upstream.write_all(&request).await?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).await?;
    match fault {
        Fault::CloseAfterActing => Ok(()),
        Fault::CloseInMidAnswer => {
            let half = answer
                .len()
                .saturating_sub(body_length(&answer) / 2)
                .max(20);
            client
                .write_all(answer.get(..half.min(answer.len())).unwrap_or_default())
                .await?;
            client.flush().await
        }
        Fault::DelayPastTheTimeout => {
            // The client gives up and closes; that ends the wait.
            let gone = client.read(&mut first);
            let _ = tokio::time::timeout(Duration::from_secs(30), gone).await;
            Ok(())
        }
        Fault::SlowDrip => {
            for piece in answer.chunks(answer.len().div_ceil(8).max(1)) {
                client.write_all(piece).await?;
                client.flush().await?;
                sleep(Duration::from_millis(2)).await;
            }
            client.shutdown().await
        }
        fault => {
            client.write_all(&fault.after_acting(answer)).await?;
            client.shutdown().await
        }
    }
}

/// Head and body of a request, with `Connection: close` put in, so that the answer has an end.
async fn read_request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = head_end(&bytes) {
            break end;
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let whole = head + content_length(&bytes);
    while bytes.len() < whole {
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let first_line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0) + 1;
    let mut request = bytes.get(..first_line).unwrap_or_default().to_vec();
    request.extend_from_slice(b"connection: close\r\n");
    request.extend_from_slice(bytes.get(first_line..).unwrap_or_default());
    Ok(request)
}

/// Where the head ends and the body begins.
pub fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn body_length(bytes: &[u8]) -> usize {
    bytes.len() - head_end(bytes).unwrap_or(bytes.len())
}

fn content_length(bytes: &[u8]) -> usize {
    let head = String::from_utf8_lossy(
        bytes
            .get(..head_end(bytes).unwrap_or(0))
            .unwrap_or_default(),
    );
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    length.unwrap_or(0)
}
