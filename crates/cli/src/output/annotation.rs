//! Errors and groups as the log of a CI system's job shows them.

use clap::ValueEnum;

use super::text::{one_line, without_commands};
use crate::process::environment::Environment;
use crate::process::exit::Failure;

/// A CI system, or whichever this job runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum System {
    /// The one that the variables of this job name.
    Auto,
    /// GitHub Actions.
    Github,
    /// Azure Pipelines.
    Azure,
    /// GitLab.
    Gitlab,
}

impl System {
    /// The system itself, where it is to be found out.
    ///
    /// Fails when this is a job of none of them.
    pub fn known(self, environment: &Environment) -> Result<Self, Failure> {
        if self != System::Auto {
            return Ok(self);
        }
        let variables = [
            ("GITHUB_ACTIONS", System::Github),
            ("TF_BUILD", System::Azure),
            ("GITLAB_CI", System::Gitlab),
        ];
        for (name, system) in variables {
            if environment.text(name)?.is_some() {
                return Ok(system);
            }
        }
        Err(Failure::usage(
            "--annotations: none of GITHUB_ACTIONS, TF_BUILD and GITLAB_CI is set",
            "Name the system: --annotations=github, azure or gitlab.",
        ))
    }

    /// A line that makes an error of the job's log. GitLab has none.
    pub fn error(self, step: &str, message: &str) -> Option<String> {
        let text = one_line(&format!("{step}: {message}"));
        match self {
            System::Github => Some(format!("::error::{}", text.replace('%', "%25"))),
            System::Azure => Some(format!("##vso[task.logissue type=error]{text}")),
            System::Gitlab | System::Auto => None,
        }
    }

    /// The lines before and after lines that can be folded.
    pub fn group(self, title: &str, begun: i64, number: usize) -> (String, String) {
        let title = one_line(title);
        match self {
            System::Github => (format!("::group::{title}"), "::endgroup::".to_owned()),
            System::Azure => (format!("##[group]{title}"), "##[endgroup]".to_owned()),
            System::Gitlab | System::Auto => (
                format!("\u{1b}[0Ksection_start:{begun}:runpipe_{number}\r\u{1b}[0K{title}"),
                format!("\u{1b}[0Ksection_end:{begun}:runpipe_{number}\r\u{1b}[0K"),
            ),
        }
    }
}

/// A line that a step of another system wrote, so that it cannot issue commands to the system that
/// this job runs on. GitHub looks for them at its beginning.
pub fn inert(line: &str) -> String {
    format!("  | {}", without_commands(line))
}
