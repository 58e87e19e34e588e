//! Percent-encoding, and the one canonical shape of a path and of a query.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use smallvec::SmallVec;
use url::Url;

use super::text::Text;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Percent-encodes one value, such as a path segment or a query value: letters, digits and
/// `- _ . ~` stay, every other byte of its UTF-8 becomes `%XX` with capital letters.
///
/// ```
/// assert_eq!(runpipe::auth::acs3::encode("a b/c~*"), "a%20b%2Fc~%2A");
/// ```
#[must_use]
pub fn encode(value: &str) -> String {
    percent_encode(value.as_bytes(), &RESERVED).to_string()
}

/// The canonical form of a path, however it is percent-encoded: each segment is decoded
/// once and encoded again. A canonical path comes out unchanged. The empty path is `/`.
///
/// A `+` in a path is a plus sign, and `%2F` stays inside its segment.
#[must_use]
pub fn canonical_path(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    push_path(path, &mut text);
    text
}

/// The canonical shape of a raw query (without its `?`): parameters sorted by name, then by value,
/// each part decoded once and encoded again, a parameter without a value as `name=`.
///
/// `+` and `%20` are both a blank, as in a form. Names are compared as they read when decoded;
/// what a service does with names outside ASCII, or with one name several times, is not confirmed.
#[must_use]
pub fn canonical_query(query: &str) -> String {
    let mut text = String::with_capacity(query.len());
    push_query(query, &mut text);
    text
}

/// Gives a URL the path and the query that are signed. A service then sees the very text that was
/// signed and has nothing to interpret.
///
/// To be called before the request is signed: a URL's own encoding leaves characters such as `*`,
/// `'` and `+` as they are.
pub fn canonicalize_url(url: &mut Url) {
    if !is_canonical_path(url.path()) {
        let path = canonical_path(url.path());
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let query = canonical_query(query);
        url.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
    }
}

pub(super) fn push_path(path: &str, text: &mut impl Text) {
    if is_canonical_path(path) {
        return text.add(path);
    }
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            text.add("/");
        }
        push_encoded(&decoded(segment), text);
    }
    if path.is_empty() {
        text.add("/");
    }
}

pub(super) fn push_query(query: &str, text: &mut impl Text) {
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    let mut parameters: SmallVec<[_; 8]> = parameters
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .map(|(name, value)| (form_decoded(name), form_decoded(value)))
        .collect();
    parameters.sort_unstable();
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            text.add("&");
        }
        push_encoded(name, text);
        text.add("=");
        push_encoded(value, text);
    }
}

fn push_encoded(value: &[u8], text: &mut impl Text) {
    percent_encode(value, &RESERVED).for_each(|piece| text.add(piece));
}

fn decoded(part: &str) -> Cow<'_, [u8]> {
    percent_decode(part.as_bytes()).into()
}

/// As in a form, where `+` is a blank.
fn form_decoded(part: &str) -> Cow<'_, [u8]> {
    if !part.contains('+') {
        return decoded(part);
    }
    Cow::Owned(percent_decode(part.replace('+', " ").as_bytes()).collect())
}

/// Whether nothing in a path changes when it is brought into shape: the usual case, and the cheap
/// one.
fn is_canonical_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.find(|byte| *byte != b'/' && !is_unreserved(*byte)) {
        let digits = bytes.next().zip(bytes.next());
        let is_escape = digits.is_some_and(|(high, low)| is_canonical_escape([high, low]));
        if byte != b'%' || !is_escape {
            return false;
        }
    }
    !path.is_empty()
}

/// Whether the two digits after a `%` are capitals, and stand for what has to be encoded.
fn is_canonical_escape(digits: [u8; 2]) -> bool {
    let mut byte = [0];
    let is_hex = hex::decode_to_slice(digits, &mut byte).is_ok();
    is_hex && !digits.iter().any(u8::is_ascii_lowercase) && !byte.iter().copied().any(is_unreserved)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encode("AZaz09-_.~"), "AZaz09-_.~");
        assert_eq!(
            encode(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"),
            "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D"
        );
        assert_eq!(encode("云🚀"), "%E4%BA%91%F0%9F%9A%80");
    }

    #[test]
    fn a_path_is_encoded_once_whatever_it_looked_like() {
        assert_eq!(canonical_path(""), "/");
        assert_eq!(canonical_path("/"), "/");
        assert_eq!(canonical_path("/a*'(b)/~+"), "/a%2A%27%28b%29/~%2B");
        assert_eq!(canonical_path("/a%2a/%7e/%252F"), "/a%2A/~/%252F");
        assert_eq!(canonical_path("/a%2Fb/c"), "/a%2Fb/c");
        assert_eq!(canonical_path("/a%2fb"), "/a%2Fb");
        assert_eq!(canonical_path("/%41"), "/A");
        assert_eq!(canonical_path("/a//b/"), "/a//b/");
        assert_eq!(canonical_path("/100%/x"), "/100%25/x");
    }

    #[test]
    fn a_query_is_sorted_and_encoded_once() {
        assert_eq!(canonical_query(""), "");
        assert_eq!(canonical_query("b=2&a=1"), "a=1&b=2");
        assert_eq!(canonical_query("k=a+b%20c%2Bd"), "k=a%20b%20c%2Bd");
        assert_eq!(canonical_query("flag&&x="), "flag=&x=");
        assert_eq!(canonical_query("a=2&a=10&a=1"), "a=1&a=10&a=2");
        assert_eq!(canonical_query("a=b=c"), "a=b%3Dc");
        assert_eq!(canonical_query("B=1&a=2&_=3"), "B=1&_=3&a=2");
    }

    #[test]
    fn a_url_carries_what_is_signed() {
        let mut url = Url::parse("https://h/o/x'y*z/run?b=1+2&a=%7E*").unwrap();
        canonicalize_url(&mut url);
        assert_eq!(url.as_str(), "https://h/o/x%27y%2Az/run?a=~%2A&b=1%202");
        let mut bare = Url::parse("https://h/o?").unwrap();
        canonicalize_url(&mut bare);
        assert_eq!(bare.as_str(), "https://h/o");
    }
}
