//! Operations: which one is which, and what has changed about each.

use super::super::operation::{Location, Operation};
use super::super::pointer::escape;
use super::Impact;
use super::comparison::Comparison;

const OPERATION_NOTES: [&str; 5] = [
    "tags",
    "summary",
    "description",
    "externalDocs",
    "deprecated",
];

impl<'d> Comparison<'d> {
    /// Compares all operations, those of the old document in their order and then the new ones.
    pub fn operations(&mut self) {
        let (old, new) = (
            self.old.document.operations(),
            self.new.document.operations(),
        );
        let mut counterparts: Vec<Option<&'d Operation>> = vec![None; old.len()];
        let mut left: Vec<&'d Operation> = new.iter().collect();
        let same_place = |old: &Operation, new: &Operation| {
            old.method == new.method && template(&old.path) == template(&new.path)
        };
        let same_name = |old: &Operation, new: &Operation| old.id == new.id;
        // First by place, then by name: an operation keeps its place more often.
        for is_same in [
            &same_place as &dyn Fn(&Operation, &Operation) -> bool,
            &same_name,
        ] {
            for (operation, found) in old.iter().zip(&mut counterparts) {
                if found.is_none() {
                    let at = left
                        .iter()
                        .position(|candidate| is_same(operation, candidate));
                    *found = at.map(|at| left.remove(at));
                }
            }
        }
        for (operation, found) in old.iter().zip(counterparts) {
            match found {
                Some(found) => self.operation(operation, found),
                None => {
                    let what = format!("the operation `{}` is gone", operation.id);
                    self.removed(&operation.pointer, what, Impact::Breaking, Impact::Breaking);
                }
            }
        }
        for operation in left {
            let what = format!("the operation `{}` is new", operation.id);
            self.added(&operation.pointer, what, Impact::Safe, Impact::Safe);
        }
    }

    fn operation(&mut self, old: &'d Operation, new: &'d Operation) {
        let (was, is) = (old.pointer.as_str(), new.pointer.as_str());
        if old.id != new.id {
            let what = format!("the operation `{}` is called `{}` now", old.id, new.id);
            self.changed(was, is, what, Impact::Safe, Impact::Breaking);
        }
        if old.method != new.method || template(&old.path) != template(&new.path) {
            let what = format!(
                "the operation is at {} {} now, it was at {} {}",
                new.method, new.path, old.method, old.path
            );
            self.changed(was, is, what, Impact::Breaking, Impact::Safe);
        }
        self.notes(was, is, &OPERATION_NOTES);
        let item = |operation: &Operation| format!("/paths/{}", escape(&operation.path));
        self.notes(&item(old), &item(new), &["summary", "description"]);
        self.servers(&item(old), &item(new));
        self.servers(was, is);
        self.operation_security(was, is);
        self.parameters(old, new, &renamed(old, new));
        self.request_body(old, new);
        self.answers(old, new);
    }
}

/// A path without the names of its parameters.
fn template(path: &str) -> Vec<String> {
    let plain = |part: &str| {
        let mut text = String::new();
        let mut inside = false;
        for letter in part.chars() {
            match letter {
                '{' => inside = true,
                '}' => inside = false,
                _ if inside => continue,
                _ => {}
            }
            text.push(letter);
        }
        text
    };
    path.split('/').map(plain).collect()
}

/// Path parameters that have another name now: they are known by their place in the path.
fn renamed(old: &Operation, new: &Operation) -> Vec<(String, String)> {
    if template(&old.path) != template(&new.path) {
        return Vec::new();
    }
    let (before, after) = (path_names(&old.path), path_names(&new.path));
    let pairs = before.into_iter().zip(after);
    pairs.filter(|(before, after)| before != after).collect()
}

fn path_names(path: &str) -> Vec<String> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Whether two parameters are the same one: header names are compared without regard to case.
pub(super) fn same_name(location: Location, old: &str, new: &str) -> bool {
    old == new || location == Location::Header && old.eq_ignore_ascii_case(new)
}
