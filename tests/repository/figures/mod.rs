//! A figure in README stands beside the command that prints it, and in what that command has
//! printed. `recorded.txt` holds the outputs as they were; whoever changes a figure runs the
//! command again.

use std::collections::BTreeMap;

/// What comes after a number that was measured.
const UNITS: [&str; 9] = ["%", "s", "ms", "µs", "kB", "KB", "MB", "MiB", "crates"];

/// The recorded output of each command.
fn recorded() -> BTreeMap<&'static str, &'static str> {
    include_str!("recorded.txt")
        .split("$ ")
        .filter_map(|part| part.split_once('\n'))
        .collect()
}

/// The numbers with a unit in a text, as they are written.
fn figures(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    pairs
        .filter_map(|(number, unit)| {
            let number = number.trim_start_matches('(');
            let digits = number.starts_with(|c: char| c.is_ascii_digit())
                && number
                    .chars()
                    .all(|c| c.is_ascii_digit() || ".,".contains(c));
            let unit = unit.trim_end_matches([',', '.', ':', ';', ')']);
            (digits && UNITS.contains(&unit)).then(|| format!("{number} {unit}"))
        })
        .collect()
}

/// What is wrong with the figures of a text, and how many there are.
fn check(text: &str) -> (usize, Vec<String>) {
    let recorded = recorded();
    let mut count = 0;
    let mut wrong = Vec::new();
    for paragraph in text.split("\n\n") {
        let figures = figures(paragraph);
        count += figures.len();
        let outputs: Vec<&str> = paragraph
            .split('`')
            .skip(1)
            .step_by(2)
            .filter_map(|command| recorded.get(command).copied())
            .collect();
        for figure in figures {
            if outputs.is_empty() {
                wrong.push(format!("{figure}: its paragraph names no recorded command"));
            } else if !outputs.iter().any(|output| output.contains(&figure)) {
                wrong.push(format!(
                    "{figure}: not in the output of the command that is named"
                ));
            }
        }
    }
    (count, wrong)
}

#[test]
fn every_figure_in_readme_was_printed_by_the_command_that_it_names() {
    let (count, wrong) = check(include_str!("../../../README.md"));
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count >= 4, "only {count} figures were read");
    for text in [
        include_str!("../../../crates/cli/README.md"),
        include_str!("../../../crates/spec/README.md"),
        include_str!("../../../crates/testing/README.md"),
    ] {
        let (_, wrong) = check(text);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn a_figure_without_a_command_is_noticed() {
    let (count, wrong) = check("It takes 5.2 s.");
    assert_eq!((count, wrong.len()), (1, 1), "{wrong:?}");
    let named = "`cargo test --test waiting -- --nocapture`";
    let (_, wrong) = check(&format!("At worst 5.2 s, says {named}."));
    assert!(wrong.is_empty(), "{wrong:?}");
    let (_, wrong) = check(&format!("At worst 5.3 s, says {named}."));
    assert_eq!(wrong.len(), 1, "{wrong:?}");
}
