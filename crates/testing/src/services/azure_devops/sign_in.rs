//! Who is asking, and the three ways of saying that the caller is unknown.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::exceptions::exception;
use crate::accepted::Accepted;
use crate::{Answer, Incoming};

/// The realm that the empty 401 names.
const CHALLENGE: &str = "Basic realm=\"https://sandbox.visualstudio.com/\"";

/// Checks the credentials: a personal access token as the password of Basic with any user, or a
/// bearer token; the service takes a bearer token as a password too.
///
/// * None at all: an empty 401 when the client asks not to be redirected
///   (`X-TFS-FedAuthRedirect: Suppress`), else a redirect to a page to sign in at.
/// * Wrong ones: 203 with such a page on reads and starts, an empty 401 on everything else.
pub(super) fn check(request: &Incoming, accepted: &Accepted, url: &str) -> Result<(), Answer> {
    let suppressed = request
        .header("x-tfs-fedauthredirect")
        .is_some_and(|value| value.eq_ignore_ascii_case("suppress"));
    if request.header("authorization").is_none_or(str::is_empty) {
        return Err(if suppressed {
            unauthorized(request)
        } else {
            redirect(request, url)
        });
    }
    if let Some(token) = request.authorization("Bearer") {
        return if token == accepted.azure_devops_token {
            Ok(())
        } else {
            Err(page(request))
        };
    }
    let Some(encoded) = request.authorization("Basic") else {
        return Err(unauthorized(request));
    };
    // Not decodable, such as with one `=` too many: 401 (evidence: a public report).
    let Ok(decoded) = BASE64_STANDARD.decode(encoded) else {
        return Err(unauthorized(request));
    };
    let decoded = String::from_utf8_lossy(&decoded);
    let password = decoded.split_once(':').map(|(_, password)| password);
    match password {
        Some(given) if given == accepted.azure_devops_pat => Ok(()),
        Some(given) if given == accepted.azure_devops_token => Ok(()),
        _ => Err(page(request)),
    }
}

/// 401: with the reason as an answer to a PATCH, with nothing in it to everything else (evidence:
/// recorded answers, and a public report for the PATCH).
fn unauthorized(request: &Incoming) -> Answer {
    let answer = if request.method == "PATCH" {
        let sentence = "TF400813: The user '' is not authorized to access this resource.";
        exception(401, "UnauthorizedRequestException", sentence)
    } else {
        Answer::empty(401)
    };
    answer.with("www-authenticate", CHALLENGE)
}

fn redirect(request: &Incoming, url: &str) -> Answer {
    let body = "<html><head><title>Object moved</title></head><body></body></html>";
    Answer::typed(302, "text/html; charset=utf-8", body).with(
        "location",
        format!("{url}/_signin?reply_to={}", request.path),
    )
}

fn page(request: &Incoming) -> Answer {
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return unauthorized(request);
    }
    let body = "<!DOCTYPE html>\n<html><head><title>Azure DevOps Services | Sign In</title></head>\
                <body>Sign in to your account.</body></html>\n";
    Answer::typed(203, "text/html; charset=utf-8", body)
}
