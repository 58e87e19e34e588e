//! A command line that starts a run in the sandbox.

use runpipe::Service;
use runpipe_testing::Sandbox;

use crate::services;

/// The words after `runpipe`, for the first pipeline of a service that can be started; `None` when
/// the sandbox does not have the service.
pub fn start(sandbox: &Sandbox, service: Service) -> Option<Vec<String>> {
    let pipelines = sandbox.pipelines(service);
    let mut ready = pipelines
        .iter()
        .filter(|pipeline| !pipeline.disabled && !pipeline.any_ref);
    let pipeline = ready.next()?;
    let vendor = services::of(service).ok()?;
    let (place, request) = vendor.example();
    let mut words = vec!["start".to_owned(), service.name().to_owned()];
    let place = place.iter().zip(&pipeline.place);
    for (flag, value) in place.filter(|(flag, _)| !flag.is_empty()) {
        words.extend([(*flag).to_owned(), value.clone()]);
    }
    words.extend(["--pipeline".to_owned(), pipeline.id.clone()]);
    words.extend(request.iter().map(|word| (*word).to_owned()));
    Some(words)
}
