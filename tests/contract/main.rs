//! Documents, generated clients and fixtures agree: every operation, answer and type. Nothing here knows
//! a service: `expectations/` says what the documents cannot, and everything else is read from the
//! documents.

mod answers;
mod calls;
mod draw;
mod drawn;
mod every_answer;
mod every_fixture;
mod every_request;
mod every_type;
mod fixture;
mod judge;
mod loss;
mod mutants;
mod mutations;
mod needs;
mod places;
mod plan;
mod recording;
mod refusals;
mod released;
mod shapes;
mod subject;
mod tolerance;
mod traffic;
mod types;
mod upstream;
mod wire;

/// Fails with all faults at once, one to a line, and with what cures them.
fn none(faults: &[String], cure: &str) {
    let (count, lines) = (faults.len(), faults.join("\n"));
    assert!(
        faults.is_empty(),
        "{count} faults:\n{lines}\nWhat to do: {cure}"
    );
}
