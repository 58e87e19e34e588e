//! The kinds of error, by what a caller can do about them.

use std::fmt;

use serde::Serialize;

/// What went wrong, in the one respect that matters: what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call was not made: a credential, an address, an id or an option cannot be used.
    /// Correct it.
    Configuration,
    /// The service does not accept the credential, or not for this: 401, 403, a sign-in page in
    /// place of an answer. Renew the credential or widen its rights.
    Authentication,
    /// No such organization, project, pipeline or run, or none that this credential may see.
    NotFound,
    /// The service read the request and says what is wrong with it: see [`super::Error::sentences`].
    InvalidRequest,
    /// Something that excludes this start is under way. Matillion: an execution with the same
    /// `executionTag` is still running. Wait for it.
    Conflict,
    /// The pipeline, or the whole organization, has been disabled. Enable it.
    Disabled,
    /// Too many requests, for longer than the retry policy waits. Come back after
    /// [`super::Error::retry_after`].
    RateLimited,
    /// The service refused in another way: inside an answer that looks like success, or with a
    /// status that has no kind of its own.
    Refused,
    /// An answer came that cannot be read. Status, content type and first bytes are kept.
    Undecodable,
    /// No answer came. For a start this kind promises that nothing was sent.
    Transport,
    /// The service failed (5xx) to answer a read, or its token endpoint did, repeatedly. Nothing was
    /// started. Try later.
    Unavailable,
    /// A start, or another call that must not be made twice, that **may have happened**: it was
    /// sent, and no clear answer came back. Look before starting again: `reconcile` does.
    OutcomeUnknown,
    /// The deadline of a wait passed. The run goes on.
    Deadline,
    /// A person's name for a pipeline or a project fits none, or several. The nearest are listed.
    UnknownName,
}

impl ErrorKind {
    /// The word in JSON and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Authentication => "authentication",
            Self::NotFound => "not_found",
            Self::InvalidRequest => "invalid_request",
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
        }
    }

    /// The first words of the message.
    pub(super) const fn headline(self) -> &'static str {
        match self {
            Self::Configuration => "The call was not made",
            Self::Authentication => "The credential was not accepted",
            Self::NotFound => "Not found",
            Self::InvalidRequest => "The request was refused as invalid",
            Self::Conflict => "Something that excludes this is under way",
            Self::Disabled => "It has been disabled",
            Self::RateLimited => "Too many requests",
            Self::Refused => "The service refused",
            Self::Undecodable => "The answer cannot be read",
            Self::Transport => "No answer came",
            Self::Unavailable => "The service failed to answer",
            Self::OutcomeUnknown => "It is not known whether this happened",
            Self::Deadline => "The deadline passed",
            Self::UnknownName => "The name does not fit exactly one",
        }
    }

    /// What to do, where the vendor's folder has nothing better to say.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::Configuration => "Correct it and call again.",
            Self::Authentication => {
                "Check that the credential is current, meant for this service, and has the rights."
            }
            Self::NotFound => "Check each name and id, and that the credential may see them.",
            Self::InvalidRequest => "Correct what the service names.",
            Self::Conflict => "Wait for the other run to end, or cancel it.",
            Self::Disabled => "Enable it at the service.",
            Self::RateLimited => "Wait before calling again.",
            Self::Refused => "Read the service's own sentence.",
            Self::Undecodable => "Check the address: is this the service, or a proxy before it?",
            Self::Transport => "Nothing was sent. Check the address and the network.",
            Self::Unavailable => "Try again later.",
            Self::OutcomeUnknown => {
                "Do not start again before you have looked at the service's list of runs, or let \
                 `reconcile` look."
            }
            Self::Deadline => "The run goes on; wait again with a later deadline.",
            Self::UnknownName => "Use one of the names listed, or the id.",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
