//! Security: which credentials are accepted, and what a scheme is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::pointer::child;
use super::Impact;
use super::comparison::Comparison;
use super::schemas::members;
use crate::keyed::Keyed;

const SCHEMES: &str = "/components/securitySchemes";

/// One way to be let in: the schemes that are all needed, with their scopes.
type Way = BTreeMap<String, BTreeSet<String>>;

impl Comparison<'_> {
    /// Compares the schemes, and what the document asks for where an operation asks for nothing of its own.
    pub fn security(&mut self) {
        let names = self.scheme_names();
        for (old_name, new_name) in &names {
            let (old, new) = (child(SCHEMES, old_name), child(SCHEMES, new_name));
            if old_name != new_name {
                let what = format!("the security scheme `{old_name}` is called `{new_name}` now");
                self.changed(&old, &new, what, Impact::Safe, Impact::Safe);
            }
            self.scheme(&old, &new);
        }
        // What uses a scheme is judged where it is used.
        for (name, _) in members(self.old.at(SCHEMES)) {
            if !names.contains_key(name) {
                let what = format!("the security scheme `{name}` is gone");
                self.removed(&child(SCHEMES, name), what, Impact::Safe, Impact::Safe);
            }
        }
        for (name, _) in members(self.new.at(SCHEMES)) {
            if !names.values().any(|known| known == name) {
                let what = format!("the security scheme `{name}` is new");
                self.added(&child(SCHEMES, name), what, Impact::Safe, Impact::Safe);
            }
        }
        self.ways("/security", "/security");
    }

    /// Compares what two operations ask for, if one of them asks for something of its own.
    pub fn operation_security(&mut self, old: &str, new: &str) {
        let own = |value: &Value| value.get("security").is_some();
        let (old_own, new_own) = (own(self.old.at(old)), own(self.new.at(new)));
        let place = |own: bool, operation: &str| {
            if own {
                child(operation, "security")
            } else {
                "/security".to_owned()
            }
        };
        if old_own || new_own {
            self.ways(&place(old_own, old), &place(new_own, new));
        }
    }

    /// Old names of the schemes with their new ones: the same name, or else the same definition.
    fn scheme_names(&self) -> BTreeMap<String, String> {
        let none = Map::new();
        let before = self.old.at(SCHEMES).as_object().unwrap_or(&none);
        let after = self.new.at(SCHEMES).as_object().unwrap_or(&none);
        let mut names = BTreeMap::new();
        for (name, scheme) in before {
            let renamed = || {
                let free = after
                    .iter()
                    .filter(|(candidate, _)| !before.contains_key(*candidate));
                let mut same = free.filter(|(_, candidate)| plain(candidate) == plain(scheme));
                same.next().map(|(candidate, _)| candidate.clone())
            };
            let found = after
                .contains_key(name)
                .then(|| name.clone())
                .or_else(renamed);
            if let Some(found) = found.filter(|found| !names.values().any(|known| known == found)) {
                names.insert(name.clone(), found);
            }
        }
        names
    }

    fn ways(&mut self, old: &str, new: &str) {
        let names = self.scheme_names();
        let translated = |way: Way| -> Way {
            let new_name = |name: String| names.get(&name).cloned().unwrap_or(name);
            way.into_iter()
                .map(|(name, scopes)| (new_name(name), scopes))
                .collect()
        };
        let before: Vec<Way> = ways(self.old.at(old)).into_iter().map(translated).collect();
        let after = ways(self.new.at(new));
        let mut put = |what: String, wire| self.changed(old, new, what, wire, Impact::Safe);
        match (before.is_empty(), after.is_empty()) {
            (true, true) => return,
            (true, false) => return put("credentials are needed now".to_owned(), Impact::Breaking),
            (false, true) => {
                return put(
                    "no credentials are needed any more".to_owned(),
                    Impact::Safe,
                );
            }
            (false, false) => {}
        }
        for way in &before {
            let same: Vec<&Way> = after
                .iter()
                .filter(|found| found.keys().eq(way.keys()))
                .collect();
            let enough = |found: &&Way| {
                found
                    .iter()
                    .all(|(name, scopes)| way.get(name).is_some_and(|had| scopes.is_subset(had)))
            };
            if same.is_empty() {
                put(
                    format!("{} is no longer accepted", named(way)),
                    Impact::Breaking,
                );
            } else if !same.iter().any(enough) {
                put(
                    format!("{} needs other scopes now", named(way)),
                    Impact::Breaking,
                );
            } else if !same.contains(&way) {
                put(
                    format!("{} needs fewer scopes now", named(way)),
                    Impact::Safe,
                );
            }
        }
        for way in &after {
            if !before.iter().any(|known| known.keys().eq(way.keys())) {
                put(format!("{} is accepted now", named(way)), Impact::Safe);
            }
        }
    }

    fn scheme(&mut self, old: &str, new: &str) {
        self.notes(old, new, &["description", "bearerFormat"]);
        for keyword in ["type", "in", "name", "scheme", "openIdConnectUrl"] {
            let text = |value: &Value| {
                let text = value.text(keyword).unwrap_or_default().to_owned();
                // Schemes and header names have no case.
                if matches!(keyword, "scheme" | "name") {
                    text.to_lowercase()
                } else {
                    text
                }
            };
            let (was, is) = (text(self.old.at(old)), text(self.new.at(new)));
            if was != is {
                let what =
                    format!("`{keyword}` of the security scheme is {is:?} now, it was {was:?}");
                self.changed(old, new, what, Impact::Breaking, Impact::Safe);
            }
        }
        let (old, new) = (child(old, "flows"), child(new, "flows"));
        self.notes(&old, &new, &[]);
        for flow in [
            "implicit",
            "password",
            "clientCredentials",
            "authorizationCode",
        ] {
            let (old, new) = (child(&old, flow), child(&new, flow));
            match (self.old.at(&old).is_object(), self.new.at(&new).is_object()) {
                (true, true) => self.flow(&old, &new),
                (true, false) => {
                    let what = format!("the flow `{flow}` is gone");
                    self.removed(&old, what, Impact::Breaking, Impact::Safe);
                }
                (false, true) => self.added(
                    &new,
                    format!("the flow `{flow}` is new"),
                    Impact::Safe,
                    Impact::Safe,
                ),
                (false, false) => {}
            }
        }
    }

    fn flow(&mut self, old: &str, new: &str) {
        let (before, after) = (self.old.at(old), self.new.at(new));
        for keyword in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
            let (was, is) = (before.get(keyword), after.get(keyword));
            if was != is {
                let what = format!("`{keyword}` of the flow has changed");
                // Only a new one can be passed over.
                let wire = if was.is_none() {
                    Impact::Safe
                } else {
                    Impact::Breaking
                };
                self.changed(old, new, what, wire, Impact::Safe);
            }
        }
        let scopes = |value: &Value| -> BTreeMap<String, Value> {
            let scopes = value.get("scopes").unwrap_or(&Value::Null);
            members(scopes)
                .map(|(name, text)| (name.clone(), text.clone()))
                .collect()
        };
        let (was, is) = (scopes(before), scopes(after));
        for (scope, text) in &was {
            match is.get(scope) {
                None => {
                    let what = format!("the scope `{scope}` is gone");
                    self.changed(old, new, what, Impact::Breaking, Impact::Safe);
                }
                Some(now) if now != text => {
                    let what = format!("the description of the scope `{scope}` has changed");
                    self.changed(old, new, what, Impact::DocOnly, Impact::DocOnly);
                }
                Some(_) => {}
            }
        }
        for scope in is.keys().filter(|scope| !was.contains_key(*scope)) {
            let what = format!("the scope `{scope}` is new");
            self.changed(old, new, what, Impact::Safe, Impact::Safe);
        }
        self.notes(old, new, &[]);
    }
}

/// What a `security` list says.
fn ways(list: &Value) -> Vec<Way> {
    let scopes = |value: &Value| -> BTreeSet<String> {
        let scopes = value.as_array().into_iter().flatten();
        scopes
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let way = |way: &Value| {
        members(way)
            .map(|(name, value)| (name.clone(), scopes(value)))
            .collect()
    };
    list.as_array().into_iter().flatten().map(way).collect()
}

/// A way as a person says it.
fn named(way: &Way) -> String {
    let names: Vec<String> = way.keys().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "a request without credentials".to_owned()
    } else {
        names.join(" with ")
    }
}

/// A scheme without what people read.
fn plain(scheme: &Value) -> Value {
    let mut scheme = scheme.clone();
    if let Some(object) = scheme.as_object_mut() {
        object.retain(|key, _| {
            key != "description" && key != "bearerFormat" && !key.starts_with("x-")
        });
    }
    scheme
}
