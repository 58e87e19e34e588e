//! Security requirements: the schemes and scopes that they name.

use serde_json::Value;

use super::report::Report;
use super::words::{did_you_mean, quoted};
use crate::keyed::Keyed;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Outline};
use crate::pointer;

pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    let components = outline.of(Kind::Components).next();
    let schemes = components
        .into_iter()
        .flat_map(|all| all.entries("securitySchemes"));
    let known: Vec<&str> = schemes.map(|(name, _)| name.as_str()).collect();
    for requirement in outline.of(Kind::SecurityRequirement) {
        for (name, scopes) in requirement.object {
            let place = requirement.at(name);
            if !known.contains(&name.as_str()) {
                let problem = format!("there is no security scheme {}", quoted(name));
                let cure = did_you_mean(name, &known, "Add it to `components/securitySchemes`.");
                report.add("security-scheme-unknown", place, problem, cure);
                continue;
            }
            let scheme = outline.node(&pointer::child("/components/securitySchemes", name));
            if let Some(scheme) = scheme {
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
        let (name, unknown) = (quoted(name), quoted(scope));
        let problem = format!("the security scheme {name} has no scope {unknown}");
        let otherwise = match known.is_empty() {
            true => "Leave the list empty.",
            false => "Add it to the scopes of the scheme's flows.",
        };
        let cure = did_you_mean(scope, &known, otherwise);
        let place = pointer::child(place, &index.to_string());
        report.add("security-scope-unknown", place, problem, cure);
    }
}

/// The scopes that any flow of the scheme grants.
fn scopes_of<'a>(scheme: &Node<'a>) -> Vec<&'a str> {
    let flows = scheme.entries("flows");
    let scopes = flows.flat_map(|(_, flow)| flow.entries("scopes"));
    scopes.map(|(name, _)| name.as_str()).collect()
}
