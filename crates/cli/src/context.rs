//! What every command is given besides its arguments.

use std::path::PathBuf;

use runpipe::recording::Recorder;

use crate::output::Output;
use crate::process::environment::Environment;
use crate::process::stage::Stage;
use crate::settings::Settings;
use crate::vendor::Access;
use crate::vendor::connection::Connection;

/// The surroundings of a command.
#[derive(Debug)]
pub struct Context {
    /// The variables.
    pub environment: Environment,
    /// The folder that the program was called in.
    pub folder: Option<PathBuf>,
    /// What `runpipe.toml` sets.
    pub settings: Settings,
    /// Where results, progress and failures go.
    pub output: Output,
    /// What is under way.
    pub stage: Stage,
    /// What writes down the exchanges with services.
    pub recorder: Option<Recorder>,
}

impl Context {
    /// Says on stderr how things go, as [`Output::progress`].
    pub fn say(&self, line: &str) {
        self.output.progress(line);
    }

    /// How to reach a service.
    pub fn access<'a>(&'a self, connection: &'a Connection) -> Access<'a> {
        Access {
            connection,
            environment: &self.environment,
            settings: &self.settings,
            recorder: self.recorder.as_ref(),
            reads_only: false,
        }
    }

    /// How to reach a service for a command that only reads.
    pub fn access_to_read<'a>(&'a self, connection: &'a Connection) -> Access<'a> {
        let reads_only = true;
        Access {
            reads_only,
            ..self.access(connection)
        }
    }
}
