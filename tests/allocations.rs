//! The promise: a call costs few allocations. They do not depend on the machine; time does.

#[path = "../benches/fixture/answers.rs"]
mod answers;

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::{
    Builder, HttpClient, ResponseBody, Runs, SendError, ServiceClient, aliyun, azure_devops, buddy,
    matillion, yunxiao,
};
use tokio::runtime::Runtime;

/// As long as the vendors' tokens are.
const TOKEN: &str = "q7x2v9k4m1z8w5r3t6y0p2s8d4f1g7h3j9l5n0b6c2e8";

/// Every service, in this process: what stands below a call is not counted here.
struct Services;

impl HttpClient for Services {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        let mut answered = None;
        allocation_counter::opt_out(|| {
            let body = answers::answer(request.uri().path());
            let mut response = http::Response::new(ResponseBody::from(Bytes::from(body)));
            let headers = response.headers_mut();
            for (name, value) in [
                (http::header::CONTENT_TYPE, "application/json"),
                (http::header::DATE, "Sat, 21 Nov 2026 10:00:00 GMT"),
                (http::header::SERVER, "canned"),
            ] {
                headers.insert(name, http::HeaderValue::from_static(value));
            }
            answered = Some(async { Ok(response) }.boxed());
        });
        answered.expect("an answer")
    }
}

fn client<C: ServiceClient>(credentials: C::Credentials) -> C {
    Builder::new()
        .credentials(credentials)
        .http_client(Arc::new(Services))
        .requests_per_second(1e9)
        .build()
        .expect("a client")
}

/// The allocations of a call, once nothing is made for the first time any more.
fn allocations<T, F: Future<Output = runpipe::Result<T>>>(call: impl Fn() -> F) -> u64 {
    let runtime = Runtime::new().expect("a runtime");
    let once = || drop(runtime.block_on(call()).expect("an answer"));
    (0..3).for_each(|_| once());
    // What a call happens to do for those that follow is not its own.
    let taken = (0..16).map(|_| allocation_counter::measure(once).count_total);
    taken.min().unwrap_or_default()
}

/// How many a read and a start may take on a service.
fn holds<C: ServiceClient>(
    client: &C,
    run: &str,
    pipeline: &C::Pipeline,
    request: &C::Request,
    [read, start]: [u64; 2],
) -> bool {
    let run = run.parse().expect("a reference");
    let taken = [
        allocations(|| Runs::get(client, &run)),
        allocations(|| client.start(pipeline, request)),
    ];
    println!("{}: {taken:?} allocations to read and to start", C::SERVICE);
    taken[0] <= read && taken[1] <= start
}

#[test]
fn a_call_takes_few_allocations() {
    let azure: azure_devops::Client = client(azure_devops::Credentials::pat(TOKEN));
    let pipeline = azure_devops::PipelineRef::new("acme", "My Project", 2);
    let mut request = azure_devops::types::RunPipelineParameters::default();
    let parameters = &mut request.template_parameters;
    parameters.insert("environment".to_owned(), "test".to_owned());
    let run = "azure-devops/acme/My%20Project/2/31";
    let held = holds(&azure, run, &pipeline, &request, [40, 49]);

    let matillion: matillion::Client = client(matillion::Credentials::token(TOKEN));
    let project = matillion::ProjectRef::new("p");
    let request = matillion::types::ExecutePublishedPipelineRequest::builder()
        .environment_name("Production")
        .pipeline_name("Nightly load")
        .try_into()
        .expect("a request");
    let held = held & holds(&matillion, "matillion/p/31", &project, &request, [28, 26]);

    let aliyun: aliyun::Client = client(aliyun::Credentials::access_key("id", TOKEN));
    let pipeline = aliyun::PipelineRef::new("5ebbc", 2);
    let mut params = aliyun::types::StartPipelineRunParams::default();
    params.envs.insert("VERSION".to_owned(), "1.2.3".to_owned());
    let held = held & holds(&aliyun, "aliyun/5ebbc/2/31", &pipeline, &params, [46, 36]);

    let yunxiao: yunxiao::Client = client(yunxiao::Credentials::token(TOKEN));
    let pipeline = yunxiao::PipelineRef::new("5ebbc", 2);
    let mut params = yunxiao::types::CreatePipelineRunParams::default();
    params.envs.insert("VERSION".to_owned(), "1.2.3".to_owned());
    let held = held & holds(&yunxiao, "yunxiao/5ebbc/2/31", &pipeline, &params, [39, 26]);

    let buddy: buddy::Client = client(buddy::Credentials::token(TOKEN));
    let pipeline = buddy::PipelineRef::new("acme", "site", 2);
    let request = buddy::types::RunExecutionRequest {
        comment: Some("hotfix".to_owned()),
        ..Default::default()
    };
    let held = held
        & holds(
            &buddy,
            "buddy/acme/site/2/31",
            &pipeline,
            &request,
            [44, 53],
        );
    assert!(held, "more than before: see above");
}
