//! Where Azure DevOps keeps the mark of a start: nowhere, unless the pipeline has a variable or a
//! template parameter for it. A variable that a pipeline does not let its callers set is refused,
//! and so is an unknown parameter. The list of builds shows both.

use serde_json::Value;

use super::types::{Build, RunPipelineParameters, Variable};
use crate::error::{Error, Result};
use crate::json;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::run::Run;
use crate::service::Service;

/// Puts a mark on a request, where the caller has named a place.
pub(super) fn put(
    request: &mut RunPipelineParameters,
    mark: &Mark,
    place: &MarkPlace,
) -> Result<Trace> {
    match place {
        MarkPlace::Usual | MarkPlace::Nowhere => Ok(Trace::Unseen),
        MarkPlace::Variable(name) => {
            let is_same = |given: &String| given.eq_ignore_ascii_case(name);
            if request.variables.keys().any(is_same) {
                return Err(taken("variable", name));
            }
            let (is_secret, value) = (None, Some(mark.to_string()));
            let variable = Variable { is_secret, value };
            request.variables.insert(name.clone(), variable);
            Ok(Trace::Shown)
        }
        MarkPlace::Parameter(name) => {
            let is_same = |given: &String| given.eq_ignore_ascii_case(name);
            if request.template_parameters.keys().any(is_same) {
                return Err(taken("template parameter", name));
            }
            let parameters = &mut request.template_parameters;
            parameters.insert(name.clone(), mark.to_string());
            Ok(Trace::Shown)
        }
    }
}

/// Whether a build bears a mark. One that does not show what was set when it was queued says
/// nothing, and neither does one that hides the variable, as the service does with secret ones.
pub(super) fn bears(run: &Run, mark: &Mark, place: &MarkPlace) -> Option<bool> {
    let build = run.vendor::<Build>()?;
    let is_mark = |value: &Value| value.as_str() == Some(mark.as_str());
    // By its value alone: names of variables have no case.
    match place {
        MarkPlace::Usual | MarkPlace::Nowhere => None,
        // One text of JSON: the variables that were set when the build was queued.
        MarkPlace::Variable(name) => {
            let recorded = json::tree(build.parameters.as_deref()?.as_bytes())?;
            let recorded = recorded.as_object()?;
            let hidden = |(key, value): (&String, &Value)| {
                key.eq_ignore_ascii_case(name) && (!value.is_string() || value == "***")
            };
            match recorded.values().any(is_mark) {
                false if recorded.iter().any(hidden) => None,
                shown => Some(shown),
            }
        }
        MarkPlace::Parameter(_) => {
            let recorded = build.template_parameters.as_ref()?;
            Some(recorded.values().any(is_mark))
        }
    }
}

fn taken(what: &str, name: &str) -> Error {
    let detail = format!("the request sets the {what} {name}, which is meant to carry the mark");
    Error::configuration(detail)
        .on_service(Service::AzureDevops)
        .advise("Name another one for the mark, or leave it out of the request.")
}
