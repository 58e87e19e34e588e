//! What a schema says that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::declared::Declared;
use crate::keyed::Keyed;
use crate::pointer::follow;

/// A schema of either side.
#[derive(Clone, Copy)]
pub(super) struct Schema<'d> {
    pub root: &'d Value,
    pub value: &'d Value,
}

/// Where a schema stands: two that are at the same place are the same.
pub(super) type Identity = *const Value;

impl<'d> Schema<'d> {
    pub fn new(root: &'d Value, value: &'d Value) -> Self {
        Schema { root, value }
    }

    /// The name of the component that it is, directly or as the only part of an `allOf`.
    pub fn component(self) -> Option<&'d str> {
        let direct = self.value.text("$ref");
        let reference = direct.or_else(|| self.only_part()?.get("$ref")?.as_str())?;
        reference.rsplit('/').next()
    }

    /// `allOf` around one reference says no more than the reference.
    fn only_part(self) -> Option<&'d Value> {
        match self.value.get("allOf")?.as_array()?.as_slice() {
            [only] if self.value.get("properties").is_none() => Some(only),
            _ => None,
        }
    }

    fn followed(self) -> &'d Value {
        let here = self.only_part().unwrap_or(self.value);
        follow(self.root, here).unwrap_or(here)
    }

    pub fn identity(self) -> Identity {
        std::ptr::from_ref(self.followed())
    }

    /// Its type: what `type` says, or what the other keywords allow only.
    pub fn kind(self) -> &'d str {
        let here = self.followed();
        let written = match here.get("type") {
            // 3.1 lists types, `null` among them.
            Some(Value::Array(several)) => several
                .iter()
                .filter_map(Value::as_str)
                .find(|kind| *kind != "null"),
            written => written.and_then(Value::as_str),
        };
        let told = |key: &str| here.get(key).is_some();
        match written {
            Some("object") | None if told("additionalProperties") && !self.has_fields() => "map",
            Some(written) => written,
            None if told("enum") => "string",
            None if self.has_fields() => "object",
            None if told("items") => "array",
            None => "anything",
        }
    }

    pub fn format(self) -> Option<&'d str> {
        self.followed().text("format")
    }

    pub fn words(self) -> BTreeSet<&'d str> {
        let words = self.followed().list("enum").iter();
        words.filter_map(Value::as_str).collect()
    }

    fn has_fields(self) -> bool {
        !self.fields().is_empty()
    }

    pub fn fields(self) -> BTreeMap<&'d str, Schema<'d>> {
        let listed = Declared::of(self.root, "", self.followed()).properties;
        let schemas = listed.into_iter();
        let mut fields = BTreeMap::new();
        fields.extend(schemas.map(|(name, (_, value))| (name, Schema::new(self.root, value))));
        fields
    }

    pub fn items(self) -> Option<Schema<'d>> {
        let items = self.followed().get("items")?;
        Some(Schema::new(self.root, items))
    }

    /// What the values of a map are, where something is said about them.
    pub fn values(self) -> Option<Schema<'d>> {
        let values = self.followed().get("additionalProperties")?;
        values.is_object().then(|| Schema::new(self.root, values))
    }

    /// The one field that is a list, of an object that wraps a list.
    pub fn wrapped_list(self) -> Option<(&'d str, Schema<'d>)> {
        let fields = self.fields().into_iter();
        let mut lists = fields.filter(|(_, schema)| schema.kind() == "array");
        match (lists.next(), lists.next()) {
            (Some(list), None) => Some(list),
            _ => None,
        }
    }
}
