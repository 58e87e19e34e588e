//! What Aliyun's codes mean. They decide before the status does: throttling comes as HTTP 400, and
//! any refusal may come inside an answer with status 200 (vendor pages).

use std::time::Duration;

use crate::client::{Again, Refusal};
use crate::error::ErrorKind;

/// The clock of this machine is more than 15 minutes off.
pub(super) const EXPIRED: &str = "InvalidTimeStamp.Expired";
/// The signature is not the one that the service computes.
pub(super) const SIGNATURE: &str = "SignatureDoesNotMatch";
/// A part of the `Authorization` header is missing.
pub(super) const INCOMPLETE: &str = "IncompleteSignature";
/// There is no such run. The page of the start, which names none, has this code too.
pub(super) const NO_RUN: &str = "InvalidPipelineRun.NotFound";

/// Words in codes that are about the service and not about the request: it may have acted before it
/// failed.
const BROKEN: [&str; 5] = [
    "Internal",
    "ServiceUnavailable",
    "System",
    "Timeout",
    "Unknown",
];

/// Gives a refusal the meaning of a code. `false` when the code is none that is known.
pub(super) fn apply(refusal: &mut Refusal, code: &str, wait: Option<Duration>) -> bool {
    let (kind, again, advice) = match code {
        // Whether the service had begun, it does not say.
        _ if BROKEN.iter().any(|word| code.contains(word)) => {
            (ErrorKind::Unavailable, Again::Ambiguous, None)
        }
        _ if code.starts_with("Throttling") => {
            (ErrorKind::RateLimited, Again::Throttled(wait), None)
        }
        SIGNATURE | INCOMPLETE => (ErrorKind::Authentication, Again::No, Some(SIGNING)),
        // Each attempt has a nonce of its own. A used one means that something on the way sent the
        // same request twice, and that its first copy was accepted.
        "SignatureNonceUsed" => (ErrorKind::Authentication, Again::Ambiguous, Some(NONCE)),
        EXPIRED => (ErrorKind::Authentication, Again::No, Some(CLOCK)),
        "InvalidUser.NotFound" => (ErrorKind::Authentication, Again::No, Some(USER)),
        "Forbidden.UserNotInCurrentOrganization" => {
            (ErrorKind::Authentication, Again::No, Some(MEMBER))
        }
        "InvalidApi.NotFound" => (ErrorKind::NotFound, Again::No, Some(ADDRESS)),
        "InvalidOrganization.NotFound" => (ErrorKind::NotFound, Again::No, Some(ORGANIZATION)),
        "InvalidPipeline.NotFound" => (ErrorKind::NotFound, Again::No, Some(PIPELINE)),
        _ if code.starts_with("InvalidAccessKeyId") => {
            (ErrorKind::Authentication, Again::NewToken, Some(KEY))
        }
        _ if code.starts_with("InvalidSecurityToken") => {
            (ErrorKind::Authentication, Again::NewToken, Some(TOKEN))
        }
        _ if code.starts_with("Forbidden") => (ErrorKind::Authentication, Again::No, Some(RAM)),
        _ if code.ends_with(".NotFound") => (ErrorKind::NotFound, Again::No, None),
        "UnsupportedHTTPMethod" | "InvalidTimeStamp.Format" => {
            (ErrorKind::InvalidRequest, Again::No, None)
        }
        _ if code.starts_with("InvalidParam") || code.starts_with("Missing") => {
            (ErrorKind::InvalidRequest, Again::No, None)
        }
        _ => return false,
    };
    (refusal.kind, refusal.again, refusal.advice) = (kind, again, advice);
    true
}

const SIGNING: &str = "Check that the secret belongs to this access key's id, and that no proxy \
     changes the requests on their way.";
const NONCE: &str = "Something on the way sends requests twice: look at the proxies between here \
     and the service.";
const CLOCK: &str = "Set this machine's clock: the service accepts a time that is at most 15 \
                     minutes off.";
const USER: &str = "The access key's owner is not a user of Yunxiao: let them sign in there once.";
const MEMBER: &str = "Add the access key's owner to the organization, or check the organization's \
     id.";
const ADDRESS: &str = "Check the address: the service there does not have this operation. The \
                       newer API with personal tokens is a different one.";
const ORGANIZATION: &str = "Give the organization's id as in the address of its console, \
     after `/organization/`.";
const PIPELINE: &str = "Give the pipeline's number: the short text that the console's address may \
                        show is not accepted.";
const KEY: &str = "Check that the access key's id is right, and that the key is switched on.";
const TOKEN: &str = "Get new temporary credentials: id, secret and token belong together.";
const RAM: &str = "Let the RAM user's policy allow the actions of the product devops.";
