//! The ways in which a call can go wrong on the way.

use super::proxy::head_end;

/// Wide enough for every true answer of the sandbox, narrower than [`Fault::HugeBody`].
pub const LONGEST_ANSWER: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Nothing,
    /// Nobody listens. Not the proxy's to do: the campaign gives the client such an address.
    RefuseConnection,
    CloseBeforeReading,
    CloseAfterReading,
    CloseAfterActing,
    CloseInMidAnswer,
    DelayPastTheTimeout,
    TooManyRequests,
    TooManyRequestsWaitSeconds,
    TooManyRequestsWaitUntil,
    InternalErrorBefore,
    InternalErrorAfter,
    BadGatewayHtmlBefore,
    BadGatewayHtmlAfter,
    UnavailableBefore,
    UnavailableAfter,
    SignInPage,
    Redirect,
    WrongContentType,
    TruncatedGzip,
    HugeBody,
    GarbageJson,
    ByteOrderMark,
    SlowDrip,
}

impl Fault {
    pub const ALL: [Fault; 24] = [
        Fault::Nothing,
        Fault::RefuseConnection,
        Fault::CloseBeforeReading,
        Fault::CloseAfterReading,
        Fault::CloseAfterActing,
        Fault::CloseInMidAnswer,
        Fault::DelayPastTheTimeout,
        Fault::TooManyRequests,
        Fault::TooManyRequestsWaitSeconds,
        Fault::TooManyRequestsWaitUntil,
        Fault::InternalErrorBefore,
        Fault::InternalErrorAfter,
        Fault::BadGatewayHtmlBefore,
        Fault::BadGatewayHtmlAfter,
        Fault::UnavailableBefore,
        Fault::UnavailableAfter,
        Fault::SignInPage,
        Fault::Redirect,
        Fault::WrongContentType,
        Fault::TruncatedGzip,
        Fault::HugeBody,
        Fault::GarbageJson,
        Fault::ByteOrderMark,
        Fault::SlowDrip,
    ];

    /// An answer that the service never saw the request of.
    pub fn instead_of_forwarding(self) -> Option<Vec<u8>> {
        let html = "<html><body>proxy</body></html>";
        let sign_in = "<html><head><title>Azure DevOps Services | Sign In</title></head></html>";
        Some(match self {
            Fault::TooManyRequests => {
                answer("429 Too Many Requests", &[], "text/plain", "slow down")
            }
            Fault::TooManyRequestsWaitSeconds => answer(
                "429 Too Many Requests",
                &[("retry-after", "0")],
                "text/plain",
                "slow down",
            ),
            Fault::TooManyRequestsWaitUntil => {
                let date = "Wed, 21 Oct 2015 07:28:00 GMT";
                answer(
                    "429 Too Many Requests",
                    &[("retry-after", date)],
                    "text/plain",
                    "",
                )
            }
            Fault::InternalErrorBefore => {
                answer("500 Internal Server Error", &[], "application/json", "{}")
            }
            Fault::BadGatewayHtmlBefore => answer("502 Bad Gateway", &[], "text/html", html),
            Fault::UnavailableBefore => answer("503 Service Unavailable", &[], "text/plain", ""),
            Fault::SignInPage => answer(
                "203 Non-Authoritative Information",
                &[],
                "text/html; charset=utf-8",
                sign_in,
            ),
            Fault::Redirect => {
                let to = [("location", "http://127.0.0.1:9/_signin?realm=dev.azure.com")];
                answer("302 Found", &to, "text/html", "Object moved")
            }
            _ => return None,
        })
    }

    /// What becomes of the true answer of a service that has acted.
    pub fn after_acting(self, true_answer: Vec<u8>) -> Vec<u8> {
        let split = head_end(&true_answer).unwrap_or(true_answer.len());
        let (_, body) = true_answer.split_at(split);
        match self {
            Fault::InternalErrorAfter => {
                answer("500 Internal Server Error", &[], "application/json", "{}")
            }
            Fault::BadGatewayHtmlAfter => {
                answer("502 Bad Gateway", &[], "text/html", "<html></html>")
            }
            Fault::UnavailableAfter => answer("503 Service Unavailable", &[], "text/plain", ""),
            Fault::WrongContentType => bytes("200 OK", &[], "application/octet-stream", body),
            Fault::TruncatedGzip => {
                // A gzip head, a deflate block that promises 100 bytes, and three of them.
                let cut = [
                    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x01, 100, 0, 0x9b, 0xff, b'{', b'"', b'i',
                ];
                bytes(
                    "200 OK",
                    &[("content-encoding", "gzip")],
                    "application/json",
                    &cut,
                )
            }
            Fault::HugeBody => {
                let huge = vec![b' '; LONGEST_ANSWER * 2];
                bytes("200 OK", &[], "application/json", &huge)
            }
            Fault::GarbageJson => bytes("200 OK", &[], "application/json", b"{\"novel\": 1, \"sta"),
            Fault::ByteOrderMark => {
                let marked = [b"\xef\xbb\xbf", body].concat();
                bytes("200 OK", &[], "application/json", &marked)
            }
            _ => true_answer,
        }
    }
}

fn answer(status: &str, headers: &[(&str, &str)], content_type: &str, body: &str) -> Vec<u8> {
    bytes(status, headers, content_type, body.as_bytes())
}

fn bytes(status: &str, headers: &[(&str, &str)], content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}
