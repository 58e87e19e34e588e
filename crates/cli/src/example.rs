//! A command line that starts a run in the sandbox.

use runpipe::Service;
use runpipe_testing::Sandbox;

/// The words after `runpipe`, for the first pipeline of a service that can be started; `None` when
/// the sandbox does not have the service.
pub fn start(sandbox: &Sandbox, service: Service) -> Option<Vec<String>> {
    let pipelines = sandbox.pipelines(service);
    let mut ready = pipelines
        .iter()
        .filter(|pipeline| !pipeline.disabled && !pipeline.any_ref);
    let pipeline = ready.next()?;
    // What each part of the place is called; Matillion's second part is the project's name.
    let flags: &[&str] = match service {
        Service::AzureDevops => &["--organization", "--project"],
        Service::Matillion => &["--project-id", "", "--environment"],
        Service::Aliyun => &["--organization-id"],
        Service::Buddy => &["--workspace", "--project"],
        _ => return None,
    };
    let request: &[&str] = match service {
        Service::AzureDevops => &["--branch", "main"],
        Service::Matillion => &["--var", "day=monday"],
        Service::Aliyun => &["--env", "GREETING=hello", "--comment", "example"],
        _ => &["--branch", "main", "--comment", "example"],
    };
    let mut words = vec!["start".to_owned(), service.name().to_owned()];
    for (flag, value) in flags
        .iter()
        .zip(&pipeline.place)
        .filter(|(flag, _)| !flag.is_empty())
    {
        words.extend([(*flag).to_owned(), value.clone()]);
    }
    words.extend(["--pipeline".to_owned(), pipeline.id.clone()]);
    words.extend(request.iter().map(|word| (*word).to_owned()));
    Some(words)
}
