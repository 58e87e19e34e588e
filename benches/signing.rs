//! How many requests are signed in a second on one core, header map included, against the same
//! written by hand with sha2, hmac and hex.
//!
//! `cargo bench --bench signing`

use std::hint::black_box;

use chrono::{DateTime, Utc};
use cpu_time::ProcessTime;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use runpipe::auth::{Secret, acs3};
use sha2::{Digest as _, Sha256};

const ROUNDS: usize = 31;
const SIGNATURES: u32 = 20_000;
const HOST: &str = "devops.cn-hangzhou.aliyuncs.com";
const PATH: &str = "/organizations/5ebbc0228123212b59/pipelines/123/run";
const BODY: &str = "params=%7B%22envs%22%3A%7B%22VERSION%22%3A%221.2.3%22%7D%7D";
const NONCE: &str = "3156853299f313e23d1673dc12e1703d";

/// What is on the request before it is signed.
fn unsigned() -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(12);
    for (name, value) in [
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-acs-action", "StartPipelineRun"),
        ("x-acs-version", "2021-06-25"),
    ] {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

fn ours(credentials: &acs3::Credentials, time: DateTime<Utc>) -> HeaderMap {
    let mut headers = unsigned();
    let request = acs3::SigningRequest::new("POST", HOST, PATH)
        .with_headers(&headers)
        .with_body(BODY.as_bytes());
    let signed = acs3::sign(&request, credentials, time, NONCE).expect("a signature");
    signed.put_on(&mut headers);
    headers
}

fn by_hand(id: &str, secret: &str, time: DateTime<Utc>) -> HeaderMap {
    let mut headers = unsigned();
    let body = hex::encode(Sha256::digest(BODY));
    let date = time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    for (name, value) in [
        ("x-acs-content-sha256", body.as_str()),
        ("x-acs-date", &date),
        ("x-acs-signature-nonce", NONCE),
    ] {
        let value = HeaderValue::from_str(value).expect("a header");
        headers.insert(HeaderName::from_static(name), value);
    }
    let names = "content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;\
                 x-acs-signature-nonce;x-acs-version";
    let mut lines = String::new();
    for name in names.split(';') {
        let value = headers
            .get(name)
            .map_or(HOST, |value| value.to_str().expect("a text"));
        lines.push_str(&format!("{name}:{value}\n"));
    }
    let canonical = format!("POST\n{PATH}\n\n{lines}\n{names}\n{body}");
    let hash = hex::encode(Sha256::digest(canonical));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(format!("ACS3-HMAC-SHA256\n{hash}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let value =
        format!("ACS3-HMAC-SHA256 Credential={id},SignedHeaders={names},Signature={signature}");
    headers.insert(
        AUTHORIZATION,
        HeaderValue::from_str(&value).expect("a header"),
    );
    headers
}

/// CPU seconds of a round.
fn cpu(rounds: u32, sign: impl Fn() -> HeaderMap) -> f64 {
    let before = ProcessTime::now();
    for _ in 0..rounds {
        black_box(sign());
    }
    before.elapsed().as_secs_f64()
}

fn main() {
    let (id, secret) = ("LTAI5tExampleKeyId", "q7x2v9k4m1z8w5r3t6y0p2s8d4f1g7");
    let credentials = acs3::Credentials::new(id, Secret::from(secret));
    let time = Utc::now();
    let (ours, by_hand) = (|| ours(&credentials, time), || by_hand(id, secret, time));
    assert_eq!(ours(), by_hand(), "two ways to one signature");
    // Not by `cargo bench`: it is only made sure that it runs.
    let whole = std::env::args().any(|word| word == "--bench");
    let (rounds, signatures) = if whole {
        (ROUNDS, SIGNATURES)
    } else {
        (1, 100)
    };
    let pairs = (0..rounds).map(|_| (cpu(signatures, ours), cpu(signatures, by_hand)));
    let mut pairs: Vec<(f64, f64)> = pairs.collect();
    pairs.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (ours, by_hand) = pairs[pairs.len() / 2];
    let a_second = |seconds: f64| f64::from(signatures) / seconds;
    println!(
        "ours {:.0}, by hand {:.0} signatures a CPU second; {:.2} times as many (median of {rounds} pairs)",
        a_second(ours),
        a_second(by_hand),
        by_hand / ours,
    );
}
