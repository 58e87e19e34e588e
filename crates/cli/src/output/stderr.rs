//! stderr, which messages and the live view share: what is said scrolls by above the view.

use std::io::{self, IsTerminal, Write};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use indicatif::{MultiProgress, ProgressDrawTarget};

/// Cheap to clone: all clones are the one stream.
#[derive(Clone, Debug, Default)]
pub struct Stderr(MultiProgress);

impl Stderr {
    /// Writes a text, whole and at once. If stderr is gone, there is nobody left to tell.
    pub fn say(&self, text: &str) {
        self.0.suspend(|| {
            let _ = anstream::stderr().write_all(text.as_bytes());
        });
    }

    /// Writes a line with what a CI system reads in it, untouched.
    pub fn command(&self, line: &str) {
        self.0.suspend(|| {
            let _ = writeln!(io::stderr(), "{line}");
        });
    }

    /// Whether a person looks at it.
    pub fn is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// What draws the live view.
    pub fn view(&self) -> &MultiProgress {
        &self.0
    }

    /// Takes the live view away, for good: what follows is the program's last word.
    pub fn end_view(&self) {
        let _ = self.0.clear();
        self.0.set_draw_target(ProgressDrawTarget::hidden());
    }

    /// A text for the live view, which does not look itself whether colours are wanted.
    pub fn coloured(&self, text: String) -> String {
        match AutoStream::choice(&io::stderr()) {
            ColorChoice::Never => strip_str(&text).to_string(),
            ColorChoice::Auto | ColorChoice::AlwaysAnsi | ColorChoice::Always => text,
        }
    }
}

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.say(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
