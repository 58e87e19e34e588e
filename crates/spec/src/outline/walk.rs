//! The walk through a document that puts its outline together. What the grammar does not know is passed over.

use std::collections::HashMap;

use serde_json::Value;

use super::grammar::{Kind, Shape};
use super::{Misfit, Node, Outline};
use crate::pointer::child;

/// The node around an object, and the key of it through which the object is reached.
type Around<'a> = (Option<usize>, &'a str);

impl<'a> Outline<'a> {
    pub fn new(root: &'a Value) -> Self {
        let mut outline = Self {
            root,
            nodes: Vec::new(),
            misfits: Vec::new(),
            by_pointer: HashMap::new(),
        };
        outline.object(Kind::Document, String::new(), root, (None, ""));
        outline
    }

    fn object(&mut self, kind: Kind, pointer: String, value: &'a Value, around: Around<'a>) {
        let Some(object) = value.as_object() else {
            return self.misfits.push(Misfit {
                pointer,
                kind,
                value,
            });
        };
        let (index, (parent, role)) = (self.nodes.len(), around);
        self.by_pointer.insert(pointer.clone(), index);
        let mut node = Node {
            pointer: pointer.clone(),
            kind,
            value,
            object,
            reference: None,
            parent,
            role,
            index,
            end: index + 1,
        };
        let is_reference = node.is_reference();
        node.reference = node.text("$ref").filter(|_| is_reference);
        self.nodes.push(node);
        if is_reference {
            return;
        }
        for (name, value) in object {
            let here = child(&pointer, name);
            if let Some((inner, role)) = kind.entries() {
                if !name.starts_with("x-") {
                    self.object(inner, here, value, (Some(index), role));
                }
            } else if let Some(key) = kind.key(name) {
                self.within(key.shape, here, value, (Some(index), key.name));
            }
        }
        let end = self.nodes.len();
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
        }
    }

    /// The objects in the value of a key.
    fn within(&mut self, shape: Shape, pointer: String, value: &'a Value, around: Around<'a>) {
        match shape {
            Shape::Object(kind) => self.object(kind, pointer, value, around),
            Shape::FlagOrSchema if value.is_boolean() => {}
            Shape::FlagOrSchema => self.object(Kind::Schema, pointer, value, around),
            Shape::List(kind) => {
                let entries = value.as_array().into_iter().flatten().enumerate();
                for (number, entry) in entries {
                    let here = child(&pointer, &number.to_string());
                    self.object(kind, here, entry, around);
                }
            }
            Shape::Map(kind) => {
                for (name, entry) in value.as_object().into_iter().flatten() {
                    self.object(kind, child(&pointer, name), entry, around);
                }
            }
            Shape::Any | Shape::Text | Shape::Flag | Shape::Number | Shape::Count => {}
            Shape::Word(_) | Shape::Texts | Shape::Values | Shape::TextMap | Shape::AnyMap => {}
        }
    }
}
