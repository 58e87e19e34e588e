//! Security: which credentials are accepted, and what a scheme is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::pointer::child;
use super::comparison::{Comparison, Entry, Place, paired};
use super::pairs::texts;
use super::reach::Impacts;
use super::schemas::members;
use crate::keyed::Keyed;
use crate::outline::grammar::FLOW_ADDRESSES;

const SCHEMES: &str = "/components/securitySchemes";

/// A scheme, or a scope, with its name.
type Named<'d> = (&'d String, &'d Value);

/// One way to be let in: the schemes that are all needed, with their scopes.
type Way = BTreeMap<String, BTreeSet<String>>;

impl<'d> Comparison<'d> {
    /// Compares the schemes, and what the document asks for where an operation asks for nothing of its own.
    pub fn security(&mut self) {
        for entry in self.schemes() {
            match entry {
                Entry::Both((old, _), (new, _)) => {
                    let place = Place::new(child(SCHEMES, old), child(SCHEMES, new));
                    if old != new {
                        let what = format!("the security scheme `{old}` is called `{new}` now");
                        self.changed(&place, what, Impacts::SAFE);
                    }
                    self.scheme(&place);
                }
                // What uses a scheme is judged where it is used.
                Entry::Gone((name, _)) => {
                    let what = format!("the security scheme `{name}` is gone");
                    self.removed(&child(SCHEMES, name), what, Impacts::SAFE);
                }
                Entry::New((name, _)) => {
                    let what = format!("the security scheme `{name}` is new");
                    self.added(&child(SCHEMES, name), what, Impacts::SAFE);
                }
            }
        }
        self.ways(&Place::same("/security"));
    }

    /// Compares what two operations ask for, if one of them asks for something of its own.
    pub fn operation_security(&mut self, place: &Place) {
        let (was, is) = self.members(place, "security");
        let own = place.child("security");
        let asked = |own: Option<_>, place| own.map_or("/security".to_owned(), |_| place);
        if was.is_some() || is.is_some() {
            self.ways(&Place::new(asked(was, own.old), asked(is, own.new)));
        }
    }

    /// The schemes of both: the same by their names, or else by their definitions.
    fn schemes(&self) -> Vec<Entry<Named<'d>>> {
        let (before, after) = self.values(&Place::same(SCHEMES));
        let same_name = |old: Named<'_>, new: Named<'_>| old.0 == new.0;
        let renamed = |old: Named<'_>, new: Named<'_>| plain(old.1) == plain(new.1);
        paired(members(before), members(after), &[&same_name, &renamed])
    }

    fn ways(&mut self, place: &Place) {
        let names = self.schemes().into_iter().filter_map(|entry| match entry {
            Entry::Both((old, _), (new, _)) => Some((old, new)),
            Entry::Gone(_) | Entry::New(_) => None,
        });
        let names: Vec<(&String, &String)> = names.collect();
        let (before, after) = self.values(place);
        let mut before = ways(before);
        for way in &mut before {
            let renamed = std::mem::take(way).into_iter();
            let new_name = |name: String| {
                let mut names = names.iter();
                let renamed = names.find(|(old, _)| **old == name);
                renamed.map_or(name, |(_, new)| (*new).clone())
            };
            way.extend(renamed.map(|(name, scopes)| (new_name(name), scopes)));
        }
        let after = ways(after);
        let mut put = |what: String, impacts| self.changed(place, what, impacts);
        match (before.is_empty(), after.is_empty()) {
            (true, true) => return,
            (true, false) => return put("credentials are needed now".to_owned(), Impacts::WIRE),
            (false, true) => {
                let what = "no credentials are needed any more".to_owned();
                return put(what, Impacts::SAFE);
            }
            (false, false) => {}
        }
        for way in &before {
            let same = after.iter().filter(|found| found.keys().eq(way.keys()));
            let same: Vec<&Way> = same.collect();
            let enough = |found: &&Way| {
                let mut scopes = found.iter().zip(way.values());
                scopes.all(|((_, scopes), had)| scopes.is_subset(had))
            };
            let named = named(way);
            if same.is_empty() {
                put(format!("{named} is no longer accepted"), Impacts::WIRE);
            } else if !same.iter().any(enough) {
                put(format!("{named} needs other scopes now"), Impacts::WIRE);
            } else if !same.contains(&way) {
                put(format!("{named} needs fewer scopes now"), Impacts::SAFE);
            }
        }
        for way in &after {
            if !before.iter().any(|known| known.keys().eq(way.keys())) {
                put(format!("{} is accepted now", named(way)), Impacts::SAFE);
            }
        }
    }

    fn scheme(&mut self, place: &Place) {
        self.notes(place, &["description", "bearerFormat"]);
        let (before, after) = self.values(place);
        for keyword in ["type", "in", "name", "scheme", "openIdConnectUrl"] {
            let text = |value: &Value| {
                let text = value.text(keyword).unwrap_or_default();
                // Schemes and header names have no case.
                match keyword {
                    "scheme" | "name" => text.to_lowercase(),
                    _ => text.to_owned(),
                }
            };
            let (was, is) = (text(before), text(after));
            if was != is {
                let what =
                    format!("`{keyword}` of the security scheme is {is:?} now, it was {was:?}");
                self.changed(place, what, Impacts::WIRE);
            }
        }
        let place = place.child("flows");
        self.notes(&place, &[]);
        for (flow, _) in FLOW_ADDRESSES {
            let place = place.child(flow);
            let (before, after) = self.values(&place);
            match (before.is_object(), after.is_object()) {
                (true, true) => self.flow(&place),
                (true, false) => {
                    let what = format!("the flow `{flow}` is gone");
                    self.removed(&place.old, what, Impacts::WIRE);
                }
                (false, true) => {
                    let what = format!("the flow `{flow}` is new");
                    self.added(&place.new, what, Impacts::SAFE);
                }
                (false, false) => {}
            }
        }
    }

    fn flow(&mut self, place: &Place) {
        for keyword in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
            let (was, is) = self.members(place, keyword);
            if was != is {
                let what = format!("`{keyword}` of the flow has changed");
                // Only a new one can be passed over.
                self.changed(place, what, Impacts::of(was.is_some(), false));
            }
        }
        let (was, is) = self.values(&place.child("scopes"));
        let same = |old: Named<'_>, new: Named<'_>| old.0 == new.0;
        for entry in paired(members(was), members(is), &[&same]) {
            let (what, impacts) = match entry {
                Entry::Both((_, was), (_, is)) if was == is => continue,
                Entry::Both((scope, _), _) => {
                    let what = format!("the description of the scope `{scope}` has changed");
                    (what, Impacts::DOC_ONLY)
                }
                Entry::Gone((scope, _)) => (format!("the scope `{scope}` is gone"), Impacts::WIRE),
                Entry::New((scope, _)) => (format!("the scope `{scope}` is new"), Impacts::SAFE),
            };
            self.changed(place, what, impacts);
        }
        self.notes(place, &[]);
    }
}

/// What a `security` list says.
fn ways(list: &Value) -> Vec<Way> {
    let way = |asked: &Value| {
        let mut way = Way::new();
        for (name, scopes) in members(asked) {
            let scopes = texts(scopes).into_iter().map(str::to_owned);
            way.insert(name.clone(), scopes.collect());
        }
        way
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
