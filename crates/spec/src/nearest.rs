//! The known word that a misspelt one was meant to be.

/// The other word that is nearest to a misspelt one, if any is near: about one letter in three may differ.
pub(crate) fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let plain = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    let distance = |known: &str| strsim::damerau_levenshtein(&plain, &known.to_lowercase());
    let others = known.iter().filter(|known| **known != word);
    let others = others.map(|known| (distance(known), *known));
    let near = others.filter(|(distance, _)| *distance <= allowed);
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
