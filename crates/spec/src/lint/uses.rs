//! What the schemas of a document are used for.

use std::collections::BTreeSet;

use crate::media_type::is_html;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Operation, Outline};

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
    pub fn of(outline: &Outline<'_>, operations: &[Operation<'_, '_>]) -> Self {
        let bodies = operations.iter().map(|one| one.node.at("requestBody"));
        let bodies = outline.reach(bodies.filter_map(|pointer| outline.index(&pointer)));
        let answers = operations.iter().flat_map(|one| answers(outline, one.node));
        let answers = outline.reach(answers);
        let parameters = operations.iter().flat_map(|one| &one.parameters);
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
fn answers(outline: &Outline<'_>, operation: &Node<'_>) -> Vec<usize> {
    let responses = outline.node(&operation.at("responses"));
    let responses = responses
        .into_iter()
        .flat_map(|all| outline.children(all, "responses"));
    let success = responses.filter(|one| one.name().starts_with('2'));
    let content = success.flat_map(|one| outline.children(outline.resolve(one), "content"));
    let content = content.filter(|media| !is_html(&media.name()));
    content
        .filter_map(|media| outline.index(&media.at("schema")))
        .collect()
}
