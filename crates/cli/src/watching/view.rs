//! How a run that is waited for is shown: alive on a terminal, a line for each change elsewhere.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anstyle::Style;
use chrono::Utc;
use indicatif::{ProgressBar, ProgressStyle};
use runpipe::{Run, RunRef, RunStatus, Step};

use crate::output::annotation::{System, inert};
use crate::output::event::Event;
use crate::output::gate;
use crate::output::text::{one_line, shell_word, span};
use crate::output::{Output, Reader, between, status_style, vendor_word};
use crate::process::exit::Failure;

/// How many lines of steps are shown at once on a terminal.
const MOST_STEPS: usize = 12;
const DIM: Style = Style::new().dimmed();

/// A step that failed, and the end of its log.
pub struct Failed {
    /// The step.
    pub step: Step,
    /// The last lines that it wrote.
    pub tail: Vec<String>,
}

/// What a person sees of a run that is waited for.
pub struct View {
    output: Output,
    run: RunRef,
    /// Whether others are shown beside it.
    among_others: bool,
    began: Instant,
    live: Option<Live>,
    /// Where what steps write is shown.
    logs: Logs,
    /// Whose job's log is written, where that is wanted.
    annotations: Option<System>,
    /// The steps' states that were shown already.
    shown: BTreeMap<String, RunStatus>,
}

/// Where what steps write is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Logs {
    /// On stderr, beside how things go.
    Beside,
    /// On stdout: they are the result. Whether somebody still reads it.
    Result(Reader),
}

/// Lines that are drawn again and again.
struct Live {
    head: ProgressBar,
    lines: Vec<ProgressBar>,
    page: Option<String>,
    /// The commands that give the run what it is waiting for.
    commands: Vec<String>,
    steps: Vec<Step>,
}

impl View {
    /// A view of this run. Nothing is shown if no progress is wanted.
    pub fn new(output: &Output, run: &RunRef, among_others: bool) -> Self {
        let is_live = output.tells_progress() && output.stderr().is_terminal();
        View {
            among_others,
            live: is_live.then(|| Live::new(output, run)),
            ..View::still(output, run)
        }
    }

    /// A view of what the steps write, as a result, and of nothing else.
    pub fn of_logs(output: &Output, run: &RunRef) -> Self {
        View {
            logs: Logs::Result(Reader::There),
            ..View::still(output, run)
        }
    }

    /// A view in which nothing is drawn again.
    fn still(output: &Output, run: &RunRef) -> Self {
        View {
            output: output.clone(),
            run: run.clone(),
            among_others: false,
            began: Instant::now(),
            live: None,
            logs: Logs::Beside,
            annotations: None,
            shown: BTreeMap::new(),
        }
    }

    /// With errors and groups of a CI system's job.
    pub fn annotated(mut self, system: Option<System>) -> Self {
        self.annotations = system;
        self
    }

    /// Whether what steps write has no reader any more.
    pub fn reader_is_gone(&self) -> bool {
        self.logs == Logs::Result(Reader::Gone)
    }

    /// Whether anybody sees steps.
    pub fn shows_steps(&self) -> bool {
        self.output.tells_progress() && self.logs == Logs::Beside
    }

    /// The run has come to this state.
    pub fn state(&mut self, run: &Run) {
        if let Some(live) = &mut self.live {
            live.page = run.url.as_deref().map(one_line);
            live.commands = commands(run);
            live.head
                .set_message(self.output.stderr().coloured(head(run)));
            live.draw(&self.output);
            return;
        }
        if !self.shows_steps() {
            return;
        }
        let mut line = self.line(run.status);
        if let Some(note) = note(run) {
            line.push_str("  ");
            line.push_str(&note);
        }
        self.output.progress(&line);
        for command in commands(run) {
            self.output
                .progress(&format!("         {DIM}{command}{DIM:#}"));
        }
    }

    /// These are the steps now.
    pub fn steps(&mut self, steps: &[Step]) {
        if let Some(live) = &mut self.live {
            live.steps = steps.to_vec();
            live.draw(&self.output);
            return;
        }
        if !self.shows_steps() {
            return;
        }
        for step in steps {
            let before = self.shown.insert(step.id.clone(), step.status);
            let is_news = match before {
                Some(before) => before != step.status,
                None => step.status != RunStatus::Queued,
            };
            if is_news {
                let took = step_took(step).map_or(String::new(), |took| format!("  {took}"));
                let line = self.line(step.status);
                self.output
                    .progress(&format!("{line}  {}{took}", path(step)));
            }
        }
    }

    /// The step wrote this.
    ///
    /// Fails when it is a result that stdout does not take.
    pub fn log(&mut self, step: &Step, line: &str) -> Result<(), Failure> {
        let name = path(step);
        if self.logs == Logs::Beside {
            let line = inert(line);
            self.output.progress(&format!("{DIM}{name}{DIM:#}{line}"));
            return Ok(());
        }
        if self.reader_is_gone() {
            return Ok(());
        }
        let event = Event::Log {
            run: &self.run,
            step: &name,
            line,
        };
        let text = || format!("{DIM}{name} |{DIM:#} {}\n", self.output.log_line(line));
        let reader = self.output.result(&event, text)?;
        self.logs = Logs::Result(reader);
        Ok(())
    }

    /// The run has ended; this failed in it.
    pub fn ended(mut self, run: &Run, failed: &[Failed]) {
        if let Some(live) = self.live.take() {
            live.end(&self.output, run, self.began.elapsed());
        }
        for (number, failed) in failed.iter().enumerate() {
            self.failed(number, failed);
        }
    }

    /// What failed, and the end of its log.
    fn failed(&self, number: usize, failed: &Failed) {
        let Failed { step, tail } = failed;
        let red = status_style(RunStatus::Failed);
        let name = path(step);
        let message = step.message.as_deref().map(one_line);
        let said = message.as_ref().map(|message| format!(": {message}"));
        let said = said.unwrap_or_default();
        self.output
            .progress(&format!("{red}failed:{red:#} {name}{said}"));
        let message = message.as_deref().unwrap_or("failed");
        let system = self.annotations.filter(|_| self.output.tells_progress());
        let group = system.map(|system| {
            if let Some(error) = system.error(&name, message) {
                self.output.stderr().command(&error);
            }
            system.group(&name, Utc::now().timestamp(), number)
        });
        if let Some((begin, _)) = &group {
            self.output.stderr().command(begin);
        }
        for line in tail {
            self.output.progress(&inert(line));
        }
        if let Some((_, end)) = &group {
            self.output.stderr().command(end);
        }
        let (run, name) = (&self.run, shell_word(&one_line(&step.name)));
        self.output.progress(&format!(
            "{DIM}  all of it: runpipe logs {run} --step {name}{DIM:#}"
        ));
    }

    /// `   34s  waiting  `, and the run's name where others are shown too.
    fn line(&self, status: RunStatus) -> String {
        let (elapsed, style) = (span(self.began.elapsed()), status_style(status));
        let run = match self.among_others {
            true => format!("{}  ", self.run),
            false => String::new(),
        };
        format!("{elapsed:>7}  {run}{style}{status:<9}{style:#}")
    }
}

impl Live {
    fn new(output: &Output, run: &RunRef) -> Self {
        let head = output.stderr().view().add(ProgressBar::new_spinner());
        let style = style("{spinner} {wide_msg} {since}").with_key("since", since);
        head.set_style(style);
        head.set_message(run.to_string());
        head.enable_steady_tick(Duration::from_millis(100));
        Live {
            head,
            lines: Vec::new(),
            page: None,
            commands: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Draws the lines below the head.
    fn draw(&mut self, output: &Output) {
        let page = self.page.iter().chain(&self.commands);
        let page = page.map(|line| format!("  {DIM}{line}{DIM:#}"));
        let wanted: Vec<String> = page.chain(step_lines(&self.steps)).collect();
        while self.lines.len() > wanted.len() {
            if let Some(line) = self.lines.pop() {
                line.finish_and_clear();
            }
        }
        while self.lines.len() < wanted.len() {
            let above = self.lines.last().unwrap_or(&self.head);
            let line = output
                .stderr()
                .view()
                .insert_after(above, ProgressBar::new_spinner());
            line.set_style(style("{wide_msg}"));
            self.lines.push(line);
        }
        for (line, text) in self.lines.iter().zip(wanted) {
            line.set_message(output.stderr().coloured(text));
        }
    }

    /// The last picture stays.
    fn end(self, output: &Output, run: &Run, took: Duration) {
        let (symbol, took) = (symbol(run.status), span(took));
        let text = format!("{symbol} {} {DIM}{took}{DIM:#}", head(run));
        self.head.set_style(style("{wide_msg}"));
        self.head
            .finish_with_message(output.stderr().coloured(text));
        for line in self.lines {
            line.finish();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // Only a template that cannot be read fails.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn since(state: &indicatif::ProgressState, to: &mut dyn std::fmt::Write) {
    let _ = to.write_str(&span(state.elapsed()));
}

/// `running  buddy/acme/site/2/31  Waits for somebody.`
fn head(run: &Run) -> String {
    let style = status_style(run.status);
    let note = note(run).map_or(String::new(), |note| format!("  {note}"));
    format!("{style}{}{style:#}  {}{note}", run.status, run.reference)
}

/// What the vendor says, else its word where it is another than ours.
fn note(run: &Run) -> Option<String> {
    let said = run.message.as_deref().map(one_line);
    said.or_else(|| vendor_word(run).map(|word| format!("({word})")))
}

/// Who may act, and the commands that give a run what it is waiting for.
fn commands(run: &Run) -> Vec<String> {
    let gates = run.waits_for.iter();
    let lines = gates.flat_map(|gate| [Some(gate::in_words(gate)), gate::command(run, gate)]);
    lines.flatten().collect()
}

/// The steps, those that go on or failed before the others where not all have a place.
fn step_lines(steps: &[Step]) -> Vec<String> {
    let matters = |step: &Step| {
        let quiet = [RunStatus::Succeeded, RunStatus::Skipped, RunStatus::Queued];
        !quiet.contains(&step.status)
    };
    let mut left = MOST_STEPS.saturating_sub(steps.iter().filter(|step| matters(step)).count());
    let mut hidden = 0_usize;
    let mut lines = Vec::new();
    // From the end: what ended last is nearest to what goes on.
    for step in steps.iter().rev() {
        match matters(step) {
            true => lines.push(step_line(step)),
            false if left > 0 => {
                left = left.saturating_sub(1);
                lines.push(step_line(step));
            }
            false => hidden = hidden.saturating_add(1),
        }
    }
    if hidden > 0 {
        lines.push(format!("    {DIM}and {hidden} more{DIM:#}"));
    }
    lines.reverse();
    lines
}

fn step_line(step: &Step) -> String {
    let indent = "  ".repeat(step.within.len().saturating_add(1));
    let symbol = symbol(step.status);
    let took = step_took(step).map_or(String::new(), |took| format!("  {DIM}{took}{DIM:#}"));
    let name = one_line(&step.name);
    let said = step
        .message
        .as_deref()
        .filter(|_| !step.status.is_success());
    let said = said.map_or(String::new(), |said| format!("  {}", one_line(said)));
    format!("{indent}{symbol} {name}{took}{said}")
}

/// How long a step took, or `None` while it has no beginning or no end.
pub fn step_took(step: &Step) -> Option<String> {
    between(step.started_at.as_ref(), step.finished_at.as_ref())
}

/// `Build › Compile`.
pub fn path(step: &Step) -> String {
    let parts = step.within.iter().chain([&step.name]);
    let parts: Vec<String> = parts.map(|part| one_line(part)).collect();
    parts.join(" › ")
}

/// A status as one coloured character.
fn symbol(status: RunStatus) -> String {
    let style = status_style(status);
    let symbol = match status {
        RunStatus::Succeeded => "✓",
        RunStatus::Failed => "✗",
        RunStatus::Running => "●",
        RunStatus::Waiting => "‖",
        RunStatus::Canceling | RunStatus::Canceled => "⊘",
        RunStatus::Skipped => "-",
        RunStatus::Queued => "○",
        // `Unknown`, and what a later library adds.
        _ => "?",
    };
    format!("{style}{symbol}{style:#}")
}
