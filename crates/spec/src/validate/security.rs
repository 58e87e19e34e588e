//! Whether a request carries what a security scheme asks for. Whether that is valid is for the service to say.

use super::super::operation::{Carrier, Credential, Operation};
use super::text::Pair;
use super::{Violation, ViolationKind, header};

/// Checks that one of the operation's alternatives is there as a whole.
pub(super) fn security(
    operation: &Operation,
    headers: &[(&str, &str)],
    query: &[Pair<'_>],
) -> Option<Violation> {
    let there = |credential: &Credential| match &credential.carrier {
        Carrier::Authorization(scheme) => header(headers, "authorization").is_some_and(|given| {
            let (word, rest) = given.split_once(' ').unwrap_or((given.as_str(), ""));
            word.eq_ignore_ascii_case(scheme) && !rest.trim().is_empty()
        }),
        Carrier::Header(name) => header(headers, name).is_some_and(|given| !given.is_empty()),
        Carrier::Query(name) => query
            .iter()
            .any(|pair| pair.name == *name && !pair.value.is_empty()),
    };
    let alternatives = &operation.security;
    if alternatives.is_empty() || alternatives.iter().any(|all| all.iter().all(there)) {
        return None;
    }
    // Several schemes may look the same on a request, and then are named once.
    let mut wanted: Vec<String> = Vec::new();
    for all in alternatives {
        let names = all.iter().map(|credential| credential.carrier.to_string());
        let text = names.collect::<Vec<_>>().join(" and ");
        if !wanted.contains(&text) {
            wanted.push(text);
        }
    }
    let message = format!("are missing: the operation needs {}", wanted.join(", or "));
    let kind = ViolationKind::Security;
    Some(Violation::new(kind, "credentials", message))
}
