//! Vendors' text made fit for a terminal, and spans of time for people.

use std::time::Duration;

use anstream::adapter::strip_str;
use runpipe::text::{is_harmless, printable};

/// On one line: no escape sequences, no control characters, nothing that hides or turns the
/// direction of what follows, and no command to a CI system.
pub fn one_line(text: &str) -> String {
    let text = strip_str(text).to_string();
    let words = text.split(|c: char| c.is_control() || c.is_whitespace());
    let words = words.map(|word| word.chars().filter(|c| is_harmless(*c)).collect());
    let words: Vec<String> = words.filter(|word: &String| !word.is_empty()).collect();
    commanding_nothing(&words.join(" "))
}

/// Azure Pipelines looks for commands anywhere in a line of its job's log.
pub fn without_commands(line: &str) -> String {
    line.replace("##vso[", "# #vso[").replace("##[", "# #[")
}

/// The same, and GitHub, which looks for commands where a line begins, finds none either.
pub fn commanding_nothing(line: &str) -> String {
    let line = without_commands(line);
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => line,
    }
}

/// Each text on a line of its own.
pub fn in_lines(texts: impl IntoIterator<Item = String>) -> String {
    let lines = texts.into_iter().map(|text| one_line(&text) + "\n");
    lines.collect()
}

/// Over several lines: line ends and tabs stay. Of a line that was overwritten by carriage returns
/// each version gets a line.
pub fn lines(text: &str) -> String {
    printable(&strip_str(text).to_string())
}

/// `4.2s`, `38s`, `2m 05s`, `1h 02m`.
pub fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..10 => format!("{:.1}s", span.as_secs_f64()),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A word as a POSIX shell has to be given it.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
