//! stdout as it really is.
//!
//! The standard library takes a write to a stdout that cannot be written to for done, and opens
//! `/dev/null` in the place of one that is closed. Either way a reference would be lost, and the
//! exit code would be 0.

use std::io;

/// Runs before `main`, and so before the standard library's repair: a closed stream accepts
/// nothing.
#[cfg(unix)]
#[ctor::ctor]
fn keep_closed() {
    use rustix::fs::{Mode, OFlags, fcntl_getfl, open};
    use rustix::stdio::{dup2_stdout, stdout};

    if fcntl_getfl(stdout()).is_ok() {
        return;
    }
    // The lowest free number is given: that of stdout, or of stdin where that is closed too.
    if let Ok(null) = open("/dev/null", OFlags::RDONLY, Mode::empty()) {
        let _ = dup2_stdout(&null);
        std::mem::forget(null);
    }
}

/// How often a reader that is too slow is looked at.
#[cfg(unix)]
const A_MOMENT: std::time::Duration = std::time::Duration::from_millis(10);

/// Writes all of it, without the colours where they are not wanted.
#[cfg(unix)]
pub fn write(text: &str) -> io::Result<()> {
    use std::thread::sleep;

    use anstream::adapter::strip_str;
    use anstream::{AutoStream, ColorChoice};

    let text = match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => strip_str(text).to_string(),
        ColorChoice::Auto | ColorChoice::AlwaysAnsi | ColorChoice::Always => text.to_owned(),
    };
    let mut left = text.as_bytes();
    while !left.is_empty() {
        match rustix::io::write(rustix::stdio::stdout(), left) {
            Ok(written) => left = left.get(written..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            // Somebody who shares it has told the system not to wait for its reader.
            Err(rustix::io::Errno::AGAIN) => sleep(A_MOMENT),
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(())
}

/// Writes all of it, without the colours where they are not wanted.
#[cfg(not(unix))]
pub fn write(text: &str) -> io::Result<()> {
    use std::io::Write;

    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
