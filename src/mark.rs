//! A mark, by which a start can be recognized in the service's own list of runs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::service::Service;

/// How much of a label a mark repeats.
const LONGEST_LABEL: usize = 60;
/// No service says how long a comment it keeps. With a mark behind it, this is shorter than 255 bytes.
const LONGEST_IN_FRONT: usize = 160;

/// A short text that a start leaves at its service, different for every start: `runpipe deploy-4711
/// 8f3a2c1d`. People see it beside the run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(String);

impl Mark {
    /// A mark made of a label for people and a number that was drawn for this start alone.
    /// Characters that some service might not accept in a tag or a comment become `-`; a long label
    /// is cut.
    pub fn new(label: &str, drawn: u32) -> Self {
        let plain = |c: char| match c {
            c if c.is_ascii_alphanumeric() || "._:/+-".contains(c) => c,
            _ => '-',
        };
        let label: String = label.chars().map(plain).take(LONGEST_LABEL).collect();
        Mark(format!("runpipe {label} {drawn:08x}"))
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where the mark of a start goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MarkPlace {
    /// The service's place for it that changes nothing about the run; nowhere if the service has
    /// none ([`Trace`]).
    #[default]
    Usual,
    /// Into the variable of this name, which the pipeline lets its callers set (Azure DevOps).
    Variable(String),
    /// Into the template parameter of this name, which the pipeline has (Azure DevOps).
    Parameter(String),
    /// Nowhere.
    Nowhere,
}

impl MarkPlace {
    /// Refuses a place that the service does not have; returns whether it is the usual one.
    pub(crate) fn usual_or_nowhere(&self, service: Service) -> Result<bool> {
        match self {
            MarkPlace::Usual => Ok(true),
            MarkPlace::Nowhere => Ok(false),
            MarkPlace::Variable(_) | MarkPlace::Parameter(_) => {
                let title = service.title();
                let detail = format!("{title} has no variable or parameter that shows a mark");
                Err(Error::configuration(detail)
                    .on_service(service)
                    .advise("Leave the place of the mark to the service."))
            }
        }
    }

    /// Puts a mark at the end of a text, which is the usual place. The caller's own text stays in
    /// front of it, unless it is so long that the service may cut the end off: without the mark the
    /// run would not be recognized.
    pub(crate) fn put_into(
        &self,
        text: &mut Option<String>,
        mark: &Mark,
        service: Service,
        usual: Trace,
    ) -> Result<Trace> {
        if !self.usual_or_nowhere(service)? {
            return Ok(Trace::Unseen);
        }
        let own = text.take().filter(|own| !own.is_empty());
        *text = Some(match own {
            None => mark.to_string(),
            Some(own) if own.len() > LONGEST_IN_FRONT => format!("[{mark}] {own}"),
            Some(own) => format!("{own} [{mark}]"),
        });
        Ok(usual)
    }
}

/// What a service's list of runs can say about a start, given the mark that was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trace {
    /// The list shows the mark: a run with the mark is the one, and without such a run nothing was
    /// started.
    Shown,
    /// The list does not show the mark, and the service refuses a second run with the same mark
    /// while the first is running. A run that fits is a likely one; if no run fits, none was
    /// started.
    Guarded,
    /// The list does not show the mark, or there is none. A run that fits is a likely one, and
    /// nothing in the list leads to a second start.
    Unseen,
}
