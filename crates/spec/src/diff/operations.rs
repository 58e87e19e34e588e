//! Operations: which one is which, and what has changed about each.

use super::super::operation::{Location, Operation};
use super::super::pointer::child;
use super::comparison::{Comparison, Entry, Place, paired};
use super::reach::Impacts;
use crate::template;

const OPERATION_NOTES: [&str; 5] = [
    "tags",
    "summary",
    "description",
    "externalDocs",
    "deprecated",
];

impl Comparison<'_> {
    /// Compares all operations, those of the old document in their order and then the new ones.
    pub fn operations(&mut self) {
        let old = self.old.document.operations();
        let new = self.new.document.operations();
        let same_name = |old: &Operation, new: &Operation| old.id == new.id;
        // First by place, then by name: an operation keeps its place more often.
        for entry in paired(old, new, &[&same_place, &same_name]) {
            match entry {
                Entry::Both(was, is) => self.operation(was, is),
                Entry::Gone(Operation { id, pointer, .. }) => {
                    let what = format!("the operation `{id}` is gone");
                    self.removed(pointer, what, Impacts::BREAKING);
                }
                Entry::New(Operation { id, pointer, .. }) => {
                    let what = format!("the operation `{id}` is new");
                    self.added(pointer, what, Impacts::SAFE);
                }
            }
        }
    }

    fn operation(&mut self, old: &Operation, new: &Operation) {
        let place = Place::new(&old.pointer, &new.pointer);
        if old.id != new.id {
            let what = format!("the operation `{}` is called `{}` now", old.id, new.id);
            self.changed(&place, what, Impacts::RUST);
        }
        if !same_place(old, new) {
            let what = format!(
                "the operation is at {} {} now, it was at {} {}",
                new.method, new.path, old.method, old.path
            );
            self.changed(&place, what, Impacts::WIRE);
        }
        self.notes(&place, &OPERATION_NOTES);
        let item = |path: &str| child("/paths", path);
        let item = Place::new(item(&old.path), item(&new.path));
        self.notes(&item, &["summary", "description"]);
        self.servers(&item);
        self.servers(&place);
        self.operation_security(&place);
        self.parameters(old, new);
        self.request_body(old, new);
        self.answers(old, new);
    }
}

fn same_place(old: &Operation, new: &Operation) -> bool {
    old.method == new.method && template::shape(&old.path) == template::shape(&new.path)
}

/// Path parameters, each with its new name: they are known by their place in the path.
pub(super) fn path_names<'o>(old: &'o Operation, new: &'o Operation) -> Vec<(&'o str, &'o str)> {
    if template::shape(&old.path) != template::shape(&new.path) {
        return Vec::new();
    }
    let new = template::names(&new.path);
    template::names(&old.path).zip(new).collect()
}

/// Whether two parameters are the same one: header names are compared without regard to case.
pub(super) fn same_name(location: Location, old: &str, new: &str) -> bool {
    old == new || location == Location::Header && old.eq_ignore_ascii_case(new)
}
