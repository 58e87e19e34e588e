//! What the program writes: the result on stdout, everything else on stderr.

pub mod annotation;
pub mod event;
pub mod gate;
pub mod log;
pub mod stderr;
pub mod stdout;
pub mod table;
pub mod text;

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use runpipe::ledger::Key;
use runpipe::text::is_harmless;
use runpipe::{Run, RunRef, RunStatus, Timestamp};
use serde::Serialize;

use crate::process::exit::Failure;
use event::Event;
use stderr::Stderr;
use text::{commanding_nothing, one_line, span};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The two streams, in one of two manners: for people, or as JSON.
#[derive(Clone, Debug)]
pub struct Output {
    json: bool,
    quiet: bool,
    /// Whether a CI system reads what is written.
    in_job: bool,
    stderr: Stderr,
}

/// What a start with a key adds to its run.
#[derive(Debug, Serialize)]
pub struct OfKey {
    /// The key.
    pub key: Key,
    /// Whether the run was there already.
    pub attached: bool,
}

/// Whether somebody still reads stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Yes.
    There,
    /// The pipe was closed: `runpipe logs … | head`. Not a failure.
    Gone,
}

impl Output {
    /// Writes JSON, or text for people: with `quiet` no more of a run than its reference.
    pub fn new(json: bool, quiet: bool) -> Self {
        Output {
            json,
            quiet,
            in_job: false,
            stderr: Stderr::default(),
        }
    }

    /// The same in a job of a CI system, where one is.
    pub fn in_job(self, in_job: bool) -> Self {
        Output { in_job, ..self }
    }

    /// A line that a step wrote, as a result for people: in a job, it commands nothing.
    pub fn log_line(&self, line: &str) -> String {
        match self.in_job {
            true => commanding_nothing(line),
            false => line.to_owned(),
        }
    }

    /// Whether JSON is wanted.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether progress is reported at all.
    pub fn tells_progress(&self) -> bool {
        !(self.json || self.quiet)
    }

    /// The stream for everything but the result.
    pub fn stderr(&self) -> &Stderr {
        &self.stderr
    }

    /// Whether a person looks at stdout.
    pub fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Writes the result: `value` as one object, or `text`. Colours in the text are left out where
    /// they are not wanted.
    ///
    /// Fails when stdout takes nothing (it is closed, the disk is full); the result is on stderr then.
    pub fn result(
        &self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<Reader, Failure> {
        let text = if self.json {
            json_line(value).map_err(Failure::Output)?
        } else {
            text()
        };
        self.part(&text)
    }

    /// Writes a part of a result that is written as it comes.
    ///
    /// Fails when stdout takes nothing; the part is on stderr then.
    pub fn part(&self, text: &str) -> Result<Reader, Failure> {
        match stdout::write(text) {
            Ok(()) => Ok(Reader::There),
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(Reader::Gone),
            Err(cause) => {
                self.stderr.say(text);
                Err(Failure::Output(cause))
            }
        }
    }

    /// Says on stderr how things go. Not with `--json`: there stderr has objects only.
    pub fn progress(&self, line: &str) {
        if self.tells_progress() {
            self.stderr.say(&format!("{line}\n"));
        }
    }

    /// Says on stderr why the command failed.
    pub fn failure(&self, failure: &Failure) {
        let text = if self.json {
            // Text and numbers under text keys always become JSON.
            json_line(&failure.report()).unwrap_or_default()
        } else {
            let red = AnsiColor::Red.on_default().bold();
            let (what, advice) = failure.parts();
            let advice = advice
                .iter()
                .map(|advice| format!("  {}\n", one_line(advice)));
            format!(
                "{red}error:{red:#} {}\n{}",
                one_line(&what),
                advice.collect::<String>()
            )
        };
        self.stderr.end_view();
        self.stderr.say(&text);
    }

    /// Says on stderr what could not be read of a run that exists. JSON has it in `warnings`.
    pub fn warnings(&self, run: &Run) {
        for warning in &run.warnings {
            self.progress(&warning_line(warning));
        }
    }

    /// Says on stderr what makes a start less safe than it looks.
    pub fn warning(&self, message: &str) {
        let line = if self.json {
            // A text always becomes JSON.
            json_line(&Event::Warning { message }).unwrap_or_default()
        } else {
            warning_line(message) + "\n"
        };
        self.stderr.say(&line);
    }

    /// Says on stderr, at once, that a run was started, unless the next thing is that a person reads
    /// it as the result: whatever becomes of this process or of stdout, its reference is known.
    pub fn started(&self, run: &RunRef, more_follows: bool) {
        if self.json {
            // Two texts always become JSON.
            let started = json_line(&Event::Started { run });
            self.stderr.say(&started.unwrap_or_default());
        } else if more_follows || !self.is_terminal() {
            self.stderr.say(&format!("started {run}\n"));
        }
    }

    /// Says on stderr, at once, that a run was there already for the key of a start.
    pub fn attached(&self, run: &RunRef) {
        if self.json {
            // Two texts always become JSON.
            let attached = json_line(&Event::Attached { run });
            self.stderr.say(&attached.unwrap_or_default());
        } else {
            self.progress(&format!("attached {run}"));
        }
    }

    /// Writes a run as the result of a start, with its key where it has one. If stdout is not a
    /// terminal, it gets the bare reference, and stderr the rest.
    pub fn start(&self, run: &Run, key: Option<&OfKey>) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Started<'a> {
            #[serde(flatten)]
            run: &'a Run,
            #[serde(flatten)]
            key: Option<&'a OfKey>,
        }
        let bare = self.quiet || !self.is_terminal();
        if bare {
            self.progress(rows(run).trim_end());
        }
        // Nothing is lost if the reader is gone: the reference is on stderr.
        let text = || if bare { line(run) } else { block(run) };
        self.result(&Started { run, key }, text).map(|_| ())
    }

    /// Writes a run as the result. Its reference is never lost: it goes to stderr when nobody reads
    /// stdout any more.
    pub fn run(&self, run: &Run) -> Result<(), Failure> {
        self.warnings(run);
        let text = || if self.quiet { line(run) } else { block(run) };
        if self.result(run, text)? == Reader::Gone {
            self.stderr.say(&line(run));
        }
        Ok(())
    }
}

fn warning_line(warning: &str) -> String {
    let yellow = AnsiColor::Yellow.on_default().bold();
    format!("{yellow}warning:{yellow:#} {}", one_line(warning))
}

/// JSON on one line. What a terminal would obey, or be deceived by, is escaped: JSON itself asks
/// that only of the first 32 characters.
fn json_line(value: &impl Serialize) -> io::Result<String> {
    Ok(harmless_line(&serde_json::to_string(value)?))
}

/// Apart, so that it is compiled once for all types.
fn harmless_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len().saturating_add(1));
    for c in json.chars() {
        if is_harmless(c) {
            line.push(c);
            continue;
        }
        // JSON has four digits for each half of what is beyond U+FFFF.
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(line, "\\u{unit:04x}");
        }
    }
    line.push('\n');
    // Commands to Azure Pipelines, wherever they are in a line of its job's log.
    line.replace("##vso[", r"\u0023#vso[")
        .replace("##[", r"\u0023#[")
}

/// How a status looks.
pub fn status_style(status: RunStatus) -> Style {
    match status {
        RunStatus::Succeeded => AnsiColor::Green.on_default(),
        RunStatus::Failed => AnsiColor::Red.on_default(),
        RunStatus::Waiting | RunStatus::Unknown => AnsiColor::Yellow.on_default(),
        RunStatus::Canceled | RunStatus::Skipped => DIM,
        _ => AnsiColor::Cyan.on_default(),
    }
}

/// The vendor's word next to ours, if it differs.
pub fn vendor_word(run: &Run) -> Option<String> {
    let word = one_line(run.vendor_status.as_deref()?);
    let same = word.eq_ignore_ascii_case(run.status.as_str());
    (!word.is_empty() && !same).then_some(word)
}

/// How long a run took, or `None` while it has no beginning or no end.
pub fn took(run: &Run) -> Option<String> {
    let begun = run.started_at.as_ref().or(run.created_at.as_ref());
    between(begun, run.finished_at.as_ref())
}

/// How long it was from a beginning to an end, or `None` while there is not each of them.
pub fn between(begun: Option<&Timestamp>, ended: Option<&Timestamp>) -> Option<String> {
    let took = ended?.to_utc() - begun?.to_utc();
    Some(span(took.to_std().ok()?))
}

/// A point in time for people: to the second, in UTC. JSON has the vendor's digits.
pub fn moment(moment: &Timestamp) -> String {
    utc(moment.to_utc())
}

/// The same of this machine's clock.
pub fn utc(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A run for programs: its reference.
fn line(run: &Run) -> String {
    format!("{}\n", run.reference)
}

/// A run for people: its reference, and what is known.
fn block(run: &Run) -> String {
    format!("{BOLD}{}{BOLD:#}\n{}", run.reference, rows(run))
}

/// What is known of a run, the page to look at last.
fn rows(run: &Run) -> String {
    let mut block = String::new();
    let mut row = |label: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a string does not fail.
            let _ = writeln!(block, "  {DIM}{label:<9}{DIM:#} {value}");
        }
    };
    let style = status_style(run.status);
    let word = vendor_word(run).map_or(String::new(), |word| format!(" ({word})"));
    row("status", &format!("{style}{}{style:#}{word}", run.status));
    let said = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    let (name, id) = (said(&run.pipeline_name), said(&run.pipeline_id));
    match (name.as_str(), id.as_str()) {
        (name, "") => row("pipeline", name),
        ("", id) => row("pipeline", id),
        (name, id) => row("pipeline", &format!("{name} ({id})")),
    }
    row("ref", &said(&run.requested_ref));
    for (label, date) in [("created", &run.created_at), ("started", &run.started_at)] {
        row(label, &date.as_ref().map(moment).unwrap_or_default());
    }
    let took = took(run).map_or(String::new(), |took| format!(", took {took}"));
    let finished = run.finished_at.as_ref();
    let finished = finished.map(|date| moment(date) + &took);
    row("finished", &finished.unwrap_or_default());
    row("message", &said(&run.message));
    for gate in &run.waits_for {
        row("waits for", &gate::in_words(gate));
        row("", &gate::command(run, gate).unwrap_or_default());
    }
    row("url", &said(&run.url));
    block
}
