//! The text of `x-acs-date`.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::date_text::DateText;

const FORMAT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// The time in UTC to the second, as `2026-05-01T10:00:00Z`. A fraction of a second is cut off, and a
/// year that has not four digits becomes the nearest that has.
#[must_use]
pub fn date_text(time: DateTime<Utc>) -> String {
    DateText::of(time).as_str().to_owned()
}

/// Reads exactly the shape that [`date_text`] writes; `None` for any other, such as one with a
/// fraction or an offset.
#[must_use]
pub fn parse_date(text: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, FORMAT).ok()?.and_utc();
    // The parser is lenient about leading zeros and signs; the wire is not.
    (date_text(time) == text).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_date_is_read_back() {
        let text = "2023-10-26T10:22:32Z";
        assert_eq!(parse_date(text).map(date_text).as_deref(), Some(text));
    }

    #[test]
    fn other_shapes_are_not_read() {
        for text in [
            "",
            "2023-10-26T10:22:32",
            "2023-10-26T10:22:32.5Z",
            "2023-10-26T10:22:32+00:00",
            "2023-10-26 10:22:32Z",
            "2023-1-2T10:22:32Z",
            "2023-13-01T00:00:00Z",
            "20231026T102232Z",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
