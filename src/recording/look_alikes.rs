//! The look-alikes of replaced texts: the same for the same.

use std::collections::{HashMap, HashSet};
use std::fmt;

/// A longer text is not an id: it is not remembered.
const LONGEST: usize = 400;
/// How often another look-alike is drawn before it gets longer.
const TRIES: usize = 50;

/// The look-alikes of one recording.
#[derive(Default)]
pub(super) struct LookAlikes {
    known: HashMap<String, String>,
    used: HashSet<String>,
    /// How many files have a number.
    pub files: u32,
}

impl LookAlikes {
    /// The text with another run of letters and digits for each of its own, unless `stays` says that it stays.
    pub fn of(&mut self, text: &str, stays: impl Fn(&str) -> bool) -> String {
        let short = text.len() <= LONGEST;
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_word = first.is_alphanumeric();
            let end = rest.find(|c: char| c.is_alphanumeric() != is_word);
            let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            if !is_word || stays(part) {
                replaced.push_str(part);
            } else if let Some(known) = self.known.get(part) {
                replaced.push_str(known);
            } else if short {
                replaced.push_str(&self.draw(part));
            } else {
                replaced.extend(part.chars().map(blank));
            }
        }
        replaced
    }

    fn draw(&mut self, part: &str) -> String {
        let mut drawn = drawn(part);
        for tried in 1.. {
            if drawn != part && self.used.insert(drawn.clone()) {
                break;
            }
            if tried % TRIES == 0 {
                drawn.push('7');
            } else {
                let extra = drawn.split_off(drawn.len().min(part.len()));
                drawn = self::drawn(part) + &extra;
            }
        }
        self.known.insert(part.to_owned(), drawn.clone());
        drawn
    }
}

impl fmt::Debug for LookAlikes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Other letters and digits of the same kinds. What is hexadecimal stays so, what begins with no zero does too, and a
/// long number begins with 1: it fits the integer that the other one did.
fn drawn(part: &str) -> String {
    let hexadecimal = part.chars().all(|c| c.is_ascii_hexdigit());
    let number = part.len() >= 10 && part.bytes().all(|b| b.is_ascii_digit());
    let one = |(at, c): (usize, char)| match c {
        '1'..='9' if at == 0 && number => '1',
        '1'..='9' if at == 0 => fastrand::char('1'..='9'),
        '0'..='9' => fastrand::char('0'..='9'),
        'a'..='z' if hexadecimal => fastrand::char('a'..='f'),
        'A'..='Z' if hexadecimal => fastrand::char('A'..='F'),
        'a'..='z' => fastrand::char('a'..='z'),
        'A'..='Z' => fastrand::char('A'..='Z'),
        _ => fastrand::char('\u{4e00}'..='\u{4fff}'),
    };
    part.chars().enumerate().map(one).collect()
}

fn blank(c: char) -> char {
    match c {
        '0'..='9' => '0',
        'A'..='Z' => 'X',
        _ => 'x',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_gets_the_same_and_different_ones_stay_different() {
        let mut names = LookAlikes::default();
        let all: HashSet<String> = (0..200)
            .map(|n| names.of(&n.to_string(), |_| false))
            .collect();
        assert_eq!(all.len(), 200);
        for text in [
            "Ann Lee <ann@example.com>",
            "691f3b8d-0c4d",
            "张伟",
            "9223372036854775807",
        ] {
            let other = names.of(text, |_| false);
            assert_eq!(names.of(text, |_| false), other);
            assert_eq!(other.chars().count(), text.chars().count(), "{other}");
            // Not of the whole: what is drawn for a long word may have a short one in it.
            let words = |text: &str| -> Vec<String> {
                let words = text.split(|c: char| !c.is_alphanumeric());
                words.map(str::to_owned).collect()
            };
            for (word, drawn) in words(text).iter().zip(words(&other)) {
                assert!(word.is_empty() || *word != drawn, "{word} in {other}");
            }
        }
        let large: i64 = names.of("9223372036854775807", |_| false).parse().unwrap();
        assert!(large > 0);
    }
}
