//! `$ref`s: where they lead, the keys beside them, and components that nothing refers to.

use std::collections::{BTreeMap, BTreeSet};

use super::report::Report;
use super::words::{did_you_mean, quoted};
use crate::nearest::nearest;
use crate::outline::grammar::Kind;
use crate::outline::{Node, Outline};
use crate::pointer;

/// Names of the rules that make it unsafe or useless to compile schemas.
#[cfg(feature = "schemas")]
pub(super) const BREAKING: [&str; 4] = ["ref-external", "ref-dangling", "ref-kind", "ref-cycle"];

pub(super) fn check(outline: &Outline<'_>, report: &mut Report<'_>) {
    for node in &outline.nodes {
        if let Some(reference) = node.reference {
            reference_of(outline, node, reference, report);
        }
    }
    cycles(outline, report);
    unused(outline, report);
    links(outline, report);
}

fn reference_of(outline: &Outline<'_>, node: &Node<'_>, reference: &str, report: &mut Report<'_>) {
    let place = node.at("$ref");
    for sibling in node.object.keys().filter(|key| *key != "$ref") {
        let key = quoted(sibling);
        let problem = format!("{key} is beside a `$ref`, where OpenAPI 3.0 ignores it");
        let cure = match node.kind {
            Kind::Schema => {
                "Write the reference as `allOf` with this one entry, or remove the key."
            }
            _ => "Remove it, or move it to the component.",
        };
        report.add("ref-siblings", node.at(sibling), problem, cure);
    }
    let target = pointer::of_reference(reference);
    let Some(target) = target.or_else(|| reference.starts_with('#').then(String::new)) else {
        let problem = format!("{} leads out of the document", quoted(reference));
        let cure = "Copy what it means into `components` and refer to that.";
        return report.add("ref-external", place, problem, cure);
    };
    let section = node.kind.section().unwrap_or_default();
    let prefix = format!("/components/{section}/");
    let name = target.strip_prefix(&prefix);
    let Some(name) = name.filter(|name| !name.contains('/')) else {
        let (reference, title) = (quoted(reference), node.kind.title());
        let problem = format!("{reference} does not lead to {title} in `components/{section}`");
        let cure =
            format!("Move what it means to `components/{section}` and refer to `#{prefix}…`.");
        return report.add("ref-kind", place, problem, cure);
    };
    if outline.root.pointer(&target).is_none() {
        let problem = format!("{} leads nowhere", quoted(reference));
        let components = outline.of(Kind::Components).next();
        let known = components.into_iter().flat_map(|all| all.entries(section));
        let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
        let cure = match nearest(name, &known) {
            Some(near) => format!("Did you mean `#{prefix}{near}`?"),
            None => format!("Add {} to `components/{section}`.", quoted(name)),
        };
        report.add("ref-dangling", place, problem, cure);
    }
}

/// Schemas that contain themselves without an object or a list between: no value could ever be built, and the
/// generator would not come to an end. Components that refer to themselves likewise.
fn cycles(outline: &Outline<'_>, report: &mut Report<'_>) {
    let mut edges: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for node in &outline.nodes {
        let target = outline.target(node).map(|target| (node.index, target));
        let around = node.parent.filter(|_| is_same_value(node));
        for (from, to) in target
            .into_iter()
            .chain(around.map(|outer| (outer, node.index)))
        {
            edges.entry(from).or_default().push(to);
        }
    }
    // The nodes that were met, and whether each is still on the path.
    let mut met: BTreeMap<usize, bool> = BTreeMap::new();
    for start in edges.keys() {
        // Depth first, without recursion: (node, next edge to follow).
        let mut path: Vec<(usize, usize)> = Vec::new();
        if !met.contains_key(start) {
            met.insert(*start, true);
            path.push((*start, 0));
        }
        while let Some((current, next)) = path.pop() {
            let targets = edges.get(&current);
            let Some(&target) = targets.and_then(|targets| targets.get(next)) else {
                met.insert(current, false);
                continue;
            };
            path.push((current, next + 1));
            match (met.get(&target), outline.nodes.get(target)) {
                (Some(true), Some(node)) => {
                    let name = quoted(&node.name());
                    let problem = format!("{name} contains itself with nothing in between");
                    let cure = "Break the cycle: refer to it from a property or a list.";
                    report.add("ref-cycle", &node.pointer, problem, cure);
                }
                (Some(_), _) => {}
                (None, _) => {
                    met.insert(target, true);
                    path.push((target, 0));
                }
            }
        }
    }
}

/// Whether a schema describes the same value as the schema around it, rather than a part of that value.
fn is_same_value(node: &Node<'_>) -> bool {
    node.kind == Kind::Schema && matches!(node.role, "allOf" | "oneOf" | "anyOf" | "not")
}

fn unused(outline: &Outline<'_>, report: &mut Report<'_>) {
    let Some(components) = outline.of(Kind::Components).next() else {
        return;
    };
    let outside = (1..components.index).chain(components.end..outline.nodes.len());
    let mut reached = outline.reach(outside);
    // Discriminators name schemas without a `$ref`.
    loop {
        let mut more: Vec<usize> = mapped(outline, &reached).collect();
        more.retain(|index| !reached.contains(index));
        if more.is_empty() {
            break;
        }
        reached.extend(outline.reach(more));
    }
    let requirements = outline.of(Kind::SecurityRequirement);
    let schemes: BTreeSet<&String> = requirements.flat_map(|node| node.object.keys()).collect();
    let inside = outline.nodes.iter();
    for node in inside.filter(|node| node.parent == Some(components.index)) {
        let name = node.name();
        let used = match node.kind {
            Kind::SecurityScheme => schemes.contains(&name),
            _ => reached.contains(&node.index),
        };
        if !used {
            let problem = format!("nothing uses the {} {}", node.kind.name(), quoted(&name));
            let cure = "Refer to it, or remove it.";
            report.add("unused-component", &node.pointer, problem, cure);
        }
    }
}

/// The schemas that the discriminators among these nodes name.
fn mapped<'o>(
    outline: &'o Outline<'_>,
    reached: &'o BTreeSet<usize>,
) -> impl Iterator<Item = usize> + 'o {
    let nodes = reached.iter().filter_map(|index| outline.nodes.get(*index));
    nodes
        .filter(|node| node.kind == Kind::Discriminator)
        .flat_map(|node| node.entries("mapping"))
        .filter_map(|(_, target)| target.as_str())
        .filter_map(|target| outline.index(&pointer::of_mapping(target)))
}

fn links(outline: &Outline<'_>, report: &mut Report<'_>) {
    let operations = outline.of(Kind::Operation);
    let ids = operations.filter_map(|operation| operation.text("operationId"));
    let ids: Vec<&str> = ids.collect();
    for link in outline.of(Kind::Link) {
        let Some(id) = link.text("operationId").filter(|id| !ids.contains(id)) else {
            continue;
        };
        let problem = format!("no operation has the operationId {}", quoted(id));
        let cure = did_you_mean(id, &ids, "Name an operation of this document.");
        report.add("link-operation", link.at("operationId"), problem, cure);
    }
}
