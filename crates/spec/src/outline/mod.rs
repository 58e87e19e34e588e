//! A document taken apart: every object in it with its kind, its place and the object around it.

pub(crate) mod grammar;
mod keys;
mod walk;

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use self::grammar::Kind;
use super::pointer;
use crate::keyed::Keyed;

/// One object of the document.
pub(crate) struct Node<'a> {
    pub pointer: String,
    pub kind: Kind,
    pub value: &'a Value,
    pub object: &'a Map<String, Value>,
    /// The `$ref` that stands here instead of the object.
    pub reference: Option<&'a str>,
    /// The node around this one.
    pub parent: Option<usize>,
    /// The key of the parent through which this node is reached: `items`, `properties`, `schemas`.
    pub role: &'a str,
    /// Its own index.
    pub index: usize,
    /// The index after the last node inside this one.
    pub end: usize,
}

impl<'a> Node<'a> {
    /// Whether there is a `$ref` here, even one that is not text.
    pub fn is_reference(&self) -> bool {
        self.kind.referable() && self.object.contains_key("$ref")
    }

    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.object.text(key)
    }

    pub fn flag(&self, key: &str) -> bool {
        self.object.flag(key)
    }

    /// The last part of its pointer: the name of a component, a path, a media type.
    pub fn name(&self) -> String {
        pointer::last(&self.pointer)
    }

    pub fn has(&self, key: &str) -> bool {
        self.object.contains_key(key)
    }

    pub fn number(&self, key: &str) -> Option<f64> {
        self.object.get(key)?.as_f64()
    }

    /// The pointer of one of the object's own values.
    pub fn at(&self, key: &str) -> String {
        pointer::child(&self.pointer, key)
    }

    /// The entries of the map under `key`; none when it is not a map.
    pub fn entries(&self, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.object.entries(key)
    }

    /// The values of the list under `key`; none when it is not a list.
    pub fn list(&self, key: &str) -> &'a [Value] {
        self.object.list(key)
    }
}

/// A value that should be an object of this kind.
pub(crate) struct Misfit<'a> {
    pub pointer: String,
    pub kind: Kind,
    pub value: &'a Value,
}

/// One operation under `paths`.
pub(crate) struct Operation<'o, 'a> {
    pub node: &'o Node<'a>,
    /// Path template, as it is written.
    pub path: String,
    /// All parameters, those of the path item that the operation replaces left out.
    pub parameters: Vec<Parameter<'a>>,
}

/// A parameter of an operation, its `$ref` followed.
pub(crate) struct Parameter<'a> {
    /// Where the operation or its path item lists it.
    pub used: String,
    /// Where it is described.
    pub pointer: String,
    pub value: &'a Value,
    /// Whether the operation itself lists it, rather than its path item.
    pub own: bool,
}

impl<'a> Parameter<'a> {
    pub fn name(&self) -> &'a str {
        self.value.text("name").unwrap_or_default()
    }

    pub fn place(&self) -> &'a str {
        self.value.text("in").unwrap_or_default()
    }
}

/// All objects of a document in the order of a walk: each before the objects inside it.
pub(crate) struct Outline<'a> {
    pub root: &'a Value,
    pub nodes: Vec<Node<'a>>,
    /// Anything but an object where the grammar requires one.
    pub misfits: Vec<Misfit<'a>>,
    by_pointer: HashMap<String, usize>,
}

impl<'a> Outline<'a> {
    pub fn node(&self, pointer: &str) -> Option<&Node<'a>> {
        self.index(pointer).and_then(|index| self.nodes.get(index))
    }

    pub fn index(&self, pointer: &str) -> Option<usize> {
        self.by_pointer.get(pointer).copied()
    }

    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// Objects of a kind that are written out, not referred to.
    pub fn written(&self, kind: Kind) -> impl Iterator<Item = &Node<'a>> {
        self.of(kind).filter(|node| node.reference.is_none())
    }

    pub fn parent(&self, node: &Node<'a>) -> Option<&Node<'a>> {
        node.parent.and_then(|index| self.nodes.get(index))
    }

    /// Whether the node stands inside an object of this kind.
    #[cfg(feature = "schemas")]
    pub fn inside(&self, node: &Node<'a>, kind: Kind) -> bool {
        let mut around = std::iter::successors(self.parent(node), |node| self.parent(node));
        around.any(|outer| outer.kind == kind)
    }

    /// The node that this one stands for, its `$ref`s followed.
    pub fn resolve<'s>(&'s self, node: &'s Node<'a>) -> &'s Node<'a> {
        let (pointer, _) = pointer::resolve(self.root, &node.pointer, node.value);
        self.node(&pointer).unwrap_or(node)
    }

    /// The value at `pointer` with its `$ref`s followed, and its own pointer.
    pub fn follow(&self, pointer: &str, value: &'a Value) -> (String, &'a Value) {
        pointer::resolve(self.root, pointer, value)
    }

    /// The index of the node that a `$ref` here leads to.
    pub fn target(&self, node: &Node<'a>) -> Option<usize> {
        self.index(&node.reference.and_then(pointer::of_reference)?)
    }

    /// The node of a member, its `$ref`s followed.
    pub fn child(&self, node: &Node<'a>, key: &str) -> Option<&Node<'a>> {
        self.node(&node.at(key)).map(|node| self.resolve(node))
    }

    /// The nodes of the list or map that is a member, `$ref`s as they are.
    pub fn children(&self, node: &Node<'a>, key: &str) -> impl Iterator<Item = &Node<'a>> {
        let inside = self.nodes.get(node.index..node.end).unwrap_or_default();
        inside
            .iter()
            .filter(move |inner| inner.parent == Some(node.index) && inner.role == key)
    }

    /// The answers of an operation, `$ref`s as they are.
    pub fn responses(&self, operation: &Node<'a>) -> impl Iterator<Item = &Node<'a>> {
        let responses = self.node(&operation.at("responses")).into_iter();
        responses.flat_map(|all| self.children(all, "responses"))
    }

    /// The operations under `paths`, in the document's order.
    pub fn operations(&self) -> Vec<Operation<'_, 'a>> {
        let operations = self.of(Kind::Operation).filter_map(|node| {
            let item = self.parent(node).filter(|item| item.role == "paths")?;
            let mut parameters = self.parameters(node, true);
            for inherited in self.parameters(item, false) {
                let name = (inherited.name(), inherited.place());
                let mut own = parameters.iter().filter(|one| one.own);
                if !own.any(|own| (own.name(), own.place()) == name) {
                    parameters.push(inherited);
                }
            }
            let path = item.name();
            Some(Operation {
                node,
                path,
                parameters,
            })
        });
        operations.collect()
    }

    /// The parameters that an operation or a path item lists.
    pub fn parameters(&self, owner: &Node<'a>, own: bool) -> Vec<Parameter<'a>> {
        let place = owner.at("parameters");
        let entries = owner.list("parameters").iter().enumerate();
        entries
            .map(|(index, value)| {
                let used = format!("{place}/{index}");
                let (pointer, value) = self.follow(&used, value);
                Parameter {
                    used,
                    pointer,
                    value,
                    own,
                }
            })
            .collect()
    }

    /// Indices of all nodes inside these ones or referred to from inside them.
    pub fn reach(&self, starts: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<usize> = starts.into_iter().collect();
        while let Some(index) = open.pop() {
            if !reached.insert(index) {
                continue;
            }
            let Some(node) = self.nodes.get(index) else {
                continue;
            };
            open.extend(index + 1..node.end);
            open.extend(self.target(node));
        }
        reached
    }
}
