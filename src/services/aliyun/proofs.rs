//! The vendor's own answers that prove that nothing was done, each with its evidence.

use super::codes::NO_RUN;
use crate::client::{Content, Marker, Proof};

/// Its codes count more than the status, which may even be 200.
pub(super) const PROOFS: &[Proof] = &[
    code(Marker::CodeBegins("Throttling"), GATEWAY),
    code(Marker::Code("SignatureDoesNotMatch"), GATEWAY),
    code(Marker::Code("IncompleteSignature"), GATEWAY),
    code(Marker::CodeBegins("InvalidTimeStamp"), GATEWAY),
    code(Marker::CodeBegins("InvalidAccessKeyId"), GATEWAY),
    code(Marker::CodeBegins("InvalidSecurityToken"), GATEWAY),
    code(Marker::Code("InvalidApi.NotFound"), GATEWAY),
    code(Marker::Code("UnsupportedHTTPMethod"), GATEWAY),
    code(Marker::CodeBegins("InvalidParam"), GATEWAY),
    code(Marker::CodeBegins("Missing"), GATEWAY),
    code(Marker::CodeBegins("Forbidden"), GATEWAY),
    code(Marker::Code("InvalidUser.NotFound"), PRODUCT),
    code(Marker::Code("InvalidOrganization.NotFound"), PRODUCT),
    code(Marker::Code("InvalidPipeline.NotFound"), PRODUCT),
    code(Marker::Code(NO_RUN), PRODUCT),
];

const GATEWAY: &str = "the vendor's table of public error codes: the gateway refuses before the \
                       product sees the request";
const PRODUCT: &str = "the product's own error codes, on the page of the operation: what was \
                       named does not exist or may not be used";

const fn code(marker: Marker, evidence: &'static str) -> Proof {
    Proof {
        status: &[200, 400, 403, 404, 429, 500, 503],
        content: Content::Json,
        marker,
        evidence,
    }
}
