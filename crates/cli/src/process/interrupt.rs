//! Ctrl-C, a terminal that is closed, and the signal with which a CI system ends a job.

use super::exit::Failure;
use super::stage::Stage;

/// Resolves when the program has to end: to the exit code if that is how it ends anyway, else to a
/// failure that says what is left behind.
pub async fn interrupted(stage: &Stage) -> Result<u8, Failure> {
    loop {
        let number = signal().await;
        if let Some(outcome) = stage.interrupted(number) {
            return outcome;
        }
    }
}

/// The number of the first signal that asks the program to end. Later ones change nothing: what is
/// left behind is still said.
#[cfg(unix)]
async fn signal() -> u8 {
    use std::future::poll_fn;
    use std::task::Poll;

    use tokio::signal::unix::{SignalKind, signal};

    let kinds = [
        (HANGUP, SignalKind::hangup()),
        (2, SignalKind::interrupt()),
        (3, SignalKind::quit()),
        (15, SignalKind::terminate()),
    ];
    let mut signals = Vec::new();
    for (number, kind) in kinds {
        if number == HANGUP && hangups_are_ignored() {
            continue;
        }
        // If it cannot listen for one, the system ends the program.
        if let Ok(signal) = signal(kind) {
            signals.push((number, signal));
        }
    }
    poll_fn(|context| {
        let mut signals = signals.iter_mut();
        signals
            .find_map(|(number, signal)| signal.poll_recv(context).is_ready().then_some(*number))
            .map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

#[cfg(unix)]
const HANGUP: u8 = 1;

/// Whether the program was started by `nohup`: it outlives its terminal then.
#[cfg(unix)]
fn hangups_are_ignored() -> bool {
    // Linux has this file; elsewhere `nohup` is not noticed.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The first signal is the lowest bit.
    mask.is_some_and(|mask| mask & 1 != 0)
}

#[cfg(not(unix))]
async fn signal() -> u8 {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    2
}
