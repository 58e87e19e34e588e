//! Foreign text for a terminal: nothing harmful is left, and cleaning twice changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use runpipe::text::{is_harmless, one_line, printable};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let line = one_line(&text);
    assert!(line.chars().all(is_harmless), "{line:?}");
    assert!(line.chars().count() <= 2_000);
    assert!(!line.contains("  ") && line.trim() == line, "{line:?}");
    assert_eq!(one_line(&line), line);
    let lines = printable(&text);
    assert!(
        lines
            .chars()
            .all(|c| c == '\n' || c == '\t' || is_harmless(c)),
        "{lines:?}"
    );
    assert_eq!(printable(&lines), lines);
});
