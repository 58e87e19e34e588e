//! Few open files: what would break off without a word is refused with one.

use std::io;

use super::exit::Failure;

/// What the runtime opens, and one connection.
pub const OF_A_CALL: usize = 8;
/// What the sandbox opens: a runtime and a port for each service, and connections.
pub const OF_THE_SANDBOX: usize = 64;

/// Fails when this many more files cannot be opened.
pub fn expect(count: usize) -> Result<(), Failure> {
    open(count).map_err(|cause| {
        Failure::usage(
            format!("this process may not open as many files as it needs: {cause}"),
            "Raise the limit, for example with: ulimit -n 256",
        )
    })
}

#[cfg(unix)]
fn open(count: usize) -> io::Result<()> {
    use std::os::fd::{AsFd, OwnedFd};

    let spare = (0..count).map(|_| io::stderr().as_fd().try_clone_to_owned());
    spare.collect::<io::Result<Vec<OwnedFd>>>().map(drop)
}

#[cfg(not(unix))]
fn open(_count: usize) -> io::Result<()> {
    Ok(())
}
