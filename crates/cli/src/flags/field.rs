//! Fields of a request that a flag gives.

/// A flag wins over the body.
pub fn set<T: Clone>(field: &mut Option<T>, flag: &Option<T>) {
    if flag.is_some() {
        field.clone_from(flag);
    }
}
