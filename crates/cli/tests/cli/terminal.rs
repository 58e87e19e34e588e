//! A terminal for the program, and what stands on its screen.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::process::Child;

use crate::program::Program;

/// Lines of the screen.
const ROWS: u16 = 40;

/// A program on a terminal.
pub struct Terminal {
    pub child: Child,
    screen: Arc<Mutex<vt100::Parser>>,
}

impl Terminal {
    /// Runs the program with all its streams on a terminal of that width.
    pub async fn run(program: Program, width: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&ours).expect("granted");
        unlockpt(&ours).expect("unlocked");
        let size = Winsize {
            ws_row: ROWS,
            ws_col: width,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&ours, size).expect("a size");
        let name = ptsname(&ours, Vec::new()).expect("a name");
        let open = || {
            let name = name.to_str().expect("UTF-8");
            let file = File::options().read(true).write(true).open(name);
            Stdio::from(file.expect("the other side"))
        };
        let program = program.env("TERM", "xterm-256color");
        let child = program.stdout(open()).spawn_with(open()).await;
        let screen = Arc::new(Mutex::new(vt100::Parser::new(ROWS, width, 0)));
        let draws = Arc::clone(&screen);
        std::thread::spawn(move || draw(ours, &draws));
        Terminal { child, screen }
    }

    /// What stands on the screen now.
    pub fn text(&self) -> String {
        let screen = self.screen.lock().expect("whole");
        let (_, width) = screen.screen().size();
        // `contents` would join a line that fills the terminal with the next one.
        let rows = screen.screen().rows(0, width);
        let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// Whether anything on the screen has a colour.
    pub fn has_colours(&self) -> bool {
        let screen = self.screen.lock().expect("whole");
        let (screen, plain) = (screen.screen(), vt100::Color::Default);
        let (rows, columns) = screen.size();
        let mut cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        cells.any(|(row, column)| {
            let cell = screen.cell(row, column);
            cell.is_some_and(|cell| cell.fgcolor() != plain)
        })
    }

    /// Comes when the screen shows this.
    pub async fn shows(&self, what: &str) -> String {
        let seen = async {
            loop {
                let text = self.text();
                if text.contains(what) {
                    return text;
                }
                tokio::task::yield_now().await;
            }
        };
        let seen = tokio::time::timeout(Duration::from_secs(60), seen).await;
        seen.unwrap_or_else(|_| panic!("{what:?} is not on the screen:\n{}", self.text()))
    }
}

/// Draws until the program has closed its side.
fn draw(ours: OwnedFd, screen: &Mutex<vt100::Parser>) {
    let mut ours = File::from(ours);
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = ours.read(&mut bytes) {
        screen.lock().expect("whole").process(&bytes[..read]);
    }
}
