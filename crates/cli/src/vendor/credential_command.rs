//! `credential_command`: a program that fetches a credential, as git and kubectl have it.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::proof::Proof;
use crate::process::exit::Failure;

/// Somebody may have to touch a key, or to type a password.
const LONGEST: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(20);
/// More than any credential has.
const MOST: u64 = 64 << 10;

/// The variables of a credential that a command prints: the one secret alone, or an object of JSON
/// with the names of the variables.
///
/// The words of the command are separated by blanks; quotes keep blanks inside a word. No shell reads
/// them. What the command writes to stderr is shown as it comes.
///
/// Fails when the command does not start, does not end within two minutes, ends with another code than
/// 0, or prints something else.
pub fn fetch(command: &str, proof: &Proof) -> Result<BTreeMap<String, String>, Failure> {
    let words = words(command).ok_or_else(|| fault("has a quote that does not end"))?;
    let (program, rest) = words.split_first().ok_or_else(|| fault("is empty"))?;
    let mut child = Command::new(program)
        .args(rest)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|cause| fault(&format!("cannot be started: {cause}")))?;
    let stdout = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.map(|stdout| stdout.take(MOST).read_to_string(&mut text));
        read.and_then(Result::ok).map(|_| text)
    });
    if !ends_well(&mut child)? {
        return Err(fault("did not succeed"));
    }
    let printed = reader.join().ok().flatten();
    let printed = printed.ok_or_else(|| fault("prints no text"))?;
    variables(printed.trim(), proof)
}

fn ends_well(child: &mut Child) -> Result<bool, Failure> {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if began.elapsed() < LONGEST => std::thread::sleep(LOOK),
            Ok(None) => {
                // It is given up, whether it can be ended or not.
                let _ = child.kill();
                let _ = child.wait();
                return Err(fault("did not end within two minutes"));
            }
            Err(cause) => return Err(fault(&format!("cannot be waited for: {cause}"))),
        }
    }
}

fn variables(printed: &str, proof: &Proof) -> Result<BTreeMap<String, String>, Failure> {
    if printed.is_empty() {
        return Err(fault("prints nothing"));
    }
    if printed.starts_with('{') {
        let object: BTreeMap<String, String> = serde_json::from_str(printed)
            .map_err(|_| fault("prints an object that is not of texts by variable names"))?;
        let known = |name: &String| {
            let mut names = proof.ways.iter().copied().flatten().chain(proof.also);
            names.any(|known| known == name)
        };
        return match object.keys().all(known) {
            true => Ok(object),
            false => Err(fault("prints a variable that the service does not take")),
        };
    }
    let only = proof.ways.iter().find_map(|way| match way {
        [only] => Some((*only).to_owned()),
        _ => None,
    });
    let only = only.ok_or_else(|| fault("has to print a JSON object: {\"VARIABLE\": \"…\"}"))?;
    match printed.contains('\n') {
        true => Err(fault("prints more than one line")),
        false => Ok([(only, printed.to_owned())].into()),
    }
}

/// The words of a command, by blanks; `None` where a quote does not end.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (Some(_) | None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// Neither the command nor what it printed is repeated: it may have a secret in it.
fn fault(what: &str) -> Failure {
    Failure::usage(
        format!("credential_command {what}"),
        "Let it print the credential alone on one line, or as JSON by the names of the variables.",
    )
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_what_no_shell_has_touched() {
        for (command, expected) in [
            ("pass show ci/buddy", Some(vec!["pass", "show", "ci/buddy"])),
            (
                "  op read \"op://ci/my token\" ",
                Some(vec!["op", "read", "op://ci/my token"]),
            ),
            ("echo '' $HOME;id|x", Some(vec!["echo", "", "$HOME;id|x"])),
            ("a\"b c\"d", Some(vec!["ab cd"])),
            ("", Some(vec![])),
            ("echo 'open", None),
        ] {
            let found = words(command);
            let expected: Option<Vec<String>> =
                expected.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(found, expected, "{command}");
        }
    }
}
