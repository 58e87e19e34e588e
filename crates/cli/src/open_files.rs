//! Few open files: what would break off without a word is refused with one.

use super::exit::Failure;

/// What the runtime opens, and one connection.
pub const OF_A_CALL: usize = 8;
/// What the sandbox opens: a runtime and a port for each service, and connections.
pub const OF_THE_SANDBOX: usize = 64;

/// Fails when so many more files cannot be opened.
#[cfg(unix)]
pub fn expect(count: usize) -> Result<(), Failure> {
    use std::io::{self, stderr};
    use std::os::fd::{AsFd, OwnedFd};

    let spare: io::Result<Vec<OwnedFd>> = (0..count)
        .map(|_| stderr().as_fd().try_clone_to_owned())
        .collect();
    spare.map(drop).map_err(|cause| {
        Failure::usage(
            format!("this process may not open as many files as it needs: {cause}"),
            format!(
                "Raise the limit, for example with: ulimit -n {}",
                count.saturating_add(192)
            ),
        )
    })
}

/// Fails when so many more files cannot be opened.
#[cfg(not(unix))]
pub fn expect(_count: usize) -> Result<(), Failure> {
    Ok(())
}
