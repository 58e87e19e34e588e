//! The envelope around every answer with status 200, and the refusals inside it.

use http::StatusCode;

use super::fault::{Fault, said};
use super::{codes, types};
use crate::error::ErrorKind;
use crate::retry::Again;
use crate::transport::Refusal;

/// What every answer says about itself.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    success: Option<bool>,
    code: Option<&'a str>,
    message: Option<&'a str>,
    request_id: Option<&'a str>,
}

/// An answer in the envelope.
pub(super) trait Envelope {
    fn parts(&self) -> Parts<'_>;
}

macro_rules! envelopes {
    ($($answer:ident),* $(,)?) => {$(
        impl Envelope for types::$answer {
            fn parts(&self) -> Parts<'_> {
                Parts {
                    success: self.success,
                    code: self.error_code.as_deref(),
                    message: self.error_message.as_deref(),
                    request_id: self.request_id.as_deref(),
                }
            }
        }
    )*};
}

envelopes!(
    GetPipelineJobRunLogResponse,
    GetPipelineResponse,
    GetPipelineRunResponse,
    ListPipelineRunsResponse,
    ListPipelinesResponse,
    StartPipelineRunResponse,
    StopPipelineRunResponse,
);

/// The refusal inside an answer with status 200: `success` is `false`, or it is missing and there
/// is an error's code. The official SDK does not notice it.
pub(super) fn refusal(answer: &impl Envelope) -> Option<Refusal> {
    let parts = answer.parts();
    let code = parts.code.and_then(said);
    if parts.success.unwrap_or(code.is_none()) {
        return None;
    }
    let mut refusal = Refusal::by_status(StatusCode::OK, None);
    (refusal.kind, refusal.again) = (ErrorKind::Refused, Again::No);
    codes::apply(&mut refusal, code.unwrap_or_default(), None);
    let fault = Fault::of(|names| {
        let value = match names.first() {
            Some(&"code") => parts.code,
            Some(&"message") => parts.message,
            Some(&"requestId") => parts.request_id,
            _ => None,
        };
        value.and_then(said).map(str::to_owned)
    });
    let silent = fault.code.is_none() && fault.sentences.is_empty();
    fault.put_on(&mut refusal);
    Some(match silent {
        true => refusal.detail("the answer says that it is no success, and not why"),
        false => refusal,
    })
}

/// What a refusal says, in one sentence, for a warning.
pub(super) fn objection(answer: &impl Envelope) -> Option<String> {
    let refusal = refusal(answer)?;
    let mut words: Vec<String> = refusal.code.into_iter().collect();
    words.extend(refusal.sentences);
    Some(match words.is_empty() {
        true => "The run was started; the answer calls itself no success.".to_owned(),
        false => format!(
            "The run was started; the answer also says: {}",
            words.join(": ")
        ),
    })
}
