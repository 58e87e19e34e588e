//! Path templates (`/runs/{runId}`), as far as all readers of documents agree on them.

/// The names of the parameters of a path, in its order.
pub(crate) fn names(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

/// The path with the names of its parameters left out: two of one shape match the same requests.
pub(crate) fn shape(path: &str) -> String {
    let mut inside = false;
    let kept = path.chars().filter(|letter| {
        inside &= *letter != '}';
        let keep = !inside;
        inside |= *letter == '{';
        keep
    });
    kept.collect()
}
