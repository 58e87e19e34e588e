//! Where the evidence about a vendor disagrees, or a test wants it otherwise: what can be switched.

use std::time::Duration;

/// How the vendors of one sandbox behave where that can be set.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Matillion: the details of an execution are inside `result`.
    pub nest_results: bool,
    /// Matillion: how long a token is valid.
    pub token_life: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            nest_results: false,
            token_life: Duration::from_secs(30 * 60),
        }
    }
}
