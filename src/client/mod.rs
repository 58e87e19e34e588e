//! The one straight path of a call: build → [ authorize → send → read → classify ]* → decode.
//!
//! A service's folder fills in the generated request. The generated client hands it, whole, to the
//! loop in [`call`], in which each of its operations ends; nothing outside of that loop knows
//! about attempts. All attempts of a call share one deadline, one cleaner of secrets and one
//! tracing span.

mod address;
mod answer;
mod authorize;
mod call;
mod clock;
mod credential;
mod deadline;
mod dialect;
mod failure;
mod gate;
mod operation;
mod outgoing;
mod pace;
mod proof;
mod read;
mod refusal;
mod rehearsal;
mod retries;
mod session;

pub(crate) use answer::{Answer, Named, header_text};
pub use call::Call;
pub(crate) use clock::Clock;
pub(crate) use clock::{Clocks, Moment, date};
pub(crate) use credential::{Credential, required};
pub(crate) use deadline::{Deadline, after};
pub(crate) use dialect::Dialect;
pub(crate) use gate::{Gate, Request};
pub(crate) use operation::{Effect, Operation, SecretField};
pub(crate) use outgoing::Outgoing;
pub(crate) use pace::Pace;
pub(crate) use proof::{Content, Marker, Proof, title};
pub(crate) use refusal::Refusal;
pub(crate) use rehearsal::Keep;
pub use rehearsal::Rehearsal;
pub(crate) use retries::Again;
pub use retries::RetryPolicy;
pub(crate) use session::{Session, Shared};

pub(crate) use crate::retry_after::{retry_after, wait};
