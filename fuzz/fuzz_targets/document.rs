//! Documents, whatever they hold: linted, read and lowered without a panic; a clean one is read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use runpipe_spec::document::Document;
use runpipe_spec::lint::lint;
use runpipe_spec::lower::lower;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let findings = lint("fuzz.json", text);
    for finding in &findings {
        assert!(finding.to_string().starts_with("fuzz.json"), "{finding}");
    }
    let read = Document::parse("fuzz.json", text);
    if findings.is_empty() {
        assert!(
            read.is_ok(),
            "a clean document is refused: {:?}",
            read.err()
        );
        let value = serde_json::from_str(text).expect("clean, so JSON");
        let lowered = lower(&value);
        // What was lowered has nothing left to lower.
        assert_eq!(lower(&lowered.document).document, lowered.document);
    } else if let Ok(value) = serde_json::from_str(text) {
        lower(&value);
    }
});
