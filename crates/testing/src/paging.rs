//! Pages of a list whose token is the number of the items before them.

/// A page, and the token of the next one. `None` where the token is not one of such a list.
pub(crate) fn page<T>(
    items: Vec<T>,
    token: Option<&str>,
    size: usize,
) -> Option<(Vec<T>, Option<String>)> {
    let before: usize = match token.unwrap_or_default() {
        "" => 0,
        token => token.parse().ok()?,
    };
    let total = items.len();
    let page: Vec<T> = items.into_iter().skip(before).take(size).collect();
    let next = before.saturating_add(page.len());
    Some((page, (next < total).then(|| next.to_string())))
}
