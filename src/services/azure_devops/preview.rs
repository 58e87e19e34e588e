//! What a run would execute, without starting one.

use super::{Client, PipelineRef, api, operations, send_run, types};
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
    /// answer is a run and no preview: the error names that run.
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
        let answer = send_run(&call, pipeline, &request).await?;
        match (answer.final_yaml, answer.id) {
            (Some(yaml), _) => Ok(yaml),
            (None, Some(id)) if id > 0 => {
                let error = no_yaml("runPipeline", ErrorKind::OutcomeUnknown);
                Err(error
                    .about_run(pipeline.run(id).ok())
                    .advise("Look at the run that is named, and cancel it if it is not wanted."))
            }
            (None, _) => Err(no_yaml("runPipeline", ErrorKind::Undecodable)),
        }
    }
}

fn no_yaml(operation: &'static str, kind: ErrorKind) -> Error {
    Error::new(kind)
        .to(Service::AzureDevops, operation)
        .detail("the answer holds no YAML, so it is no preview")
}
