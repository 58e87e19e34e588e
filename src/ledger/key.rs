//! The key of a logical run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Longer keys are refused, in bytes.
const LONGEST: usize = 200;

/// The name of one logical run, whoever starts it and however often: `deploy-4711`.
///
/// Any text without control characters, up to 200 bytes, neither beginning nor ending with a blank.
/// People see its first part at the service: do not put a secret in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// Why a text is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// Nothing is left without blanks.
    #[error("a key must not be empty or blank")]
    Empty,
    /// It has more than 200 bytes.
    #[error("a key has at most {LONGEST} bytes")]
    TooLong,
    /// It has a control character, or a blank at its beginning or end.
    #[error("a key has no control characters, and no blanks around it")]
    Character,
}

impl Key {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 64 hexadecimal digits that replace the key where not every text is allowed: names of files
    /// and of objects.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }
}

impl FromStr for Key {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        Key::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Key {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        match text.trim() {
            "" => Err(InvalidKey::Empty),
            _ if text.len() > LONGEST => Err(InvalidKey::TooLong),
            inner if inner != text || text.contains(char::is_control) => Err(InvalidKey::Character),
            _ => Ok(Key(text)),
        }
    }
}

impl From<Key> for String {
    fn from(key: Key) -> String {
        key.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
