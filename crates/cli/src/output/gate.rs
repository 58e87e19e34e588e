//! What a run waits for, for people.

use runpipe::{Gate, GateKind, Run};

use super::text::{one_line, shell_word};

/// `Deploy: an approval by Mara Lindqvist (Look at the forecast first.)`
pub fn in_words(gate: &Gate) -> String {
    let what = match gate.kind {
        GateKind::Approval => "an approval",
        GateKind::Variables => "values of variables",
        // `Other`, and what a later library adds.
        _ => "something that cannot be given from here",
    };
    let who: Vec<String> = gate.who.iter().map(|name| one_line(name)).collect();
    let who = match who.as_slice() {
        [] => String::new(),
        who => format!(" by {}", who.join(", ")),
    };
    let said = gate.message.as_deref().map(one_line);
    let said = said.map_or(String::new(), |said| format!(" ({said})"));
    format!("{}: {what}{who}{said}", one_line(&gate.name))
}

/// The command that gives a gate what it is waiting for, if there is one.
pub fn command(run: &Run, gate: &Gate) -> Option<String> {
    if !gate.kind.is_decidable() {
        return None;
    }
    let others = |other: &&Gate| other.kind.is_decidable() && other.id != gate.id;
    let mut others = run.waits_for.iter().filter(others).peekable();
    let which = match others.peek() {
        None => String::new(),
        Some(_) => {
            let is_unique = others.all(|other| other.name != gate.name);
            let name = if is_unique { &gate.name } else { &gate.id };
            format!(" --gate {}", shell_word(&one_line(name)))
        }
    };
    let values = match gate.kind {
        GateKind::Variables => " --var NAME=VALUE",
        _ => "",
    };
    Some(format!("runpipe approve {}{which}{values}", run.reference))
}
