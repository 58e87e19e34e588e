//! Two versions of a document: compared without a panic, and nothing differs from itself.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use runpipe_spec::diff::diff;
use runpipe_spec::document::Document;

/// Between the two.
const BETWEEN: &str = "\n~~~\n";

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else {
        return Corpus::Reject;
    };
    let (old, new) = text.split_once(BETWEEN).unwrap_or((text, text));
    let (Ok(old), Ok(new)) = (
        Document::parse("old.json", old),
        Document::parse("new.json", new),
    ) else {
        return Corpus::Reject;
    };
    assert!(diff(&old, &old).is_empty(), "something differs from itself");
    for change in diff(&old, &new) {
        assert!(!change.to_string().is_empty());
    }
    let _ = diff(&new, &old);
    Corpus::Keep
});
