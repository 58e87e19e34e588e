//! What Aliyun does on the wire.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use http::header::{ACCEPT, CONTENT_LENGTH, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::Request;

use super::codes;
use super::fault::Fault;
use crate::error::ErrorKind;
use crate::retry::Again;
use crate::transport::{Answer, Dialect, Moment, Refusal, header_text, retry_after};

/// Aliyun: an action's name on each request, codes that count more than statuses, a clock that
/// has to be right.
#[derive(Debug)]
pub(super) struct AliyunDialect;

const ACTION: HeaderName = HeaderName::from_static("x-acs-action");
const VERSION: HeaderName = HeaderName::from_static("x-acs-version");
/// In milliseconds, unlike `Retry-After` (the official SDK divides it by 1000).
const RETRY_AFTER: &str = "x-acs-retry-after";

/// The vendor's name of an operation.
fn action(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "start_pipeline_run" => "StartPipelineRun",
        "get_pipeline_run" => "GetPipelineRun",
        "list_pipeline_runs" => "ListPipelineRuns",
        "stop_pipeline_run" => "StopPipelineRun",
        "get_pipeline_job_run_log" => "LogPipelineJobRun",
        "list_pipelines" => "ListPipelines",
        "get_pipeline" => "GetPipeline",
        _ => return None,
    })
}

impl Dialect for AliyunDialect {
    /// What is signed along. The path and the query become canonical when they are signed.
    fn prepare(&self, request: &mut Request, operation: &str) {
        let method = request.method().clone();
        let body = request.body().and_then(|body| body.as_bytes());
        let empty = body.is_none_or(<[u8]>::is_empty);
        let headers = request.headers_mut();
        if let Some(action) = action(operation) {
            headers.insert(ACTION, HeaderValue::from_static(action));
        }
        headers.insert(VERSION, HeaderValue::from_static("2021-06-25"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        // As the official SDK does; left alone, the length of no body at all is not sent.
        if empty && method != Method::GET {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
    }

    fn read_refusal(&self, answer: &Answer, now: Moment) -> Refusal {
        let wait = self.pause(&answer.headers, now);
        let mut refusal = Refusal::by_status(answer.status, wait);
        let fault = Fault::read(answer);
        let code = fault.code.as_deref().unwrap_or_default();
        let known = codes::apply(&mut refusal, code, wait);
        // The official SDK takes every failure with this header for throttling. After a 5xx
        // nothing says that a start did not happen.
        let asks_for_patience = milliseconds(&answer.headers).is_some();
        if !known && asks_for_patience && answer.status.is_client_error() {
            (refusal.kind, refusal.again) = (ErrorKind::RateLimited, Again::Throttled(wait));
        }
        fault.put_on(&mut refusal);
        refusal
    }

    fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        header_text(headers, "x-acs-request-id")
    }

    fn pause(&self, headers: &HeaderMap, _now: Moment) -> Option<Duration> {
        milliseconds(headers).or_else(|| retry_after(headers))
    }

    /// The answer's `Date` tells what the service's clock shows.
    fn clock_skew(&self, refusal: &Refusal, answer: &Answer, now: Moment) -> Option<TimeDelta> {
        if refusal.code.as_deref() != Some(codes::EXPIRED) {
            return None;
        }
        let date: SystemTime = httpdate::parse_http_date(answer.header(DATE.as_str())?).ok()?;
        Some(DateTime::<Utc>::from(date) - now)
    }
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    let millis: u64 = header_text(headers, RETRY_AFTER)?.trim().parse().ok()?;
    (millis > 0).then(|| Duration::from_millis(millis))
}
