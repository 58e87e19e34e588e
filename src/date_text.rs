//! Dates as text, on the stack.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};

/// A time in UTC, as `2026-05-01T10:00:00Z`. A year that has not four digits becomes the nearest that
/// has.
pub(crate) struct DateText {
    text: [u8; 24],
    length: usize,
}

impl DateText {
    /// To the second: the fraction is cut off.
    pub fn of(time: DateTime<Utc>) -> Self {
        // What a `DateTime` is asked for is computed anew for its zone each time.
        let time = time.naive_utc();
        let mut text = *b"0000-00-00T00:00:00Z\0\0\0\0";
        let year = u32::try_from(time.year().clamp(0, 9999)).unwrap_or_default();
        let pairs = [
            (0, year / 100),
            (2, year % 100),
            (5, time.month()),
            (8, time.day()),
            (11, time.hour()),
            (14, time.minute()),
            (17, time.second()),
        ];
        for (place, number) in pairs {
            if let Some([tens, ones, ..]) = text.get_mut(place..) {
                (*tens, *ones) = (digit(number / 10), digit(number));
            }
        }
        DateText { text, length: 20 }
    }

    /// To the millisecond, which is left out where it is 0.
    pub fn with_millis(time: DateTime<Utc>) -> Self {
        let mut date = DateText::of(time);
        let millis = time.timestamp_subsec_millis();
        if millis > 0 {
            let [hundreds, tens, ones] = [millis / 100, millis / 10, millis].map(digit);
            if let Some(fraction) = date.text.last_chunk_mut() {
                *fraction = [b'.', hundreds, tens, ones, b'Z'];
            }
            date.length = 24;
        }
        date
    }

    pub fn as_str(&self) -> &str {
        let text = self.text.get(..self.length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

/// The last digit of a number.
fn digit(number: u32) -> u8 {
    b'0'.saturating_add(u8::try_from(number % 10).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;

    use super::*;

    #[test]
    fn the_text_is_the_one_that_a_formatter_writes() {
        for millis in [
            0,
            1,
            1_586_863_220_000,
            1_586_863_220_007,
            1_709_251_199_980,
            253_402_300_799_999,
        ] {
            let time = DateTime::from_timestamp_millis(millis).unwrap();
            let formatted = |to| time.to_rfc3339_opts(to, true);
            let exact = DateText::with_millis(time);
            assert_eq!(exact.as_str(), formatted(SecondsFormat::AutoSi));
            assert_eq!(DateText::of(time).as_str(), formatted(SecondsFormat::Secs));
        }
    }

    #[test]
    fn a_year_has_four_digits() {
        for (millis, text) in [
            (253_402_300_800_000, "9999-01-01T00:00:00Z"),
            (-62_198_755_200_000, "0000-01-01T00:00:00Z"),
        ] {
            let time = DateTime::from_timestamp_millis(millis).unwrap();
            assert_eq!(DateText::of(time).as_str(), text);
        }
    }
}
