//! Text that must not be printed.

use std::fmt;

use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};

/// A password, a token or a key.
///
/// `Debug` prints `[hidden]`, there is no `Display`, and the memory is wiped when the value is
/// dropped. Blanks and line ends around the text are removed when it is read: a secret taken from
/// a file or from a shell variable often ends with a line end, and the services then answer as if
/// the secret were wrong.
///
/// ```
/// use runpipe::auth::Secret;
///
/// let secret = Secret::from("s3cret\n");
/// assert_eq!(format!("{secret:?}"), "[hidden]");
/// assert_eq!(secret, Secret::from("s3cret"));
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself. A caller makes sure that it goes into a request and nowhere else.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether nothing is left after the surrounding blanks were removed. An empty secret is never
    /// a working one: it usually comes from a variable that is set but has no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl From<&str> for Secret {
    /// Keeps a copy of the text. Wiping the original is up to the caller.
    fn from(text: &str) -> Self {
        Self(SecretString::from(text.trim()))
    }
}

impl From<String> for Secret {
    /// Keeps a trimmed copy and wipes the original.
    fn from(mut text: String) -> Self {
        let secret = Self::from(text.as_str());
        text.zeroize();
        secret
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl PartialEq for Secret {
    /// Looks at every byte, so that the time taken does not tell where two secrets of one length
    /// first differ.
    fn eq(&self, other: &Self) -> bool {
        let (left, right) = (self.expose().as_bytes(), other.expose().as_bytes());
        left.len() == right.len()
            && left
                .iter()
                .zip(right)
                .fold(0, |difference, (a, b)| difference | (a ^ b))
                == 0
    }
}

impl Eq for Secret {}

/// A user name or a secret has characters that a header cannot carry, for example a line end in the
/// middle. Most often two lines were pasted instead of one.
///
/// Nothing has been sent when this happens. The text itself is not part of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {what} holds characters that no header can carry")]
#[non_exhaustive]
pub struct InvalidSecret {
    /// Which part it is: `user name`, `password`, `token` and the like.
    pub what: &'static str,
}

impl InvalidSecret {
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrounding_blanks_and_line_ends_are_removed() {
        for text in ["pat", " pat", "pat\n", "\tpat\r\n"] {
            assert_eq!(Secret::from(text).expose(), "pat");
            assert_eq!(Secret::from(text.to_owned()).expose(), "pat");
        }
    }

    #[test]
    fn blanks_inside_are_kept() {
        assert_eq!(Secret::from("a b").expose(), "a b");
    }

    #[test]
    fn only_blanks_is_empty() {
        assert!(Secret::from(" \r\n").is_empty());
        assert!(!Secret::from("x").is_empty());
    }

    #[test]
    fn equality_compares_length_and_every_byte() {
        assert_eq!(Secret::from("abc"), Secret::from("abc"));
        assert_ne!(Secret::from("abc"), Secret::from("abd"));
        assert_ne!(Secret::from("abc"), Secret::from("abcd"));
        assert_ne!(Secret::from(""), Secret::from("a"));
    }

    #[test]
    fn debug_shows_nothing_of_the_text() {
        assert_eq!(format!("{:?}", Secret::from("tell-me")), "[hidden]");
        assert_eq!(
            format!("{:#?}", Some(Secret::from("tell-me"))),
            "Some(\n    [hidden],\n)"
        );
    }
}
