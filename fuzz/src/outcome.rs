//! What has to hold of every outcome.

use runpipe::{Error, Run, RunRef};

use crate::clients::SECRET;

/// A run can be named, shown, and names nothing that is secret.
pub fn check_run(run: &Run) {
    assert!(!run.id.trim().is_empty(), "a run without an id");
    let reference: RunRef = run
        .reference
        .to_string()
        .parse()
        .expect("the reference can be read");
    assert_eq!(reference, run.reference);
    assert_eq!(reference.run_id(), run.id);
    let shown = format!("{run:?} {}", serde_json::to_string(run).expect("JSON"));
    assert!(!shown.contains(SECRET), "a run tells the secret: {shown}");
}

/// A step or a log names nothing that is secret.
pub fn check_part(part: &impl std::fmt::Debug) {
    let shown = format!("{part:?}");
    assert!(!shown.contains(SECRET), "a part tells the secret: {shown}");
}

/// An error says what happened and what to do, on lines that a terminal can show, and nothing secret.
pub fn check_error(error: &Error) {
    let message = error.to_string();
    assert!(!message.trim().is_empty() && !error.advice().is_empty());
    for c in message.chars() {
        assert!(
            c == '\n' || runpipe::text::is_harmless(c),
            "{c:?} in {message:?}"
        );
    }
    let shown = format!(
        "{message} {error:?} {}",
        serde_json::to_string(error).expect("JSON")
    );
    assert!(
        !shown.contains(SECRET),
        "an error tells the secret: {shown}"
    );
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        assert!(
            !format!("{inner} {inner:?}").contains(SECRET),
            "a cause tells the secret"
        );
        cause = inner.source();
    }
}
