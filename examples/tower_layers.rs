//! Puts layers of tower between runpipe and the network.
//!
//! `BUDDY_TOKEN=… cargo run --example tower_layers -- WORKSPACE PROJECT PIPELINE_ID`, with `RUNPIPE_BUDDY_URL` for a
//! server other than that of the US region, such as the sandbox.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use runpipe::buddy::{Client, Credentials, PipelineRef, types::RunExecutionRequest};
use runpipe::{BoxFuture, HttpClient, ReqwestClient, ResponseBody, SendError};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt, service_fn};

type Request = http::Request<Bytes>;
type Response = http::Response<ResponseBody>;

/// Any tower service that takes a request and gives a response.
struct Tower<S>(S);

impl<S> HttpClient for Tower<S>
where
    S: Service<Request, Response = Response, Error = BoxError> + Clone + Send + Sync,
    S::Future: Send,
{
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            let outcome = self.0.clone().oneshot(request).await;
            outcome.map_err(|error| match error.downcast::<SendError>() {
                Ok(error) => *error,
                // A layer gave up, here because time ran out. The request may have left by then: only
                // what is certain not to have left may be called `not_sent`, or a start happens twice.
                Err(error) => SendError::perhaps_sent(error.to_string()),
            })
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(workspace), Some(project), Some(pipeline)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("give a workspace, a project and the number of a pipeline".into());
    };
    let token = std::env::var("BUDDY_TOKEN").map_err(|_| "set BUDDY_TOKEN")?;

    // No layer that repeats a request (`tower::retry`): that is runpipe's own business.
    let reqwest = Arc::new(ReqwestClient::new(Duration::from_secs(10))?);
    let service = ServiceBuilder::new()
        .map_request(|request: Request| {
            println!("{} {}", request.method(), request.uri().path());
            request
        })
        .timeout(Duration::from_secs(20))
        .service(service_fn(move |request| {
            let reqwest = reqwest.clone();
            async move { reqwest.send(request).await }
        }));

    let mut builder = Client::builder()
        .credentials(Credentials::token(token))
        .http_client(Arc::new(Tower(service)));
    if let Ok(url) = std::env::var("RUNPIPE_BUDDY_URL") {
        builder = builder.base_url(url);
    }
    let pipeline = PipelineRef::new(workspace, project, pipeline.parse()?);
    let run = builder
        .build()?
        .start(&pipeline, &RunExecutionRequest::default())
        .await?;
    println!("{}", run.reference);
    Ok(())
}
