//! Server addresses and the variables in them.

use serde_json::Value;

use super::report::Report;
use super::words::quoted;
use crate::outline::Outline;
use crate::outline::grammar::Kind;
use crate::template;

pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    for server in outline.of(Kind::Server) {
        let url = server.text("url").unwrap_or_default();
        let used: Vec<&str> = template::names(url).collect();
        let known = server.entries("variables");
        let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
        for name in used.iter().filter(|name| !known.contains(*name)) {
            let name = quoted(name);
            let problem = format!("the variable {name} of the address is not described");
            let cure = "Add it to `variables`, with a default.";
            report.add("server-variable", server.at("url"), problem, cure);
        }
        for name in known.iter().filter(|name| !used.contains(*name)) {
            let problem = format!("the address has no variable {}", quoted(name));
            let cure = format!("Write `{{{name}}}` into the address, or remove the variable.");
            let place = crate::pointer::child(&server.at("variables"), name);
            report.add("server-variable", place, problem, cure);
        }
    }
    for variable in outline.of(Kind::ServerVariable) {
        let listed = variable.object.get("enum").and_then(Value::as_array);
        let (Some(words), default) = (listed, variable.object.get("default")) else {
            continue;
        };
        if words.is_empty() {
            let problem = "an empty `enum` allows no value";
            let cure = "List the values, or remove it.";
            report.add("server-variable", variable.at("enum"), problem, cure);
        } else if let Some(Value::String(word)) = default.filter(|one| !words.contains(one)) {
            let problem = format!("the default {} is not in the `enum`", quoted(word));
            let cure = "Choose one of the listed words.";
            report.add("server-variable", variable.at("default"), problem, cure);
        }
    }
}
