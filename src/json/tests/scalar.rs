//! Bodies that are one value and nothing else.

use crate::json::{Found, number_id, scalar};

#[test]
fn one_value_is_found_and_nothing_beside_it() {
    let number = |digits: &str| Some(Found::Number(digits.to_owned()));
    let text = |text: &str| Some(Found::Text(text.to_owned()));
    let cases: &[(&[u8], Option<Found>)] = &[
        (b"41", number("41")),
        (b" \r\n41\t ", number("41")),
        (b"\xEF\xBB\xBF41", number("41")),
        (b"9007199254740993", number("9007199254740993")),
        (b"18446744073709551616", number("18446744073709551616")),
        (b"41.0", number("41.0")),
        (b"-0", number("-0")),
        (b"\"41\"", text("41")),
        (b"\"a\\u00e9\"", text("aé")),
        (b"true", Some(Found::Bool(true))),
        (b"null", Some(Found::Null)),
        (b"", None),
        (b"  ", None),
        (b"{}", None),
        (b"[41]", None),
        (b"41 42", None),
        (b"41}", None),
        (b"41{\"id\":77}", None),
        (b"41\0", None),
        (b"\"41", None),
        (b"041", None),
        (b"NaN", None),
        (b"True", None),
        (b"\xff41", None),
        (b"<html></html>", None),
    ];
    for (body, found) in cases {
        assert_eq!(scalar(body), *found, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn no_digit_of_a_bare_id_is_lost() {
    let id = |body: &[u8]| scalar(body).as_ref().and_then(number_id);
    assert_eq!(id(b"9223372036854775807"), Some(i64::MAX));
    assert_eq!(id(b"9223372036854775808"), None);
    assert_eq!(id(b"\"9007199254740993\""), Some(9_007_199_254_740_993));
    assert_eq!(id(b"0"), None);
}
