//! Ctrl-C, and the signal with which a CI system ends a job.

use super::exit::Failure;
use super::stage::Stage;

/// Comes when the program is to end: the exit code where that is how it ends anyway, else a failure
/// that says what is left behind.
pub async fn interrupted(stage: &Stage) -> Result<u8, Failure> {
    signal().await;
    stage.interrupted()
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = async {
        match signal(SignalKind::interrupt()) {
            Ok(mut interrupts) => interrupts.recv().await,
            // The system then ends the program by itself, without a word.
            Err(_) => std::future::pending().await,
        }
    };
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut requests) => requests.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
