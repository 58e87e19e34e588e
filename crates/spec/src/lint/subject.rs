//! A document as the rules look at it: its operations, and what its schemas are used for.

use std::collections::BTreeSet;

use crate::media_type::is_html;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Operation, Outline};

/// Of the schemas, those only referred to are left out.
pub(super) struct Subject<'o, 'a> {
    pub outline: &'o Outline<'a>,
    pub operations: Vec<Operation<'o, 'a>>,
    /// The schemas that a request body reaches.
    pub bodies: Vec<&'o Node<'a>>,
    /// The schemas that a successful answer reaches. Other answers are never decoded into generated types.
    pub answers: Vec<&'o Node<'a>>,
    /// Both, and what parameters reach: all that types are generated from.
    pub generated: Vec<&'o Node<'a>>,
}

impl<'o, 'a> Subject<'o, 'a> {
    pub fn new(outline: &'o Outline<'a>) -> Self {
        let operations = outline.operations();
        let bodies = operations.iter().map(|one| one.node.at("requestBody"));
        let bodies = outline.reach(bodies.filter_map(|pointer| outline.index(&pointer)));
        let answers = operations.iter().flat_map(|one| answers(outline, one.node));
        let answers = outline.reach(answers);
        let parameters = operations.iter().flat_map(|one| &one.parameters);
        let mut generated = outline.reach(parameters.filter_map(|p| outline.index(&p.pointer)));
        generated.extend(bodies.iter().chain(&answers));
        let schemas = |indices: BTreeSet<usize>| {
            let nodes = indices.into_iter().filter_map(|at| outline.nodes.get(at));
            let written = nodes.filter(|one| one.kind == Kind::Schema && one.reference.is_none());
            written.collect()
        };
        Self {
            outline,
            bodies: schemas(bodies),
            answers: schemas(answers),
            generated: schemas(generated),
            operations,
        }
    }
}

/// The schemas of the successful answers of an operation, HTML pages left out.
fn answers(outline: &Outline<'_>, operation: &Node<'_>) -> Vec<usize> {
    let responses = outline.responses(operation);
    let success = responses.filter(|one| one.name().starts_with('2'));
    let content = success.flat_map(|one| outline.children(outline.resolve(one), "content"));
    let content = content.filter(|media| !is_html(&media.name()));
    content
        .filter_map(|media| outline.index(&media.at("schema")))
        .collect()
}
