//! The token endpoint: client credentials in, bearer tokens out, each with its end.
//!
//! The form is the one that public clients send. The refusals are those of RFC 6749, section 5.2:
//! what the vendor's endpoint says is not confirmed.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::{Answer, Context, Incoming, pairs, uuid};

/// Where tokens are given out, whatever the base path of the service.
const PATH: &str = "/oauth/dpc/token";
/// What a token can be for. Some clients leave it out.
const AUDIENCE: &str = "https://api.matillion.com";
/// How many tokens are remembered.
const MOST_TOKENS: usize = 10_000;

/// Whether a request is for the token endpoint.
pub(super) fn is_for(request: &Incoming) -> bool {
    request.full_path == PATH
}

/// The tokens that were given out, the oldest first, each with its end.
#[derive(Default)]
pub(super) struct Tokens {
    issued: VecDeque<(String, DateTime<Utc>)>,
    count: u64,
}

impl Tokens {
    /// Answers a request to the token endpoint.
    pub fn exchange(&mut self, request: &Incoming, context: &Context<'_>) -> Answer {
        let answer = match check(request, context) {
            Ok(()) => self.issue(context),
            Err(refusal) => refusal.answer(),
        };
        // RFC 6749 asks for it: nobody on the way shall keep a token.
        answer
            .with("cache-control", "no-store")
            .with("pragma", "no-cache")
    }

    fn issue(&mut self, context: &Context<'_>) -> Answer {
        self.count += 1;
        let token = format!("sandbox-{}", uuid("matillion token", self.count));
        let life = context.settings.token_life;
        let ends = TimeDelta::from_std(life)
            .ok()
            .and_then(|life| context.now.checked_add_signed(life));
        self.issued
            .push_back((token.clone(), ends.unwrap_or(DateTime::<Utc>::MAX_UTC)));
        if self.issued.len() > MOST_TOKENS {
            self.issued.pop_front();
        }
        let body = json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": life.as_secs(),
            "scope": "pipeline-execution",
        });
        Answer::json(200, &body)
    }

    /// Checks the token of a request. `Err` says in a sentence what is wrong with it.
    pub fn check(&self, request: &Incoming, now: DateTime<Utc>) -> Result<(), &'static str> {
        let Some(token) = request
            .authorization("Bearer")
            .filter(|token| !token.is_empty())
        else {
            return Err("The access token is missing.");
        };
        // The newest first: it is the one that is asked with.
        match self.issued.iter().rev().find(|(issued, _)| issued == token) {
            Some((_, ends)) if now < *ends => Ok(()),
            Some(_) => Err("The access token has expired."),
            None => Err("The access token is not valid."),
        }
    }
}

/// Why there is no token.
struct TokenError {
    status: u16,
    error: &'static str,
    sentence: String,
}

impl TokenError {
    fn new(status: u16, error: &'static str, sentence: impl Into<String>) -> Self {
        TokenError {
            status,
            error,
            sentence: sentence.into(),
        }
    }

    fn invalid(sentence: impl Into<String>) -> Self {
        TokenError::new(400, "invalid_request", sentence)
    }

    fn answer(self) -> Answer {
        let answer = error(self.status, self.error, &self.sentence);
        match self.status {
            405 => answer.with("allow", "POST"),
            _ => answer,
        }
    }
}

/// An error as RFC 6749 writes it.
pub(super) fn error(status: u16, code: &str, sentence: &str) -> Answer {
    Answer::json(
        status,
        &json!({ "error": code, "error_description": sentence }),
    )
}

fn check(request: &Incoming, context: &Context<'_>) -> Result<(), TokenError> {
    if request.method != "POST" {
        return Err(TokenError::new(
            405,
            "invalid_request",
            "Tokens are given out to POST alone.",
        ));
    }
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let sentence = "The body has to be a form: application/x-www-form-urlencoded.";
        return Err(TokenError::invalid(sentence));
    }
    let form = pairs(&String::from_utf8_lossy(&request.body));
    let field = |name: &str| {
        let mut values = form
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(_), Some(_)) => Err(TokenError::invalid(format!("{name} is there twice."))),
            (value, _) => Ok(value.unwrap_or_default()),
        }
    };
    match field("grant_type")? {
        "client_credentials" => {}
        "" => return Err(TokenError::invalid("grant_type is missing.")),
        other => {
            let sentence = format!("grant_type is {other}; only client_credentials is known.");
            return Err(TokenError::new(400, "unsupported_grant_type", sentence));
        }
    }
    let (id, secret) = (field("client_id")?, field("client_secret")?);
    if id.is_empty() || secret.is_empty() {
        return Err(TokenError::invalid(
            "client_id and client_secret have to be in the form.",
        ));
    }
    let accepted = context.accepted;
    if id != accepted.matillion_client_id || secret != accepted.matillion_client_secret {
        let sentence = "The client id or its secret is wrong.";
        return Err(TokenError::new(401, "invalid_client", sentence));
    }
    match field("audience")? {
        "" | AUDIENCE => Ok(()),
        _ => Err(TokenError::invalid(format!(
            "The audience is unknown: {AUDIENCE} is the one there is."
        ))),
    }
}
