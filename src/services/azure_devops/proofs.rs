//! The vendor's own answers that prove that nothing was done, each with its evidence.

use crate::client::{Content, Marker, Proof};

pub(super) const PROOFS: &[Proof] = &[
    Proof {
        status: &[203],
        content: Content::Html,
        marker: Marker::Title("sign in"),
        evidence: "auth-samples issue 52, vsts-rest-api-specs issues 97 and 574: what a token that \
                   is not accepted brings, for POST too",
    },
    Proof {
        status: &[302],
        content: Content::Any,
        marker: Marker::Location("_signin"),
        evidence: "testfx issue 10983, azure-devops-docs issue 13661: the redirect to the sign-in \
                   page, in place of a 401",
    },
    Proof {
        status: &[503],
        content: Content::Json,
        marker: Marker::Says("TF24668"),
        evidence: "recorded four times: the organization is stopped and does nothing at all",
    },
];
