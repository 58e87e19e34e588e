//! What every command is given besides its arguments.

use super::environment::Environment;
use super::output::Output;
use super::stage::Stage;

/// The surroundings of a command.
#[derive(Debug)]
pub struct Context {
    /// The variables.
    pub environment: Environment,
    /// Where results, progress and failures go.
    pub output: Output,
    /// What is under way.
    pub stage: Stage,
}
