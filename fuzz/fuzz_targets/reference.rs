//! References to runs: what is read is written as it can be read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use runpipe::{RunRef, Service};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(service) = text.parse::<Service>() {
        assert_eq!(service.to_string().parse(), Ok(service));
    }
    let read: Result<RunRef, _> = text.parse();
    let in_json = serde_json::from_value::<RunRef>(text.into());
    assert_eq!(read.is_ok(), in_json.is_ok());
    match read {
        Ok(run) => {
            assert_eq!(run.parts().len(), run.service().reference_parts().len());
            for part in run.parts() {
                assert!(!part.trim().is_empty() && part != "." && part != "..");
                assert!(!part.contains(|c: char| c == '\\' || c.is_control()));
            }
            let written = run.to_string();
            assert!(written.is_ascii());
            assert_eq!(written.parse(), Ok(run.clone()));
            assert_eq!(RunRef::new(run.service(), run.parts()), Ok(run));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
