//! What the clients really do, recorded once, and then held against changed documents.

use std::collections::{BTreeMap, BTreeSet};

use runpipe::contract::Caller;
use runpipe_spec::document::Document;
use runpipe_spec::lint;
use serde_json::Value;

use super::calls::{Case, cases};
use super::fixture::{self, Fixture};
use super::needs::Needs;
use super::plan::Plan;
use super::subject::Subject;
use super::tolerance::Seen;
use super::types::{self, Allowed, Generated};
use super::wire::{Captured, Wire};
use super::{judge, traffic};

/// The client of one service, its types and its fixtures.
pub struct Recording {
    pub subject: Subject,
    calls: Vec<(Case, Captured)>,
    needs: Needs,
    fixtures: Vec<Fixture>,
    seen: Seen,
    generated: Generated,
    allowed: BTreeMap<String, Allowed>,
    /// For each operation, everything that its description refers to.
    reach: BTreeMap<String, BTreeSet<String>>,
}

impl Recording {
    pub async fn make(subject: Subject) -> Self {
        let wire = Wire::start().await;
        wire.answer(404, &[], Some("application/json"), b"{}");
        let caller = Caller::new(subject.service, &wire.url()).expect("a client");
        let (mut calls, mut needs) = (Vec::new(), Needs::default());
        let mut reach = BTreeMap::new();
        for operation in subject.document.operations() {
            let cases = cases(&subject.document, operation);
            let richest = cases.last().expect("a case").clone();
            for case in cases {
                let _ = caller
                    .call(&case.operation_id, &case.parameters, case.body.as_ref())
                    .await;
                calls.push((case, wire.take().pop().expect("a request")));
            }
            needs.record(&wire, &caller, &richest).await;
            let mut targets = BTreeSet::from([operation.pointer.clone()]);
            // What the path itself says counts for its operations, too.
            let (item, _) = operation.pointer.rsplit_once('/').unwrap_or_default();
            let parameters = format!("{item}/parameters");
            for pointer in [&operation.pointer, &parameters] {
                if let Some(value) = subject.document.root().pointer(pointer) {
                    follow(subject.document.root(), value, &mut targets);
                }
            }
            targets.insert(parameters);
            reach.insert(operation.id.clone(), targets);
        }
        let fixtures = fixture::all(&subject);
        Recording {
            seen: Seen::in_refusals(&subject, &fixtures),
            fixtures,
            generated: types::generated(subject.service),
            allowed: types::allowed(subject.service),
            calls,
            needs,
            reach,
            subject,
        }
    }

    /// What the document breaks as it is: with a fault here no change could be noticed.
    pub fn faults(&self) -> Vec<String> {
        let ids = self.reach.keys();
        ids.filter_map(|id| self.fault(&self.subject, id)).collect()
    }

    /// The first contract that a document breaks. Operations that the change cannot reach are not asked.
    pub fn broken_by(&self, plan: &Plan) -> Option<String> {
        let root = plan.apply(self.subject.document.root());
        if plan.pointer.starts_with("/components/schemas/")
            && let Some(fault) = types::faults(&root, &self.generated, &self.allowed)
                .into_iter()
                .next()
        {
            return Some(format!("types: {fault}"));
        }
        let text = root.to_string();
        let document = match Document::parse("changed.json", &text) {
            Ok(document) => document,
            Err(findings) => return findings.first().map(|finding| format!("load: {finding}")),
        };
        let changed = self.subject.with_document(document);
        // Operations name security schemes without a reference.
        let everywhere = plan.pointer.starts_with("/components/securitySchemes/");
        let reached = |id: &str| {
            everywhere
                || self.reach.get(id).is_some_and(|targets| {
                    let under = |target: &String| plan.pointer.starts_with(&format!("{target}/"));
                    // A path that is renamed is above its operations.
                    let above = |target: &String| target.starts_with(&format!("{}/", plan.pointer));
                    targets
                        .iter()
                        .any(|target| *target == plan.pointer || under(target) || above(target))
                })
        };
        let operations = self.reach.keys().filter(|id| reached(id));
        let first = operations.filter_map(|id| self.fault(&changed, id)).next();
        first
            .or_else(|| {
                // Only a new field of a component can be one that nobody has seen.
                let unseen = || {
                    judge::unseen_fields(&changed.document, &self.fixtures, &changed)
                        .into_iter()
                        .next()
                };
                (plan.class == "rename property").then(unseen)?
            })
            .or_else(|| {
                lint::lint("changed.json", &text)
                    .first()
                    .map(|finding| format!("lint: {finding}"))
            })
    }

    fn fault(&self, changed: &Subject, id: &str) -> Option<String> {
        let Some(operation) = changed.document.operation(id) else {
            return Some(format!("{id}: the document has no such operation"));
        };
        let expectations = &changed.expectations;
        let calls = self
            .calls
            .iter()
            .filter(|(case, _)| case.operation_id == id);
        let sent = calls
            .flat_map(|(case, sent)| traffic::faults(&changed.document, expectations, case, sent));
        if let Some(fault) = sent
            .into_iter()
            .next()
            .or_else(|| self.needs.fault(&changed.document, operation))
        {
            return Some(fault);
        }
        let schemes = judge::scheme_faults(changed, operation).into_iter();
        let sets = schemes.chain(judge::set_faults(operation, &self.fixtures));
        let own = self
            .fixtures
            .iter()
            .filter(|fixture| fixture.operation_id == id);
        let fixtures = own.flat_map(|fixture| {
            let more = self.seen.faults(changed, fixture);
            judge::fixture_faults(changed, fixture)
                .into_iter()
                .chain(more)
        });
        sets.chain(fixtures).next()
    }
}

/// Everything that a value refers to, directly or through something else.
fn follow(root: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| follow(root, item, found)),
        Value::Object(fields) => {
            if let Some(pointer) = fields
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix('#'))
                && found.insert(pointer.to_owned())
                && let Some(target) = root.pointer(pointer)
            {
                follow(root, target, found);
            }
            fields.values().for_each(|field| follow(root, field, found));
        }
        _ => {}
    }
}
