//! A proxy on loopback that stands before a service and breaks what passes, as it is told.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use runpipe::Service;
use runpipe_testing::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::RwLock;
use tokio::task::JoinHandle;

use super::body::true_id;
use super::step::{Place, Step, is_refusal};
use super::wire::{self, Answer, Request, head_end};

/// What is to come, and what came.
#[derive(Default)]
pub struct Plan {
    /// What the next requests meet, in their order; nothing once they are used up.
    pub steps: VecDeque<Step>,
    /// The same for requests for a token.
    pub token: VecDeque<Step>,
    /// How long a request travels there, and its answer back.
    pub travels: (Duration, Duration),
    /// How long the service takes to create a run.
    pub creates: Duration,
    /// What an echo repeats, where the request shows no token.
    pub secret: String,
    /// What a request for a token has in it in place of a token that was not given yet.
    pub own_secret: String,
    pub seen: Vec<Seen>,
}

impl Plan {
    /// What an echo repeats, where the request shows no token. Nobody repeats a token that the client
    /// was never given.
    fn repeated(&self, is_token: bool) -> String {
        let shows = |seen: &Seen| seen.token.as_deref() == Some(&self.secret);
        match is_token && !self.seen.iter().any(shows) {
            true => self.own_secret.clone(),
            false => self.secret.clone(),
        }
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub is_start: bool,
    pub is_token: bool,
    /// The run that it began.
    pub began: Option<String>,
    /// Whether its answer proves that nothing was done.
    pub proven: bool,
    /// The token that it showed.
    pub token: Option<String>,
}

pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

struct Shared {
    sandbox: Arc<Sandbox>,
    service: Service,
    upstream: SocketAddr,
    plan: Mutex<Plan>,
    /// Held while a request is on its way to the service.
    under_way: RwLock<()>,
}

impl Proxy {
    /// Stands before a service of a sandbox.
    pub async fn before(sandbox: Arc<Sandbox>, service: Service) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let url = sandbox.url(service);
        let upstream = url.trim_start_matches("http://").split('/').next();
        let upstream = upstream
            .and_then(|text| text.parse().ok())
            .expect("host:port");
        let shared = Arc::new(Shared {
            sandbox,
            service,
            upstream,
            plan: Mutex::default(),
            under_way: RwLock::default(),
        });
        let serving = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = serving.clone();
                // A broken connection is this proxy's trade.
                tokio::spawn(async move { drop(shared.serve(client).await) });
            }
        });
        Ok(Proxy {
            shared,
            address,
            task,
        })
    }

    /// Its address, by one of the names of this machine.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.address.port())
    }

    pub fn plan(&self) -> MutexGuard<'_, Plan> {
        self.shared.plan.lock().unwrap()
    }

    /// Waits until nothing is on its way to the service any more.
    pub async fn rest(&self) {
        drop(self.shared.under_way.write().await);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap()
    }

    /// One request on one connection.
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        // A step is taken when a request begins, not when a connection is made and left unused.
        let mut first = [0; 256];
        let came = client.peek(&mut first).await?;
        if came == 0 {
            return Ok(());
        }
        let guard = self.under_way.read().await;
        let is_token = wire::is_for_a_token(&first[..came]);
        let step = {
            let mut plan = self.plan();
            let steps = if is_token {
                &mut plan.token
            } else {
                &mut plan.steps
            };
            steps.pop_front()
        };
        match &step {
            Some(step) if step.place == Place::BeforeReading => return Ok(()),
            Some(step) if step.place == Place::Early => {
                let secret = self.plan().repeated(is_token);
                let answer = self.spoiled(step, None, &secret);
                client.write_all(&answer.bytes()).await?;
            }
            _ => {}
        }
        let request = Request::read(&mut client).await?;
        let is_start = request.is_post() && !is_token;
        let (truth, began) = match step.as_ref().is_none_or(|step| step.acts) {
            true => self.forward(&request, is_token).await?,
            false => (None, None),
        };
        let proven = match &step {
            Some(step) => step.proves(self.service),
            None => truth.as_ref().is_some_and(|truth| is_refusal(truth.status)),
        };
        self.plan().seen.push(Seen {
            is_start,
            is_token,
            proven: proven && began.is_none(),
            began,
            token: request.bearer(),
        });
        drop(guard);
        match step {
            None => {
                let truth = truth.unwrap_or_default();
                client.write_all(&truth.bytes()).await?;
            }
            Some(step) => {
                let secret = self.secret(&request, is_token);
                self.answer(&mut client, &step, truth, &secret).await?;
            }
        }
        client.shutdown().await
    }

    /// Gives a request to the service: its answer, and the run that it began.
    async fn forward(
        &self,
        request: &Request,
        is_token: bool,
    ) -> io::Result<(Option<Answer>, Option<String>)> {
        let (travels, creates) = {
            let plan = self.plan();
            (plan.travels, plan.creates)
        };
        self.sandbox.advance(travels.0);
        if request.is_post() && !is_token {
            self.sandbox.advance(creates);
        }
        if is_token && self.service == Service::AzureDevops {
            let token = &self.sandbox.accepted().azure_devops_token;
            return Ok((Some(Answer::token(token)), None));
        }
        let before = self.sandbox.started(self.service);
        let mut upstream = TcpStream::connect(self.upstream).await?;
        upstream.write_all(request.bytes()).await?;
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).await?;
        let answer = Answer::read(&answer);
        let began = (self.sandbox.started(self.service) > before)
            .then(|| true_id(self.service, &answer.body).unwrap_or_default());
        self.sandbox.advance(travels.1);
        Ok((Some(answer), began))
    }

    async fn answer(
        &self,
        client: &mut TcpStream,
        step: &Step,
        truth: Option<Answer>,
        secret: &str,
    ) -> io::Result<()> {
        let answer = self.spoiled(step, truth, secret);
        let bytes = answer.bytes();
        let head = head_end(&bytes).unwrap_or(bytes.len());
        match step.place {
            Place::BeforeReading | Place::AfterReading | Place::AfterActing | Place::Early => {}
            Place::Nowhere | Place::AfterBody => client.write_all(&bytes).await?,
            Place::InHead(part) => {
                let end = (head * part / 1_000).min(head - 1);
                client.write_all(&bytes[..end]).await?;
            }
            Place::InBody(part) => {
                let end = head + (bytes.len() - head) * part / 1_000;
                client.write_all(&bytes[..end]).await?;
            }
            Place::InSecret(part) => {
                let echo = step.body.echo(secret).unwrap_or_default();
                let body = &bytes[head..];
                let at = body
                    .windows(echo.len().max(1))
                    .position(|at| at == echo.as_bytes());
                let end = head + at.unwrap_or(body.len()) + echo.len() * part / 1_000;
                client.write_all(&bytes[..end.min(bytes.len())]).await?;
            }
            Place::NoHttp => client.write_all(&answer.body).await?,
            Place::Silence => {
                // The client gives up and closes; that ends the wait.
                let gone = client.read_u8();
                let _ = tokio::time::timeout(Duration::from_secs(30), gone).await;
            }
            Place::Drip => {
                for piece in bytes.chunks(bytes.len().div_ceil(8).max(1)) {
                    client.write_all(piece).await?;
                    client.flush().await?;
                    tokio::task::yield_now().await;
                }
            }
        }
        Ok(())
    }

    /// What an echo repeats of a request.
    fn secret(&self, request: &Request, is_token: bool) -> String {
        let planned = || self.plan().repeated(is_token);
        request.bearer().unwrap_or_else(planned)
    }

    /// The answer of a step.
    fn spoiled(&self, step: &Step, truth: Option<Answer>, secret: &str) -> Answer {
        let truth = truth.unwrap_or_default();
        let callers = wire::http_date(self.sandbox.client_now());
        let mut answer = Answer {
            status: step.status.unwrap_or(truth.status),
            headers: truth.headers,
            body: step.body.bytes(self.service, &truth.body, secret),
            promised: usize::from(step.place == Place::AfterBody) * 7,
        };
        if let Some(kind) = step.content_type {
            answer.set("content-type", kind.to_owned());
        }
        if let Some(encoding) = step.body.encoding() {
            answer.set("content-encoding", encoding.to_owned());
        }
        for header in &step.headers {
            let (name, value) = header.line(&callers, secret);
            answer.set(name, value);
        }
        answer
    }
}
