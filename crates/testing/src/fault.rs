//! The faults that a script puts into an answer.

use serde::{Deserialize, Serialize};

use super::echo::{Echo, EchoForm, EchoPlace};

/// What is wrong with an answer that is right otherwise: the vendor's own, or the one of a script.
///
/// In JSON a word such as `"nul"`, or `{"echo": {"form": "base64", "place": "sentence"}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The body ends right after the id of the run, as if it were whole.
    CutAfterId,
    /// The connection closes right after the id of the run, before the end that was announced.
    ClosedAfterId,
    /// Something follows the JSON.
    TrailingBytes,
    /// A NUL in a text before the id.
    Nul,
    /// `NaN` before the id.
    NotANumber,
    /// Half of a surrogate pair before the id, as an escape.
    LoneSurrogate,
    /// Bytes that are not UTF-8, in a text before the id.
    InvalidUtf8,
    /// A pause of 1e19 (seconds, or milliseconds where the vendor counts so).
    HugeRetryAfter,
    /// No request is left until 1e19 (seconds since 1970).
    HugeLimitReset,
    /// No request is left until the last second that fits into 64 bits.
    HighestLimitReset,
    /// No request is left until the first second that fits into 64 bits.
    LowestLimitReset,
    /// The request is echoed. In a sentence or a code it replaces the answer.
    Echo(Echo),
}

impl Fault {
    /// Every fault, echoes in every form and place.
    pub fn all() -> Vec<Fault> {
        let mut all = vec![
            Fault::CutAfterId,
            Fault::ClosedAfterId,
            Fault::TrailingBytes,
            Fault::Nul,
            Fault::NotANumber,
            Fault::LoneSurrogate,
            Fault::InvalidUtf8,
            Fault::HugeRetryAfter,
            Fault::HugeLimitReset,
            Fault::HighestLimitReset,
            Fault::LowestLimitReset,
        ];
        for place in EchoPlace::ALL {
            let echo = |form| Fault::Echo(Echo { form, place });
            all.extend(EchoForm::ALL.map(echo));
        }
        all
    }

    /// Whether it is a refusal of its own, which needs a status.
    pub(crate) fn needs_status(self) -> bool {
        let refuses = |place| matches!(place, EchoPlace::Sentence | EchoPlace::Code);
        matches!(self, Fault::Echo(Echo { place, .. }) if refuses(place))
    }
}
