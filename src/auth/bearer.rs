//! Tokens in headers: bearer tokens (RFC 6750), and tokens that stand alone.

use http::HeaderValue;
use secrecy::zeroize::Zeroizing;

use super::secret::{InvalidSecret, Secret};

/// The `Authorization` value for a token, marked as sensitive, so that no `Debug` output of a
/// request shows it.
///
/// Fails when the token holds anything but visible ASCII characters: a blank would end the token
/// on the other side, and a header carries nothing else unharmed.
pub(crate) fn header(token: &Secret) -> Result<HeaderValue, InvalidSecret> {
    value("Bearer ", token)
}

/// The same without a scheme, for a header that holds nothing but the token.
pub(crate) fn alone(token: &Secret) -> Result<HeaderValue, InvalidSecret> {
    value("", token)
}

fn value(scheme: &str, token: &Secret) -> Result<HeaderValue, InvalidSecret> {
    if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(InvalidSecret::new("token"));
    }
    let text = Zeroizing::new(format!("{scheme}{}", token.expose()));
    let mut value = HeaderValue::from_str(&text).map_err(|_| InvalidSecret::new("token"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_follows_the_scheme() {
        let value = header(&Secret::from("abc.def-_~+/=\n")).unwrap();
        assert_eq!(value, "Bearer abc.def-_~+/=");
        let value = alone(&Secret::from("pt-abc_1\n")).unwrap();
        assert_eq!(value, "pt-abc_1");
    }

    #[test]
    fn the_value_is_sensitive() {
        for value in [header, alone].map(|put| put(&Secret::from("abc")).unwrap()) {
            assert!(value.is_sensitive());
            assert!(!format!("{value:?}").contains("abc"));
        }
    }

    #[test]
    fn what_a_header_cannot_carry_is_refused_without_being_shown() {
        for token in ["one two", "one\ntwo", "one\u{e9}", "one\u{7f}"] {
            for put in [header, alone] {
                let error = put(&Secret::from(token)).unwrap_err();
                assert!(!format!("{error} {error:?}").contains("one"));
            }
        }
    }
}
