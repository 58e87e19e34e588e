//! What a client demands before it sends anything, recorded from the client itself.

use std::collections::{BTreeMap, BTreeSet};

use runpipe::contract::Caller;
use runpipe_spec::document::Document;
use runpipe_spec::operation::Operation;
use serde_json::{Value, json};

use super::calls::Case;
use super::wire::Wire;

/// What the client of one service demands.
#[derive(Default)]
pub struct Needs {
    /// Operation and parameter: whether nothing is sent without it.
    needed: BTreeMap<(String, String), bool>,
    /// Operation and parameter: whether it takes a number of 64 bits.
    long: BTreeMap<(String, String), bool>,
    /// Operations that send a body even when none is given, or send nothing without one.
    always_a_body: BTreeSet<String>,
}

impl Needs {
    /// Calls an operation with less, and with longer numbers, than its richest case has.
    pub async fn record(&mut self, wire: &Wire, caller: &Caller, richest: &Case) {
        let id = &richest.operation_id;
        for name in richest.parameters.keys() {
            let key = (id.clone(), name.clone());
            let mut changed = richest.parameters.clone();
            changed.remove(name);
            let _ = caller.call(id, &changed, richest.body.as_ref()).await;
            self.needed.insert(key.clone(), wire.take().is_empty());
            changed.insert(name.clone(), json!(i64::MAX));
            let _ = caller.call(id, &changed, richest.body.as_ref()).await;
            self.long.insert(key, !wire.take().is_empty());
        }
        let _ = caller.call(id, &richest.parameters, None).await;
        if wire
            .take()
            .first()
            .is_none_or(|sent| sent.header("content-type").is_some())
        {
            self.always_a_body.insert(id.clone());
        }
    }

    /// What the client demands and the document does not, or the other way round.
    pub fn fault(&self, document: &Document, operation: &Operation) -> Option<String> {
        let id = &operation.id;
        for parameter in &operation.parameters {
            let (name, key) = (&parameter.name, (id.clone(), parameter.name.clone()));
            if self.needed.get(&key) != Some(&parameter.required) {
                return Some(format!("{id}: {name} is needed, or it is not"));
            }
            let schema = document.at(&parameter.schema).unwrap_or(&Value::Null);
            let long = schema.get("format") != Some(&json!("int32"));
            if schema.get("type") == Some(&json!("integer")) && self.long.get(&key) != Some(&long) {
                return Some(format!("{id}: {name} has 64 bits, or it has not"));
            }
        }
        let body = operation
            .request_body
            .as_ref()
            .is_some_and(|body| body.required);
        let sent = self.always_a_body.contains(id);
        (body != sent).then(|| format!("{id}: the body is needed, or it is not"))
    }
}
