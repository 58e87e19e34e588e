//! The gateway before the service: it knows who signed a request, and whether the signature is right.

use std::collections::{HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::accepted::Accepted;
use crate::{Answer, Context, Incoming};
use runpipe::auth::Secret;
use runpipe::auth::acs3::{self, MalformedAuthorization, ParsedAuthorization, VerifyError};
use runpipe_spec::operation::Operation;

/// The version of the API that the document describes.
const VERSION: &str = "2021-06-25";
/// How far the date of a request may be from the gateway's.
const MOST_SKEW: TimeDelta = TimeDelta::minutes(15);
/// How long a nonce cannot be used again (evidence: the vendor's support).
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(31);
/// How many nonces are remembered, and how many bytes of them.
const MOST_NONCES: usize = 200_000;
const MOST_BYTES: usize = 16 << 20;

/// An error of the gateway.
pub(super) struct GatewayError {
    status: u16,
    code: &'static str,
    message: String,
}

impl GatewayError {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        GatewayError {
            status,
            code,
            message: message.into(),
        }
    }

    /// The gateway's keys begin with capitals.
    pub fn answer(self, request: &Incoming, request_id: &str) -> Answer {
        let GatewayError {
            status,
            code,
            message,
        } = self;
        let host = request.header("host").unwrap_or_default();
        let advice = format!("https://api.aliyun.com/troubleshoot?q={code}&product=devops");
        let body = json!({
            "Code": code,
            "Message": message,
            "RequestId": request_id,
            "HostId": host,
            "Recommend": advice,
        });
        Answer::json(status, &body)
    }
}

/// The nonces of the last half hour.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    seen: HashSet<String>,
    in_order: VecDeque<(DateTime<Utc>, String)>,
    bytes: usize,
}

impl Nonces {
    /// Remembers a nonce; `false` when it has been used.
    fn is_new(&mut self, nonce: &str, now: DateTime<Utc>) -> bool {
        while let Some((at, _)) = self.in_order.front() {
            let room = self.in_order.len() < MOST_NONCES && self.bytes < MOST_BYTES;
            if room && now - *at < NONCE_LIFE {
                break;
            }
            if let Some((_, old)) = self.in_order.pop_front() {
                self.bytes = self.bytes.saturating_sub(old.len());
                self.seen.remove(&old);
            }
        }
        let new = self.seen.insert(nonce.to_owned());
        if new {
            self.bytes = self.bytes.saturating_add(nonce.len());
            self.in_order.push_back((now, nonce.to_owned()));
        }
        new
    }
}

/// Whose key a request is signed with, as it says.
pub(super) fn claim(
    request: &Incoming,
    accepted: &Accepted,
) -> Result<ParsedAuthorization, GatewayError> {
    let authorization = request.header("authorization").unwrap_or_default();
    if authorization.is_empty() {
        return Err(missing("Authorization"));
    }
    let claimed: ParsedAuthorization =
        authorization
            .parse()
            .map_err(|error: MalformedAuthorization| {
                GatewayError::new(400, "IncompleteSignature", format!("{error}."))
            })?;
    let temporary = claimed.access_key_id == accepted.aliyun_temporary_key_id;
    if !temporary && claimed.access_key_id != accepted.aliyun_access_key_id {
        let sentence = "There is no access key with this id.";
        return Err(GatewayError::new(
            404,
            "InvalidAccessKeyId.NotFound",
            sentence,
        ));
    }
    let token = request.header("x-acs-security-token");
    if temporary && token != Some(accepted.aliyun_security_token.as_str()) {
        let sentence = "The security token is not the one of this access key.";
        return Err(GatewayError::new(
            400,
            "InvalidSecurityToken.Malformed",
            sentence,
        ));
    }
    Ok(claimed)
}

/// Everything that the gateway checks, in its order.
pub(super) fn check(
    request: &Incoming,
    operation: &Operation,
    context: &Context<'_>,
    nonces: &mut Nonces,
) -> Result<(), GatewayError> {
    let accepted = context.accepted;
    let claimed = claim(request, accepted)?;
    check_action(request, operation)?;
    check_date(request, context.now)?;
    let nonce = required(request, "x-acs-signature-nonce")?;
    if nonce.is_empty() {
        return Err(missing("x-acs-signature-nonce"));
    }
    let secret = Secret::from(accepted.aliyun_access_key_secret.as_str());
    check_signature(request, &claimed, &secret)?;
    if !nonces.is_new(nonce, context.now) {
        let sentence = "The nonce has been used. Each attempt needs a new one.";
        return Err(GatewayError::new(400, "SignatureNonceUsed", sentence));
    }
    Ok(())
}

fn required<'r>(request: &'r Incoming, header: &str) -> Result<&'r str, GatewayError> {
    request.header(header).ok_or_else(|| missing(header))
}

fn missing(header: &str) -> GatewayError {
    let sentence = format!("The header {header} is missing.");
    GatewayError::new(400, "MissingParameter", sentence)
}

/// The action has to be the one of the path, in the version of the document.
fn check_action(request: &Incoming, operation: &Operation) -> Result<(), GatewayError> {
    let action = required(request, "x-acs-action")?;
    let version = required(request, "x-acs-version")?;
    let expected = match operation.id.as_str() {
        // The document's name says what the operation does; the vendor's begins otherwise.
        "getPipelineJobRunLog" => "LogPipelineJobRun".to_owned(),
        id => {
            let mut letters = id.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
    };
    if action == expected && version == VERSION {
        return Ok(());
    }
    let sentence =
        format!("This path is {expected} {VERSION}, the headers say {action} {version}.");
    Err(GatewayError::new(404, "InvalidApi.NotFound", sentence))
}

fn check_date(request: &Incoming, now: DateTime<Utc>) -> Result<(), GatewayError> {
    let text = required(request, "x-acs-date")?;
    let date = acs3::parse_date(text).ok_or_else(|| {
        let sentence = "The date is not written as yyyy-MM-ddTHH:mm:ssZ.";
        GatewayError::new(400, "InvalidTimeStamp.Format", sentence)
    })?;
    if (now - date).abs() <= MOST_SKEW {
        return Ok(());
    }
    let sentence = "The date of the request is more than 15 minutes away from the server's.";
    Err(GatewayError::new(400, "InvalidTimeStamp.Expired", sentence))
}

fn check_signature(
    request: &Incoming,
    claimed: &ParsedAuthorization,
    secret: &Secret,
) -> Result<(), GatewayError> {
    let host = request.header("host").unwrap_or_default();
    let signed = acs3::SigningRequest::new(&request.method, host, &request.full_path)
        .with_query(&request.query)
        .with_headers(&request.headers)
        .with_body(&request.body);
    let error = match acs3::verify(&signed, claimed, secret) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    Err(match &error {
        VerifyError::NotSigned { .. } | VerifyError::Header(_) => {
            GatewayError::new(400, "IncompleteSignature", format!("{error}."))
        }
        // As the gateway does: it reports what it computed, access key id and request included.
        VerifyError::Mismatch(ours) => {
            let sentence = format!(
                "The signature is another one. Server string to sign: {}. Server canonical request: {}",
                ours.string_to_sign, ours.canonical_request.text
            );
            GatewayError::new(400, "SignatureDoesNotMatch", sentence)
        }
        VerifyError::Body | _ => {
            GatewayError::new(400, "SignatureDoesNotMatch", format!("{error}."))
        }
    })
}
