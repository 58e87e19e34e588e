//! The kinds of error, by what a caller can do about them.

use std::fmt;

use serde::Serialize;

/// What went wrong, by what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call was not made: a credential, an address, an id or an option cannot be used.
    /// Correct it.
    Configuration,
    /// The service does not accept the credential, or the credential lacks the rights: 401, 403, or
    /// a sign-in page instead of an answer. Renew the credential, or give it more rights.
    Authentication,
    /// There is no such organization, project, pipeline or run, or this credential may not see it.
    NotFound,
    /// The service read the request and says what is wrong with it: see [`super::Error::sentences`].
    InvalidRequest,
    /// The key belongs to a different start; the differences are named. Use another key, or the
    /// same request.
    KeyInUse,
    /// The ledger of keys cannot be read or written, or did not answer quickly enough. Nothing was
    /// sent.
    Ledger,
    /// Another run prevents this one. Matillion: an execution with the same `executionTag` is still
    /// running. Wait for it to end.
    Conflict,
    /// The pipeline, or the whole organization, has been disabled. Enable it.
    Disabled,
    /// The service still refuses for too many requests after the last retry. Call again after
    /// [`super::Error::retry_after`].
    RateLimited,
    /// The service refused in another way: inside an answer that looks like success, or with a
    /// status that has no kind of its own.
    Refused,
    /// An answer came that cannot be read. Status, content type and first bytes are kept.
    Undecodable,
    /// No answer came. For a start this kind promises that nothing was sent.
    Transport,
    /// The service kept failing (5xx) to answer a read, or its token endpoint kept failing. Nothing
    /// was started. Try again later.
    Unavailable,
    /// A start, or another call that must not be made twice, **may have happened**: it was sent, and
    /// no clear answer came back. Look for the run before you start again; `reconcile` does that.
    OutcomeUnknown,
    /// The deadline of a wait passed. The run goes on.
    Deadline,
    /// The name of a pipeline, a project, a gate or a step matches none, or more than one. The nearest
    /// names are listed. Nothing was changed.
    UnknownName,
    /// Nothing in the run waits for a decision, or nothing in it has failed that could be run again.
    /// Nothing was changed.
    NothingToDo,
    /// The service, or this library's part for it, does not have what was requested: an approval on
    /// Matillion, a comment where none is kept. Nothing was sent that changes anything.
    Unsupported,
}

impl ErrorKind {
    /// The word in JSON and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Authentication => "authentication",
            Self::NotFound => "not_found",
            Self::InvalidRequest => "invalid_request",
            Self::KeyInUse => "key_in_use",
            Self::Ledger => "ledger",
            Self::Conflict => "conflict",
            Self::Disabled => "disabled",
            Self::RateLimited => "rate_limited",
            Self::Refused => "refused",
            Self::Undecodable => "undecodable",
            Self::Transport => "transport",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Deadline => "deadline",
            Self::UnknownName => "unknown_name",
            Self::NothingToDo => "nothing_to_do",
            Self::Unsupported => "unsupported",
        }
    }

    /// The first words of the message.
    pub(super) const fn headline(self) -> &'static str {
        match self {
            Self::Configuration => "The call was not made",
            Self::Authentication => "The credential was not accepted",
            Self::NotFound => "Not found",
            Self::InvalidRequest => "The request was refused as invalid",
            Self::KeyInUse => "The key is in use",
            Self::Ledger => "The ledger of keys cannot be used",
            Self::Conflict => "Another run prevents this",
            Self::Disabled => "The pipeline or the organization is disabled",
            Self::RateLimited => "Too many requests",
            Self::Refused => "The service refused",
            Self::Undecodable => "The answer cannot be read",
            Self::Transport => "No answer came",
            Self::Unavailable => "The service failed to answer",
            Self::OutcomeUnknown => "It is not known whether this took effect",
            Self::Deadline => "The deadline passed",
            Self::UnknownName => "The name matches none, or more than one",
            Self::NothingToDo => "There is nothing to do",
            Self::Unsupported => "Not supported by this service",
        }
    }

    /// What to do, if the vendor's folder has nothing better to say.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::Configuration => "Correct it and call again.",
            Self::Authentication => {
                "Check that the credential is valid, is for this service, and has the rights."
            }
            Self::KeyInUse => {
                "Use another key for a different start, or the same request for the same start."
            }
            Self::Ledger => {
                "Nothing was sent. Call again with the same key when the ledger answers."
            }
            Self::NotFound => "Check each name and id, and whether the credential may see them.",
            Self::InvalidRequest => "Correct what the service complains about.",
            Self::Conflict => "Wait for the other run to end, or cancel it.",
            Self::Disabled => "Enable it at the service.",
            Self::RateLimited => "Wait before calling again.",
            Self::Refused => "See what the service says.",
            Self::Undecodable => "Check the address: is it the service, or a proxy in front of it?",
            Self::Transport => "Nothing was sent. Check the address and the network.",
            Self::Unavailable => "Try again later.",
            Self::OutcomeUnknown => {
                "Look at the service's list of runs before you start again, or let `reconcile` \
                 look."
            }
            Self::Deadline => "The run goes on; wait again with a later deadline.",
            Self::UnknownName => "Use one of the names listed, or the id.",
            Self::NothingToDo => "Read the run: it may have moved on, or ended.",
            Self::Unsupported => "Do it on the service's own pages.",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
