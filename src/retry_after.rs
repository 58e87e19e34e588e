//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName};

/// The wait that an answer names, as seconds or as a date; `None` when it names none or when the
/// text is neither.
///
/// A date is measured from the answer's own `Date`, so that a wrong clock on this machine does not
/// matter; the local clock is read only when the answer has no `Date`. A date in the past is no
/// wait at all.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = text.parse::<f64>() {
        return wait(seconds);
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = self::text(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now);
    Some(
        until
            .duration_since(now)
            .unwrap_or(Duration::ZERO)
            .min(LONGEST),
    )
}

/// No service means more than this. What clocks and people can add is far below what a header can
/// say.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// A wait of this many seconds; `None` for anything else: below zero, or not a number.
pub(crate) fn wait(seconds: f64) -> Option<Duration> {
    let seconds = Some(seconds).filter(|seconds| seconds.is_finite() && *seconds >= 0.0)?;
    let wait = Duration::try_from_secs_f64(seconds.min(LONGEST.as_secs_f64()));
    wait.ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn wait(retry_after: &'static str, date: Option<&'static str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        super::retry_after(&headers)
    }

    const DATE_TEXT: &str = "Fri, 01 May 2026 10:00:00 GMT";

    #[test]
    fn seconds() {
        assert_eq!(wait("7", None), Some(Duration::from_secs(7)));
        assert_eq!(wait(" 0 ", None), Some(Duration::ZERO));
        assert_eq!(wait("1.5", None), Some(Duration::from_millis(1500)));
    }

    #[test]
    fn a_date_is_measured_from_the_date_of_the_answer() {
        assert_eq!(
            wait("Fri, 01 May 2026 10:00:30 GMT", Some(DATE_TEXT)),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            wait("Fri, 01 May 2026 09:00:00 GMT", Some(DATE_TEXT)),
            Some(Duration::ZERO)
        );
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:49:37 GMT", None),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn no_wait_is_longer_than_a_year() {
        for text in ["1e19", "18446744073709551615", "1e300"] {
            assert_eq!(wait(text, None), Some(LONGEST), "{text}");
        }
        let year_9999 = "Fri, 31 Dec 9999 23:59:59 GMT";
        assert_eq!(wait(year_9999, Some(DATE_TEXT)), Some(LONGEST));
    }

    #[test]
    fn senseless_text_is_no_wait() {
        for text in ["", "soon", "-1", "NaN", "inf", "1e400"] {
            assert_eq!(wait(text, Some(DATE_TEXT)), None, "{text}");
        }
        assert_eq!(super::retry_after(&HeaderMap::new()), None);
    }
}
