//! Security requirements: the schemes and scopes that they name.

use serde_json::Value;

use super::report::Report;
use super::words::{did_you_mean, quoted};
use crate::nearest::nearest;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Outline};
use crate::pointer;

pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    let schemes = outline
        .root
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    let known: Vec<&str> = schemes
        .into_iter()
        .flat_map(|schemes| schemes.keys())
        .map(String::as_str)
        .collect();
    for requirement in outline.of(Kind::SecurityRequirement) {
        for (name, scopes) in requirement.object {
            let place = requirement.at(name);
            let scheme = outline.node(&pointer::child("/components/securitySchemes", name));
            if !known.contains(&name.as_str()) {
                let problem = format!("there is no security scheme {}", quoted(name));
                let cure = did_you_mean(name, &known, "Add it to `components/securitySchemes`.");
                report.add("security-scheme-unknown", place, problem, cure);
            } else if let Some(scheme) = scheme {
                check_scopes(outline.resolve(scheme), name, &place, scopes, report);
            }
        }
    }
}

fn check_scopes(
    scheme: &Node<'_>,
    name: &str,
    place: &str,
    scopes: &Value,
    report: &mut Report<'_>,
) {
    let known = match scheme.text("type") {
        Some("oauth2") => scopes_of(scheme),
        // Its scopes are listed by the server, not by the document.
        Some("openIdConnect") => return,
        _ => Vec::new(),
    };
    for (index, scope) in scopes.as_array().into_iter().flatten().enumerate() {
        let Some(scope) = scope.as_str().filter(|scope| !known.contains(scope)) else {
            continue;
        };
        let problem = format!(
            "the security scheme {} has no scope {}",
            quoted(name),
            quoted(scope)
        );
        let cure = match (nearest(scope, &known), known.is_empty()) {
            (Some(near), _) => format!("Did you mean `{near}`?"),
            (None, false) => "Add it to the scopes of the scheme's flows.".to_owned(),
            (None, true) => "Leave the list empty.".to_owned(),
        };
        let place = pointer::child(place, &index.to_string());
        report.add("security-scope-unknown", place, problem, cure);
    }
}

/// The scopes that any flow of the scheme grants.
fn scopes_of<'a>(scheme: &Node<'a>) -> Vec<&'a str> {
    scheme
        .entries("flows")
        .filter_map(|(_, flow)| flow.get("scopes").and_then(Value::as_object))
        .flat_map(|scopes| scopes.keys())
        .map(String::as_str)
        .collect()
}
