//! Which URLs may be sent credentials.

use std::net::IpAddr;

use url::Url;

/// Whether credentials may travel to this URL: over TLS to any host, and without TLS only to this
/// machine itself (`localhost`, 127.0.0.0/8, `::1`), where sandboxes and tests listen.
pub(crate) fn may_carry_credentials(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => url.host_str().is_some_and(is_loopback),
        _ => false,
    }
}

/// `host` as `Url` gives it: lower case, IPv4 in its usual form, IPv6 in brackets.
fn is_loopback(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(url: &str) -> bool {
        may_carry_credentials(&Url::parse(url).unwrap())
    }

    #[test]
    fn tls_goes_anywhere() {
        assert!(allowed("https://api.example.com/x"));
        assert!(allowed("https://192.0.2.1:8443/"));
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for url in [
            "http://localhost/",
            "http://LocalHost:8080/",
            "http://127.0.0.1:1/",
            "http://127.9.8.7/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://[::1]:80/",
            "http://[0:0:0:0:0:0:0:1]/",
        ] {
            assert!(allowed(url), "{url}");
        }
        for url in [
            "http://api.example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://128.0.0.1/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://[::]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[fe80::1]/",
        ] {
            assert!(!allowed(url), "{url}");
        }
    }

    #[test]
    fn other_schemes_go_nowhere() {
        for url in [
            "ftp://localhost/",
            "ws://localhost/",
            "file:///etc/hosts",
            "data:,x",
        ] {
            assert!(!allowed(url), "{url}");
        }
    }
}
