//! Percent-encoding, and the one canonical shape of a path and of a query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use reqwest::Url;

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
    encode_bytes(value.as_bytes())
}

fn encode_bytes(value: &[u8]) -> String {
    percent_encode(value, &RESERVED).to_string()
}

/// The canonical shape of a path that is percent-encoded in whatever way: each segment is decoded
/// once and encoded again. A canonical path comes out unchanged. The empty path is `/`.
///
/// A `+` in a path is a plus sign, and `%2F` stays inside its segment.
#[must_use]
pub fn canonical_path(path: &str) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    let segments: Vec<String> = path
        .split('/')
        .map(|segment| encode_bytes(&decoded(segment)))
        .collect();
    segments.join("/")
}

/// The canonical shape of a raw query (without its `?`): parameters sorted by name, then by value,
/// each part decoded once and encoded again, a parameter without a value as `name=`.
///
/// `+` and `%20` are both a blank, as in a form. Names are compared as they read when decoded;
/// what a service does with names outside ASCII, or with one name several times, is not confirmed.
#[must_use]
pub fn canonical_query(query: &str) -> String {
    let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| {
            let parameter = parameter.replace('+', " ");
            let (name, value) = parameter.split_once('=').unwrap_or((&parameter, ""));
            (decoded(name), decoded(value))
        })
        .collect();
    parameters.sort();
    let parts: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encode_bytes(name), encode_bytes(value)))
        .collect();
    parts.join("&")
}

/// Gives a URL the path and the query that are signed. A service then sees the very text that was
/// signed and has nothing to interpret.
///
/// To be called before the request is signed: a URL's own encoding leaves characters such as `*`,
/// `'` and `+` as they are.
pub fn canonicalize_url(url: &mut Url) {
    let path = canonical_path(url.path());
    url.set_path(&path);
    let query = url.query().map(canonical_query);
    url.set_query(query.as_deref().filter(|query| !query.is_empty()));
}

fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
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
