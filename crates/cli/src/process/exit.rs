//! How a command fails, and the exit code that says so.

use std::io;

use chrono::{DateTime, Utc};
use runpipe::{Error, ErrorKind, RunRef, Service};
use schemars::JsonSchema;
use serde::Serialize;

/// Everything was done.
pub const DONE: u8 = 0;
/// A run that was waited for ended without success.
pub const WITHOUT_SUCCESS: u8 = 1;
/// The command line, the environment or a file cannot be used. clap ends with the same.
pub const USAGE: u8 = 2;
const REFUSED: u8 = 3;
const AUTHENTICATION: u8 = 4;
const UNREACHABLE: u8 = 5;
/// A start that may have been made.
pub const OUTCOME_UNKNOWN: u8 = 6;
/// A wait ended before the run did.
pub const DEADLINE: u8 = 7;
/// The command succeeded, but its result could not be written to stdout.
const UNWRITTEN: u8 = 74;
/// The program itself failed.
const INTERNAL: u8 = 70;
/// A signal ended the program: this and its number, as shells have it.
const SIGNALLED: u8 = 128;

/// Why a command did not end as it should.
#[derive(Debug)]
pub enum Failure {
    /// What was given cannot be used: an argument, a variable, a file.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do about it.
        advice: String,
    },
    /// A call of the library failed.
    Call {
        /// Why.
        error: Box<Error>,
        /// Runs that a start of unknown outcome may have begun.
        candidates: Vec<RunRef>,
        /// What to do, where the program knows better than the library.
        advice: Option<String>,
    },
    /// The command was cut short.
    Cut {
        /// By what.
        by: Cut,
        /// What is left behind.
        message: String,
        /// What to do next.
        advice: String,
        /// The service, where one was being talked to.
        service: Option<Service>,
        /// The run that was being followed.
        run: Option<RunRef>,
    },
    /// The result cannot be written to stdout.
    Output(io::Error),
}

/// What cuts a command short.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// Ctrl-C, a terminal that is closed, a polite request to end: a signal, by its number.
    Signal(u8),
    /// A fault of the program.
    Fault,
}

impl Failure {
    /// Something given that cannot be used.
    pub fn usage(message: impl Into<String>, advice: impl Into<String>) -> Self {
        let (message, advice) = (message.into(), advice.into());
        Failure::Usage { message, advice }
    }

    /// Adds what to do, where the program knows better than the library.
    pub fn advise(mut self, text: String) -> Self {
        if let Failure::Call { advice, .. } = &mut self {
            *advice = Some(text);
        }
        self
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Usage { .. } => USAGE,
            Failure::Call { error, .. } => code_of(error.kind()),
            Failure::Cut { by, .. } => match by {
                Cut::Signal(number) => SIGNALLED.saturating_add(*number),
                Cut::Fault => INTERNAL,
            },
            Failure::Output(_) => UNWRITTEN,
        }
    }

    /// What people read: what happened, and what to do about it.
    pub fn parts(&self) -> (String, Vec<&str>) {
        match self {
            Failure::Usage { message, advice }
            | Failure::Cut {
                message, advice, ..
            } => (message.clone(), vec![advice]),
            Failure::Call { error, advice, .. } => {
                let text = error.to_string();
                let what = text
                    .strip_suffix(error.advice())
                    .unwrap_or(&text)
                    .trim_end();
                let mut all = vec![error.advice()];
                all.extend(advice.as_deref());
                (what.to_owned(), all)
            }
            Failure::Output(cause) => {
                let what = format!("The result cannot be written to stdout: {cause}");
                (what, vec!["It is above, on stderr."])
            }
        }
    }

    fn message(&self) -> String {
        let (what, advice) = self.parts();
        let stop = if what.ends_with(['.', '!', '?', ':']) {
            ""
        } else {
            "."
        };
        format!("{what}{stop} {}", advice.join(" "))
            .trim_end()
            .to_owned()
    }

    /// What programs read: the same keys whatever failed; what does not apply is `null`.
    pub fn report(&self) -> Report<'_> {
        let mut report = Report {
            kind: "usage",
            message: self.message(),
            ..Report::default()
        };
        match self {
            Failure::Usage { advice, .. } => report.advice = Some(advice),
            Failure::Call {
                error,
                candidates,
                advice,
            } => {
                report.kind = error.kind().as_str();
                report.service = error.service();
                report.operation = error.operation();
                report.reference = error.run();
                report.http_status = error.http_status();
                report.vendor_code = error.vendor_code();
                report.request_id = error.request_id();
                report.sent_at = error.sent_at();
                report.retry_after_seconds = error.retry_after().map(|wait| wait.as_secs());
                report.sentences = error.sentences();
                report.content_type = error.content_type();
                report.first_bytes = error.first_bytes();
                report.advice = Some(advice.as_deref().unwrap_or_else(|| error.advice()));
                report.candidates = candidates;
            }
            Failure::Cut {
                by,
                advice,
                service,
                run,
                ..
            } => {
                report.kind = match by {
                    Cut::Signal(_) => "interrupted",
                    Cut::Fault => "internal",
                };
                report.service = *service;
                report.reference = run.as_ref();
                report.advice = Some(advice);
            }
            Failure::Output(_) => report.kind = "output",
        }
        report
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Call {
            candidates: error.candidates().to_vec(),
            error: Box::new(error),
            advice: None,
        }
    }
}

/// A failure as one flat object. Stable: keys are added, never renamed or removed.
#[derive(Debug, Default, JsonSchema, Serialize)]
#[schemars(rename = "Error")]
pub struct Report<'a> {
    kind: &'a str,
    message: String,
    #[schemars(with = "Option<String>")]
    service: Option<Service>,
    operation: Option<&'a str>,
    #[serde(rename = "ref")]
    #[schemars(with = "Option<String>")]
    reference: Option<&'a RunRef>,
    http_status: Option<u16>,
    vendor_code: Option<&'a str>,
    request_id: Option<&'a str>,
    #[schemars(with = "Option<String>")]
    sent_at: Option<DateTime<Utc>>,
    retry_after_seconds: Option<u64>,
    sentences: &'a [String],
    content_type: Option<&'a str>,
    first_bytes: Option<&'a str>,
    advice: Option<&'a str>,
    #[schemars(with = "Vec<String>")]
    candidates: &'a [RunRef],
}

fn code_of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Configuration | ErrorKind::Unsupported => USAGE,
        ErrorKind::Authentication => AUTHENTICATION,
        ErrorKind::Ledger
        | ErrorKind::Transport
        | ErrorKind::Undecodable
        | ErrorKind::Unavailable => UNREACHABLE,
        ErrorKind::Deadline => DEADLINE,
        ErrorKind::NotFound
        | ErrorKind::InvalidRequest
        | ErrorKind::KeyInUse
        | ErrorKind::Conflict
        | ErrorKind::Disabled
        | ErrorKind::NothingToDo
        | ErrorKind::RateLimited
        | ErrorKind::Refused
        | ErrorKind::UnknownName => REFUSED,
        // What a later library adds proves nothing here.
        ErrorKind::OutcomeUnknown | _ => OUTCOME_UNKNOWN,
    }
}
