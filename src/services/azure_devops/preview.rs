//! What a run would execute, without starting one.

use super::{Client, PipelineRef, api, normalize, operations, send_run, types};
use crate::error::{Error, ErrorKind, Result};
use crate::place::Place;
use crate::service::Service;

impl Client {
    /// The pipeline's YAML with all templates expanded (`previewPipeline`). Starts nothing, so the
    /// scope Build (read) is enough. `yamlOverride` takes the place of the committed YAML.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] with the vendor's sentences when the YAML or a parameter is
    /// wrong; [`ErrorKind::Undecodable`] when the answer holds no YAML; every kind that a read can
    /// end in.
    pub async fn preview(
        &self,
        pipeline: &PipelineRef,
        request: &types::RunPipelineParameters,
    ) -> Result<String> {
        let call = pipeline.call(&self.session, &operations::PREVIEW_PIPELINE);
        let api = api(&call);
        let mut send = api.preview_pipeline();
        if let Some(version) = pipeline.pipeline_version {
            send = send.pipeline_version(version);
        }
        let preview = send.body(request).send().await?;
        preview
            .final_yaml
            .ok_or_else(|| no_yaml("previewPipeline", ErrorKind::Undecodable))
    }

    /// The same with the operation that starts runs (`runPipeline` with `previewRun`), for a server
    /// that has no Preview operation. `previewRun` is set here.
    ///
    /// Needs the scope to start runs. A server that ignores `previewRun` starts a run, so this is
    /// never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::preview`]; [`ErrorKind::OutcomeUnknown`] when no clear answer came, or when the
    /// answer is no preview: the error names the run that it names.
    pub async fn preview_run(
        &self,
        pipeline: &PipelineRef,
        request: &types::RunPipelineParameters,
    ) -> Result<String> {
        let call = pipeline.call(&self.session, &operations::RUN_PIPELINE);
        let request = types::RunPipelineParameters {
            preview_run: Some(true),
            ..request.clone()
        };
        let mut answer = send_run(&call, pipeline, &request).await;
        if let Some(yaml) = answer.as_mut().ok().and_then(|run| run.final_yaml.take()) {
            return Ok(yaml);
        }
        // What is no preview is the answer to a start.
        let started = call.started(
            answer,
            |answer| normalize::started(pipeline, &request, answer),
            |run| normalize::named(pipeline, run),
        );
        let error = no_yaml("runPipeline", ErrorKind::OutcomeUnknown);
        Err(error
            .about_run(Some(started?.reference))
            .advise("Look at the run that is named, and cancel it if it is not wanted."))
    }
}

fn no_yaml(operation: &'static str, kind: ErrorKind) -> Error {
    Error::new(kind)
        .to(Service::AzureDevops, operation)
        .detail("the answer holds no YAML, so it is no preview")
}
