//! What the text of a flag is read as. No error repeats that text: it may be a credential.

use std::time::Duration;

use chrono::{DateTime, Utc};
use runpipe::ledger::Key;
use runpipe::{InvalidRunRef, RunRef, Service};

/// Beyond this a clock overflows, and nobody means it.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Reads `90s`, `5m`, `1h 30m`, or a bare number of seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let read = match text.parse::<u64>() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text),
    };
    match read {
        Ok(Duration::ZERO) => Err("it has to be longer than zero".to_owned()),
        Ok(duration) if duration > LONGEST => Err("it has to be at most a year".to_owned()),
        Ok(duration) => Ok(duration),
        Err(_) => Err("write it as 90s, 5m or 1h30m".to_owned()),
    }
}

/// Reads a moment: `2026-11-30T04:30:00Z`.
pub fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let read = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    read.map_err(|_| "write it as 2026-11-30T04:30:00Z".to_owned())
}

/// Reads a key.
pub fn key(text: &str) -> Result<Key, String> {
    text.parse::<Key>().map_err(|fault| fault.to_string())
}

/// Reads a reference to a run.
pub fn reference(text: &str) -> Result<RunRef, String> {
    text.parse().map_err(|fault| match fault {
        InvalidRunRef::Service(_) => {
            let names = Service::ALL.map(Service::name).join(", ");
            format!("what it begins with is not a service: use one of {names}")
        }
        fault => fault.to_string(),
    })
}
