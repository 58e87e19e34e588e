//! Events while something goes on, each as an object on a line.

use runpipe::RunRef;
use schemars::JsonSchema;
use serde::Serialize;

/// An object that accompanies a result, or is a part of one that comes line by line.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A run was started.
    Started {
        /// The run.
        #[serde(rename = "ref")]
        #[schemars(with = "String")]
        run: &'a RunRef,
    },
    /// A run was there already for the key of a start.
    Attached {
        /// The run.
        #[serde(rename = "ref")]
        #[schemars(with = "String")]
        run: &'a RunRef,
    },
    /// Something that makes a start less safe than it looks.
    Warning {
        /// What it is, and what to do about it.
        message: &'a str,
    },
    /// A step wrote a line.
    Log {
        /// The run.
        #[serde(rename = "ref")]
        #[schemars(with = "String")]
        run: &'a RunRef,
        /// The step, after what it is a part of: Build › Compile
        step: &'a str,
        /// The line, without its end.
        line: &'a str,
    },
}
