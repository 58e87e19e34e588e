//! Words in messages: lists, quotes, and cures for misspelt ones.

use crate::nearest::nearest;

/// How much of a text that the document gives is repeated in a message.
const MAX_QUOTED: usize = 60;

/// A text of the document between backticks, cut when it is long.
pub(super) fn quoted(text: &str) -> String {
    let kept = text.chars().take(MAX_QUOTED);
    let clean: String = kept.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = text.chars().nth(MAX_QUOTED).map_or("", |_| "…");
    format!("`{clean}{more}`")
}

/// Words between backticks, separated by commas.
pub(super) fn list(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(", ")
}

/// The cure for a misspelt word: the known word that is nearest to it, or else what `otherwise` says.
pub(super) fn did_you_mean(word: &str, known: &[&str], otherwise: &str) -> String {
    match nearest(word, known) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => otherwise.to_owned(),
    }
}
