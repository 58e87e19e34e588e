//! Findings that somebody has looked at, with the reason why they stay.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A reason, and the differences that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Why they stay: a sentence.
    pub reason: String,
    /// Each as it is printed; `*` matches any text.
    pub differences: Vec<String>,
}

/// Why a text is not a list of decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionError {
    sentence: String,
}

impl fmt::Display for DecisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for DecisionError {}

/// Reads decisions: a JSON array of `{reason, differences}`. `file` is only named in errors.
///
/// # Errors
/// When the text is not such a list, or a reason is not a sentence (it does not end with a full
/// stop).
pub fn decisions(file: &str, text: &str) -> Result<Vec<Decision>, DecisionError> {
    let refuse = |what: String| DecisionError {
        sentence: format!("{file}: {what}"),
    };
    let decisions: Vec<Decision> = serde_json::from_str(text)
        .map_err(|error| refuse(format!("is not a list of decisions: {error}")))?;
    match decisions.iter().find(|one| !one.reason.ends_with('.')) {
        Some(one) => Err(refuse(format!("{:?} is not a sentence", one.reason))),
        None => Ok(decisions),
    }
}

/// Findings, sorted by the decisions about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Decided<F> {
    /// Those that nobody has looked at.
    pub open: Vec<F>,
    /// Those that stay, with the reason.
    pub known: Vec<(F, String)>,
    /// What was decided and does not occur any more.
    pub stale: Vec<String>,
}

/// Sorts findings by the decisions about what they print as. The first decision that fits counts.
#[must_use]
pub fn decide<F: fmt::Display>(
    findings: impl IntoIterator<Item = F>,
    decisions: &[Decision],
) -> Decided<F> {
    let patterns = decisions.iter().flat_map(|decision| {
        let patterns = decision.differences.iter();
        patterns.map(move |pattern| (pattern, &decision.reason))
    });
    let patterns: Vec<_> = patterns.collect();
    let mut occurs = vec![false; patterns.len()];
    let mut decided = Decided {
        open: Vec::new(),
        known: Vec::new(),
        stale: Vec::new(),
    };
    for finding in findings {
        let text = finding.to_string();
        let mut reason = None;
        for ((pattern, why), occurs) in patterns.iter().zip(&mut occurs) {
            if fits(pattern, &text) {
                *occurs = true;
                reason = reason.or(Some(why));
            }
        }
        match reason {
            Some(reason) => decided.known.push((finding, (*reason).clone())),
            None => decided.open.push(finding),
        }
    }
    let stale = patterns.iter().zip(occurs).filter(|(_, occurs)| !occurs);
    decided.stale = stale.map(|((pattern, _), _)| (*pattern).clone()).collect();
    decided
}

/// Whether a text is what a pattern says.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(left) = text.strip_prefix(first) else {
        return false;
    };
    let ends = left.char_indices().map(|(at, _)| at).chain([left.len()]);
    ends.filter_map(|at| left.get(at..))
        .any(|left| fits(rest, left))
}
