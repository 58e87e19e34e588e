//! Points in time, with the vendor's own text kept.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use crate::date_text::DateText;

/// A point in time that a vendor reported.
///
/// Written out (also in JSON) it is the vendor's own text, digit for digit, when that text was
/// RFC 3339; otherwise it is the same instant in RFC 3339, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp {
    text: String,
    utc: DateTime<Utc>,
}

impl Timestamp {
    /// Reads a vendor's date. `None` for an empty text, for a date in the year 1 (which means
    /// "never"; Azure DevOps sends `0001-01-01T00:00:00`) and for anything that is not a date.
    ///
    /// A date without an offset is taken as UTC: vendors that leave it out mean UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (utc, exact) = match DateTime::parse_from_rfc3339(text) {
            Ok(date) => (date.with_timezone(&Utc), true),
            Err(_) => (text.parse::<NaiveDateTime>().ok()?.and_utc(), false),
        };
        if utc.naive_utc().year() <= 1 {
            return None;
        }
        let text = if exact { text.to_owned() } else { rfc3339(utc) };
        Some(Timestamp { text, utc })
    }

    /// Reads milliseconds since 1970 (UTC). `None` for zero and below, which vendors send for
    /// "never", and for a year that the calendar does not have.
    pub fn from_millis(millis: i64) -> Option<Self> {
        let utc = DateTime::from_timestamp_millis(millis).filter(|_| millis > 0)?;
        let text = match utc.naive_utc().year() {
            ..=9999 => DateText::with_millis(utc).as_str().to_owned(),
            _ => rfc3339(utc),
        };
        Some(Timestamp { text, utc })
    }

    /// The date as RFC 3339 text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant.
    pub fn to_utc(&self) -> DateTime<Utc> {
        self.utc
    }
}

fn rfc3339(utc: DateTime<Utc>) -> String {
    utc.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
