//! What Azure DevOps does on the wire.

use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Request;

use super::exception::Exception;
use super::proofs::PROOFS;
use crate::client::{
    Again, Answer, Dialect, Moment, Operation, Proof, Refusal, header_text, retry_after, title,
    wait,
};
use crate::error::ErrorKind;
use crate::json;

/// Azure DevOps: sign-in pages instead of refusals, exceptions as JSON, limits as headers.
#[derive(Debug)]
pub(super) struct AzureDevopsDialect;

const REDIRECT: HeaderName = HeaderName::from_static("x-tfs-fedauthredirect");
const SUPPRESS: HeaderValue = HeaderValue::from_static("Suppress");
const PASS_THROUGH: HeaderName = HeaderName::from_static("x-vss-forcemsapassthrough");
const TRUE: HeaderValue = HeaderValue::from_static("true");
const ACTIVITY: HeaderName = HeaderName::from_static("activityid");
const END_TO_END: HeaderName = HeaderName::from_static("x-vss-e2eid");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const DELAY: HeaderName = HeaderName::from_static("x-ratelimit-delay");

/// The collection is stopped, the organization deactivated. A 503 that does not pass (recorded).
const STOPPED: &str = "TF24668";
/// The caller used too much and the request was not carried out (vendor page).
const BLOCKED: &str = "TF400733";
/// The caller is known and may not do this (recorded).
const UNAUTHORIZED: &str = "TF400813";
/// Any failure inside; among others an array given as a template parameter.
const INTERNAL: &str = "TF400898";

impl Dialect for AzureDevopsDialect {
    fn prepare(&self, request: &mut Request, operation: &Operation) {
        let headers = request.headers_mut();
        // Both official SDKs send these two. The first asks for a 401 in place of a redirect to a
        // sign-in page; redirects are not followed here, so nobody can need the redirect.
        headers.insert(REDIRECT, SUPPRESS);
        headers.insert(PASS_THROUGH, TRUE);
        if operation.id == "getBuildLog" {
            // The service also has it as JSON and as an archive, and chooses by this header.
            headers.insert(ACCEPT, HeaderValue::from_static("text/plain"));
        }
    }

    fn most_headers(&self) -> usize {
        2
    }

    fn proofs(&self) -> &'static [Proof] {
        PROOFS
    }

    /// A page instead of an answer. What is JSON is never one: it may hold the id of a run that
    /// was started.
    fn refuses(&self, answer: &Answer) -> bool {
        let suspect = answer.status.as_u16() == 203 || answer.is_html();
        suspect && !looks_like_json(&answer.body)
    }

    /// The field, or the address that ends with it.
    fn run_id(&self, answer: &Answer) -> Option<String> {
        json::number_at(&answer.body, &[&["id"]]).or_else(|| {
            let places: [&[&str]; 2] = [&["url"], &["_links", "self", "href"]];
            let address = json::text_at(&answer.body, &places)?;
            let (_, id) = address.rsplit_once("/runs/")?;
            let id: i64 = id.parse().ok().filter(|id| *id > 0)?;
            Some(id.to_string())
        })
    }

    fn read_refusal(&self, answer: &Answer, now: Moment) -> Refusal {
        let status = answer.status.as_u16();
        let mut refusal = Refusal::by_status(answer.status, self.pause(&answer.headers, now));
        if answer.status.is_success() {
            return match signs_in(answer) {
                true => not_signed_in(refusal, answer, "a sign-in page came in place of an answer"),
                false => refusal.detail("a page came in place of an answer"),
            };
        }
        if status == 302 && answer.header("location").is_some_and(is_sign_in_address) {
            let to = "the service redirects to its sign-in page";
            return not_signed_in(refusal, answer, to);
        }
        let exception = Exception::read(answer);
        let code = exception.code.as_deref().unwrap_or_default();
        let text = exception.sentences.first().map_or("", String::as_str);
        let says = |word: &str| code == word || text.starts_with(word);
        if says(STOPPED) {
            (refusal.kind, refusal.again) = (ErrorKind::Disabled, Again::No);
            refusal = refusal.advise(
                "The organization is stopped, as happens when nobody uses it for long: somebody \
                 has to sign in to it and start it.",
            );
        } else if says(BLOCKED) {
            let wait = self.pause(&answer.headers, now);
            (refusal.kind, refusal.again) = (ErrorKind::RateLimited, Again::Throttled(wait));
        } else if code == "DefinitionDisabledException" {
            // A 400 by the vendor's own table of exceptions; no answer was recorded.
            refusal.kind = ErrorKind::Disabled;
            refusal = refusal.advise("Enable the pipeline in its settings.");
        } else if code == "VssInvalidPreviewVersionException" {
            refusal = refusal.advise(
                "This server has the API only as a preview: set an api-version such as \
                 7.1-preview.1.",
            );
        } else if says(INTERNAL) {
            // Whether the service had begun, it does not say: whatever the status is.
            refusal.again = Again::Ambiguous;
            refusal = refusal.advise(
                "Try again later. If template parameters were given, give each as one string: an \
                 object or a list as its JSON.",
            );
        } else if says(UNAUTHORIZED) || matches!(status, 401 | 403) {
            if refusal.kind != ErrorKind::Authentication {
                (refusal.kind, refusal.again) = (ErrorKind::Authentication, Again::No);
            }
            refusal = refusal.advise(SCOPES);
        } else if status == 404 {
            refusal = refusal.advise(match is_plain_text(answer) {
                true => {
                    "The address is wrong: check the base URL. The address of your own server \
                     often has a directory such as /tfs in it."
                }
                false => {
                    "Check organization, project and id. The answer is the same for what the \
                     credential may not see."
                }
            });
        }
        refusal.code = exception.code;
        refusal.sentences = exception.sentences;
        refusal
    }

    /// Equal in nearly all recorded answers; the organization's 503 has neither.
    fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        header_text(headers, ACTIVITY).or_else(|| header_text(headers, END_TO_END))
    }

    /// The wait that the service asks for. If only the limits are given: until they are reset, once
    /// nothing remains; otherwise as long as the service held this request back, so that it need
    /// not hold back the next. All of these come on answers that succeed, too.
    fn pause(&self, headers: &HeaderMap, now: Moment) -> Option<Duration> {
        if let Some(asked) = retry_after(headers) {
            return Some(asked);
        }
        let number = |name: HeaderName| header_text(headers, name)?.trim().parse::<f64>().ok();
        let spent = number(REMAINING).is_some_and(|left| left <= 0.0);
        if spent && let Some(reset) = number(RESET) {
            // Unix time: whole seconds are exact in an f64.
            return wait(reset - now.timestamp() as f64);
        }
        number(DELAY).and_then(wait)
    }
}

const SCOPES: &str = "Check that the token has not expired or been revoked, that it is for this \
     organization, and that it has the scope Build (read and execute). A service principal has to \
     be a user of the organization.";

/// Nothing was done. A token that was fetched may have ended early: another is tried.
fn not_signed_in(mut refusal: Refusal, answer: &Answer, what: &'static str) -> Refusal {
    refusal.kind = ErrorKind::Authentication;
    refusal.again = Again::NewToken;
    // The reason, when the service gives one, is in a header; the page is for people.
    refusal.sentences = super::exception::service_error(answer)
        .into_iter()
        .collect();
    refusal.detail(what).advise(SCOPES)
}

fn is_plain_text(answer: &Answer) -> bool {
    answer
        .content_type()
        .is_some_and(|kind| kind.trim_start().starts_with("text/plain"))
}

/// Enough to tell an answer from a page, whether it is whole or not.
fn looks_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Whether a page is the one to sign in at: its title says so. Words elsewhere in a page say
/// nothing: "assigning" has "signin" in it.
fn signs_in(answer: &Answer) -> bool {
    answer.is_html() && title(&answer.body).is_some_and(|title| title.contains("sign in"))
}

/// Whether an address is the one to sign in at.
fn is_sign_in_address(location: &str) -> bool {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next() == Some("_signin")
}
