//! The list of answers that prove that nothing was done, each with its evidence.
//!
//! What is not on it leaves the outcome of a start unknown. An entry is added only with evidence.

use crate::client::{Content, Marker, Proof};
use crate::service::Service;

/// Every proof there is.
pub(crate) const PROOFS: &[Proof] = &[
    // Any HTTP server.
    Proof {
        service: None,
        status: &[401],
        content: Content::Any,
        marker: Marker::None,
        evidence: "RFC 9110, 15.5.2: the request has not been applied, for want of a valid \
                   credential",
    },
    Proof {
        service: None,
        status: &[
            400, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 417, 421, 422,
            426, 428, 431, 451,
        ],
        content: Content::Any,
        marker: Marker::None,
        evidence: "RFC 9110, 15.5; RFC 6585, 3 and 5; RFC 7725: the server says that it does not \
                   carry out the request. Not in here: 408 and 499 (a proxy gave up on what it may \
                   have passed on) and every status that no standard defines",
    },
    Proof {
        service: None,
        status: &[429],
        content: Content::Any,
        marker: Marker::None,
        evidence: "RFC 6585, 4, and the four vendors' pages on their limits: refused for its rate",
    },
    // Azure DevOps.
    Proof {
        service: Some(Service::AzureDevops),
        status: &[203],
        content: Content::Html,
        marker: Marker::Title("sign in"),
        evidence: "auth-samples issue 52, vsts-rest-api-specs issues 97 and 574: what a token that \
                   is not accepted brings, for POST too",
    },
    Proof {
        service: Some(Service::AzureDevops),
        status: &[302],
        content: Content::Any,
        marker: Marker::Location("_signin"),
        evidence: "testfx issue 10983, azure-devops-docs issue 13661: the redirect to the sign-in \
                   page, in place of a 401",
    },
    Proof {
        service: Some(Service::AzureDevops),
        status: &[503],
        content: Content::Json,
        marker: Marker::Says("TF24668"),
        evidence: "recorded four times: the organization is stopped and does nothing at all",
    },
    // Aliyun: its codes count more than the status, which may even be 200.
    aliyun(Marker::CodeBegins("Throttling"), GATEWAY),
    aliyun(Marker::Code("SignatureDoesNotMatch"), GATEWAY),
    aliyun(Marker::Code("IncompleteSignature"), GATEWAY),
    aliyun(Marker::CodeBegins("InvalidTimeStamp"), GATEWAY),
    aliyun(Marker::CodeBegins("InvalidAccessKeyId"), GATEWAY),
    aliyun(Marker::CodeBegins("InvalidSecurityToken"), GATEWAY),
    aliyun(Marker::Code("InvalidApi.NotFound"), GATEWAY),
    aliyun(Marker::Code("UnsupportedHTTPMethod"), GATEWAY),
    aliyun(Marker::CodeBegins("InvalidParam"), GATEWAY),
    aliyun(Marker::CodeBegins("Missing"), GATEWAY),
    aliyun(Marker::CodeBegins("Forbidden"), GATEWAY),
    aliyun(Marker::Code("InvalidUser.NotFound"), PRODUCT),
    aliyun(Marker::Code("InvalidOrganization.NotFound"), PRODUCT),
    aliyun(Marker::Code("InvalidPipeline.NotFound"), PRODUCT),
    aliyun(Marker::Code("InvalidPipelineRun.NotFound"), PRODUCT),
];

const GATEWAY: &str = "the vendor's table of public error codes: the gateway refuses before the \
                       product sees the request";
const PRODUCT: &str = "the product's own error codes, on the page of the operation: what was \
                       named does not exist or may not be used";

const fn aliyun(marker: Marker, evidence: &'static str) -> Proof {
    Proof {
        service: Some(Service::Aliyun),
        status: &[200, 400, 403, 404, 429, 500, 503],
        content: Content::Json,
        marker,
        evidence,
    }
}
