//! HTTP Basic (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use secrecy::zeroize::Zeroizing;

use super::secret::{InvalidSecret, Secret};

/// The `Authorization` value for a user name and a password, marked as sensitive, so that no
/// `Debug` output of a request shows it. A personal access token is a password whose user name is
/// empty.
///
/// Fails when the user name holds a colon, which would move the border between name and password,
/// or when either part holds a control character, which the RFC forbids.
pub(crate) fn header(user: &str, password: &Secret) -> Result<HeaderValue, InvalidSecret> {
    if user.contains(|c: char| c == ':' || c.is_control()) {
        return Err(InvalidSecret::new("user name"));
    }
    if password.expose().contains(char::is_control) {
        return Err(InvalidSecret::new("password"));
    }
    let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&text).map_err(|_| InvalidSecret::new("password"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_access_token_has_an_empty_user_name() {
        let value = header("", &Secret::from("dummy-pat")).unwrap();
        assert_eq!(value, "Basic OmR1bW15LXBhdA==");
    }

    #[test]
    fn the_example_of_the_rfc() {
        let value = header("test", &Secret::from("123\u{a3}")).unwrap();
        assert_eq!(value, "Basic dGVzdDoxMjPCow==");
    }

    #[test]
    fn a_line_end_after_the_token_changes_nothing() {
        let value = header("", &Secret::from("dummy-pat\r\n")).unwrap();
        assert_eq!(value, "Basic OmR1bW15LXBhdA==");
    }

    #[test]
    fn the_value_is_sensitive() {
        let value = header("", &Secret::from("dummy-pat")).unwrap();
        assert!(value.is_sensitive());
        assert!(!format!("{value:?}").contains("OmR1"));
    }

    #[test]
    fn control_characters_and_a_colon_in_the_name_are_refused_without_being_shown() {
        for (user, password, what) in [
            ("a:b", "p", "user name"),
            ("a\nb", "p", "user name"),
            ("a", "first\nsecond", "password"),
        ] {
            let error = header(user, &Secret::from(password)).unwrap_err();
            assert_eq!(error.what, what);
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains("first") && !shown.contains("a:b"),
                "{shown}"
            );
        }
    }

    #[test]
    fn a_colon_in_the_password_is_allowed() {
        let value = header("u", &Secret::from("a:b")).unwrap();
        assert_eq!(value, "Basic dTphOmI=");
    }
}
