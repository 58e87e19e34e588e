//! What the schemas of a document are used for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::bodies::is_html;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Operation, Outline};
use crate::pointer;

/// Indices of the nodes that requests and successful answers are made of.
pub(super) struct Uses {
    /// All that a request body reaches.
    bodies: BTreeSet<usize>,
    /// All that a successful answer reaches. Other answers are never decoded into generated types.
    answers: BTreeSet<usize>,
    /// Both, and what parameters reach: all that types are generated from.
    generated: BTreeSet<usize>,
}

impl Uses {
    pub fn of(outline: &Outline<'_>, operations: &[Operation<'_>]) -> Self {
        let bodies = operations.iter().filter_map(|operation| {
            let node = outline.nodes.get(operation.node)?;
            outline.index(&node.at("requestBody"))
        });
        let bodies = outline.reach(bodies);
        let answers = operations
            .iter()
            .flat_map(|operation| answers(outline, operation));
        let answers = outline.reach(answers);
        let parameters = operations
            .iter()
            .flat_map(|operation| &operation.parameters);
        let mut generated = outline.reach(parameters.filter_map(|p| outline.index(&p.pointer)));
        generated.extend(bodies.iter().chain(&answers));
        Self {
            bodies,
            answers,
            generated,
        }
    }

    /// The schemas of request bodies, those only referred to left out.
    pub fn bodies<'o, 'a>(
        &'o self,
        outline: &'o Outline<'a>,
    ) -> impl Iterator<Item = &'o Node<'a>> {
        schemas(outline, &self.bodies)
    }

    /// The schemas of successful answers.
    pub fn answers<'o, 'a>(
        &'o self,
        outline: &'o Outline<'a>,
    ) -> impl Iterator<Item = &'o Node<'a>> {
        schemas(outline, &self.answers)
    }

    /// The schemas that types are generated from.
    pub fn generated<'o, 'a>(
        &'o self,
        outline: &'o Outline<'a>,
    ) -> impl Iterator<Item = &'o Node<'a>> + Clone {
        schemas(outline, &self.generated)
    }
}

fn schemas<'o, 'a>(
    outline: &'o Outline<'a>,
    indices: &'o BTreeSet<usize>,
) -> impl Iterator<Item = &'o Node<'a>> + Clone {
    let nodes = indices.iter().filter_map(|index| outline.nodes.get(*index));
    nodes.filter(|node| node.kind == Kind::Schema && node.reference.is_none())
}

/// The schemas of the successful answers of an operation, HTML pages left out.
fn answers(outline: &Outline<'_>, operation: &Operation<'_>) -> Vec<usize> {
    let Some(node) = outline.nodes.get(operation.node) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (status, response) in node
        .entries("responses")
        .filter(|(status, _)| status.starts_with('2'))
    {
        let place = pointer::child(&node.at("responses"), status);
        let (place, response) = outline.follow(&place, response);
        let content = response.get("content").and_then(Value::as_object);
        for kind in content
            .into_iter()
            .flat_map(|content| content.keys())
            .filter(|kind| !is_html(kind))
        {
            let media = pointer::child(&pointer::child(&place, "content"), kind);
            found.extend(outline.index(&pointer::child(&media, "schema")));
        }
    }
    found
}
