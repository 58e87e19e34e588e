//! Which component schema of the new document is which of the old one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::outline::grammar::is_note;
use super::super::pointer::references;
use crate::keyed::Keyed;

/// The keywords that are made of other schemas.
pub(super) const COMBINATIONS: [&str; 5] = ["oneOf", "anyOf", "allOf", "not", "discriminator"];

const PREFIX: &str = "/components/schemas/";

/// The name of the component schema that a pointer leads to; `None` for a place inside one, and elsewhere.
pub(super) fn component_of(pointer: &str) -> Option<&str> {
    let name = pointer.strip_prefix(PREFIX)?;
    (!name.contains('/')).then_some(name)
}

/// The pointer of a component schema. Component names need no escaping.
pub(super) fn component(name: &str) -> String {
    format!("{PREFIX}{name}")
}

fn schemas_of(root: &Value) -> Option<&Map<String, Value>> {
    root.pointer("/components/schemas")?.as_object()
}

/// The names that are being compared further up.
type Assumed<'v> = BTreeSet<(&'v str, &'v str)>;

/// Old and new names of the same schemas.
pub(super) struct Pairs<'d> {
    old: &'d Value,
    new: &'d Value,
    old_to_new: BTreeMap<String, String>,
    paired_new: BTreeSet<String>,
    /// In the order in which they were found.
    found: Vec<(String, String)>,
}

impl<'d> Pairs<'d> {
    /// Pairs schemas of two documents by their names, then those left over by their structure.
    pub fn new(old: &'d Value, new: &'d Value) -> Self {
        let mut pairs = Self {
            old,
            new,
            old_to_new: BTreeMap::new(),
            paired_new: BTreeSet::new(),
            found: Vec::new(),
        };
        let none = Map::new();
        let old_schemas = schemas_of(old).unwrap_or(&none);
        let new_schemas = schemas_of(new).unwrap_or(&none);
        let in_both = |name: &&String| new_schemas.contains_key(*name);
        for name in old_schemas.keys().filter(in_both) {
            pairs.pair(name, name);
        }
        for (old_name, schema) in old_schemas {
            if pairs.new_name(old_name).is_some() {
                continue;
            }
            let candidates = new_schemas.iter().filter(|(name, candidate)| {
                let mut assumed = BTreeSet::from([(old_name.as_str(), name.as_str())]);
                !pairs.is_new_paired(name) && pairs.same(schema, candidate, &mut assumed)
            });
            // Among several of the same structure, the one whose name is most alike.
            let likeness = |name: &str| (strsim::jaro_winkler(old_name, name) * 1e6) as u64;
            let best = candidates.max_by_key(|(name, _)| likeness(name));
            if let Some((name, _)) = best {
                pairs.pair(old_name, name);
            }
        }
        pairs
    }

    /// From now on the two are the same.
    pub fn pair(&mut self, old: &str, new: &str) {
        self.old_to_new.insert(old.to_owned(), new.to_owned());
        self.paired_new.insert(new.to_owned());
        self.found.push((old.to_owned(), new.to_owned()));
    }

    /// The pair that was found as number `index`.
    pub fn get(&self, index: usize) -> Option<(String, String)> {
        self.found.get(index).cloned()
    }

    pub fn new_name(&self, old: &str) -> Option<&str> {
        self.old_to_new.get(old).map(String::as_str)
    }

    pub fn is_new_paired(&self, new: &str) -> bool {
        self.paired_new.contains(new)
    }

    pub fn are_paired(&self, old: &str, new: &str) -> bool {
        self.new_name(old) == Some(new)
    }

    /// Whether two schemas accept the same values and are built the same way, whatever is said about them.
    pub fn are_same(&self, old: &Value, new: &Value) -> bool {
        self.same(old, new, &mut BTreeSet::new())
    }

    fn same<'v>(&self, old: &'v Value, new: &'v Value, assumed: &mut Assumed<'v>) -> bool
    where
        'd: 'v,
    {
        let (Some(before), Some(after)) = (old.as_object(), new.as_object()) else {
            return old == new;
        };
        match (old.text("$ref"), new.text("$ref")) {
            (None, None) => {}
            (Some(before), Some(after)) => return self.same_target(before, after, assumed),
            _ => return false,
        }
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let mut keys = keys.into_iter().filter(|key| !is_note(key));
        keys.all(
            |key| match (key.as_str(), before.get(key), after.get(key)) {
                (_, Some(old), Some(new)) if old == new && !has_reference(old) => true,
                ("required", Some(old), Some(new)) => texts(old) == texts(new),
                ("properties", Some(Value::Object(old)), Some(Value::Object(new))) => {
                    let mut fields = old.iter().zip(new);
                    old.keys().eq(new.keys())
                        && fields.all(|((_, old), (_, new))| self.same(old, new, assumed))
                }
                ("allOf" | "oneOf" | "anyOf", Some(Value::Array(old)), Some(Value::Array(new))) => {
                    let mut members = old.iter().zip(new);
                    old.len() == new.len() && members.all(|(old, new)| self.same(old, new, assumed))
                }
                ("items" | "not" | "additionalProperties", Some(old), Some(new)) => {
                    self.same(old, new, assumed)
                }
                _ => false,
            },
        )
    }

    fn same_target<'v>(&self, old: &'v str, new: &'v str, assumed: &mut Assumed<'v>) -> bool
    where
        'd: 'v,
    {
        let (old, new) = (old.trim_start_matches('#'), new.trim_start_matches('#'));
        let (Some(old_name), Some(new_name)) = (component_of(old), component_of(new)) else {
            return old == new;
        };
        if self.new_name(old_name).is_some() || self.is_new_paired(new_name) {
            return self.are_paired(old_name, new_name);
        }
        if !assumed.insert((old_name, new_name)) {
            return true;
        }
        match (self.old.pointer(old), self.new.pointer(new)) {
            (Some(old), Some(new)) => self.same(old, new, assumed),
            _ => false,
        }
    }
}

/// A list of texts as a set.
pub(super) fn texts(list: &Value) -> BTreeSet<&str> {
    let entries = list.as_array().into_iter().flatten();
    entries.filter_map(Value::as_str).collect()
}

fn has_reference(value: &Value) -> bool {
    let mut any = false;
    references(value, &mut |_| any = true);
    any
}
