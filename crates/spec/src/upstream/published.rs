//! A description of an API as its vendor publishes it: OpenAPI 2.0 or 3.x, in JSON.

use std::fmt;

use serde_json::Value;

use crate::keyed::Keyed;

/// What a vendor publishes. It may use anything that OpenAPI has: what is not compared is not read.
#[derive(Clone)]
pub struct Published {
    root: Value,
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |key: &str| self.root.get(key);
        let version = version("swagger").or_else(|| version("openapi"));
        f.debug_struct("Published")
            .field("version", &version)
            .finish_non_exhaustive()
    }
}

/// Why a text is not a description of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedError {
    sentence: String,
}

impl fmt::Display for PublishedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for PublishedError {}

impl Published {
    /// Reads a description. `file` is only named in errors.
    ///
    /// # Errors
    /// When the text is not JSON, or has neither `swagger: "2.0"` nor `openapi: "3.…"`, or no paths.
    pub fn parse(file: &str, text: &str) -> Result<Self, PublishedError> {
        let refuse = |what: String| PublishedError {
            sentence: format!("{file}: {what}"),
        };
        let root: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| refuse(format!("is not JSON: {error}. Convert YAML first.")))?;
        let version = |key: &str| root.text(key).unwrap_or_default();
        if version("swagger") != "2.0" && !version("openapi").starts_with("3.") {
            let what = "is not an OpenAPI description: it has neither `swagger` \"2.0\" nor `openapi` \
                 \"3.…\"";
            return Err(refuse(what.to_owned()));
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            return Err(refuse("has no `paths`".to_owned()));
        }
        Ok(Self { root })
    }

    pub(super) fn root(&self) -> &Value {
        &self.root
    }
}
