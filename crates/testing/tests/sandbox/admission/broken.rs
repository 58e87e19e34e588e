//! Requests that are none, or end in the middle: the sandbox answers or closes, and goes on.

use std::sync::atomic::{AtomicUsize, Ordering};

use runpipe::Service;
use runpipe_testing::Sandbox;

use super::{EXECUTIONS, Outcome, address, ask, exchange};

/// Behind the head of a start with a good token.
const BODIES: [(&str, &[u8], bool, &str); 11] = [
    (
        "a chunk size that is no number",
        b"transfer-encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
        false,
        "400",
    ),
    (
        "a chunk size beyond all numbers",
        b"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        false,
        "400",
    ),
    (
        "a chunk longer than it says",
        b"transfer-encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n",
        false,
        "400",
    ),
    (
        "a chunk without its end",
        b"transfer-encoding: chunked\r\n\r\n2\r\n{}",
        true,
        "",
    ),
    (
        "no last chunk",
        b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        true,
        "",
    ),
    (
        "an unknown coding",
        b"transfer-encoding: zip\r\n\r\nPK",
        false,
        "400",
    ),
    (
        "half a body",
        b"content-length: 100\r\n\r\n{\"comment\":",
        true,
        "",
    ),
    (
        "a negative length",
        b"content-length: -1\r\n\r\n{}",
        false,
        "400",
    ),
    (
        "two lengths",
        b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        false,
        "400",
    ),
    (
        "a header without a colon",
        b"no colon here\r\n\r\n",
        false,
        "400",
    ),
    ("a NUL in a header", b"x-a: b\0c\r\n\r\n", false, "400"),
];

const REQUESTS: [(&str, &[u8]); 9] = [
    ("nothing", b""),
    ("half a line", b"POST /works"),
    ("half a head", b"POST / HTTP/1.1\r\nhost: localhost\r\n"),
    ("no HTTP", b"\x00\xff\xfe\x01garbage\r\n\r\n"),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("HTTP/0.9", b"GET /\r\n"),
    (
        "an unknown version",
        b"GET / HTTP/9.9\r\nhost: localhost\r\n\r\n",
    ),
    (
        "a proxy's method",
        b"CONNECT localhost:22 HTTP/1.1\r\nhost: localhost:22\r\n\r\n",
    ),
];

/// Panics of the sandbox's threads: the harness names its own.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let thread = std::thread::current();
        if thread.name().is_none_or(|name| name.starts_with("sandbox")) {
            PANICS.fetch_add(1, Ordering::Relaxed);
        }
        before(panic);
    }));
}

#[tokio::test]
async fn broken_requests_start_nothing_and_stop_nothing() -> Outcome {
    count_panics();
    let sandbox = Sandbox::start().await?;
    let to = address(&sandbox, Service::Buddy)?;
    let token = &sandbox.accepted().buddy_token;
    let head = format!(
        "POST {EXECUTIONS} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\nconnection: close\r\n"
    );
    for (what, rest, and_close, status) in BODIES {
        let bytes = [head.as_bytes(), rest].concat();
        let answer = exchange(to, &bytes, and_close).await?;
        assert!(
            answer
                .split(' ')
                .nth(1)
                .unwrap_or_default()
                .starts_with(status),
            "{what}: {answer}"
        );
        assert!(!answer.starts_with("HTTP/1.1 2"), "{what}: {answer}");
    }
    for (what, bytes) in REQUESTS {
        let answer = exchange(to, bytes, true).await?;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{what}: {answer}");
    }
    assert_eq!(sandbox.started(Service::Buddy), 0);
    let headers = [
        "host: localhost".to_owned(),
        format!("authorization: Bearer {token}"),
    ];
    let answer = ask(to, &format!("GET {EXECUTIONS}"), &headers, "").await?;
    assert_eq!(answer.status(), 200, "it goes on: {}", answer.0);
    assert_eq!(
        PANICS.load(Ordering::Relaxed),
        0,
        "a thread of the sandbox panicked"
    );
    Ok(())
}
