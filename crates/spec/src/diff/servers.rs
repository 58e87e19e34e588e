//! Servers: the addresses that a document names.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::pointer::child;
use super::Impact;
use super::comparison::Comparison;
use super::schemas::members;
use crate::keyed::Keyed;

impl Comparison<'_> {
    /// Compares the servers of the documents as wholes.
    pub fn document_servers(&mut self) {
        self.servers("", "");
    }

    /// Compares the servers that two objects name. The generated client is told its address, so no change of
    /// theirs concerns it.
    pub fn servers(&mut self, old: &str, new: &str) {
        let (old, new) = (child(old, "servers"), child(new, "servers"));
        let (before, after) = (urls(self.old.at(&old)), urls(self.new.at(&new)));
        if before.first() != after.first() && !before.is_empty() {
            let said = |urls: &[String]| {
                urls.first()
                    .map_or("none".to_owned(), |url| format!("`{url}`"))
            };
            let what = format!(
                "the first server is {} now, it was {}",
                said(&after),
                said(&before)
            );
            self.changed(&old, &new, what, Impact::Breaking, Impact::Safe);
        }
        for (index, url) in before.iter().enumerate() {
            let place = format!("{old}/{index}");
            match after.iter().position(|found| found == url) {
                Some(found) => self.server(&place, &format!("{new}/{found}")),
                None => self.removed(
                    &place,
                    format!("the server `{url}` is gone"),
                    Impact::Breaking,
                    Impact::Safe,
                ),
            }
        }
        for (index, url) in after.iter().enumerate() {
            if !before.contains(url) {
                let what = format!("the server `{url}` is new");
                self.added(&format!("{new}/{index}"), what, Impact::Safe, Impact::Safe);
            }
        }
    }

    fn server(&mut self, old: &str, new: &str) {
        self.notes(old, new, &["description"]);
        let (old, new) = (child(old, "variables"), child(new, "variables"));
        // The address names its variables, so both sides have the same ones.
        for (name, _) in members(self.old.at(&old)) {
            let (old, new) = (child(&old, name), child(&new, name));
            self.notes(&old, &new, &["description"]);
            let (before, after) = (self.old.at(&old), self.new.at(&new));
            if before.get("default") != after.get("default") {
                let what = format!("the server variable `{name}` has another default");
                self.changed(&old, &new, what, Impact::Breaking, Impact::Safe);
            }
            let (was, is) = (words(before), words(after));
            match (was, is) {
                (Some(was), Some(is)) => {
                    for word in was.difference(&is) {
                        let what =
                            format!("the server variable `{name}` no longer has the word {word}");
                        self.changed(&old, &new, what, Impact::Breaking, Impact::Safe);
                    }
                    for word in is.difference(&was) {
                        let what = format!("the server variable `{name}` has the word {word} now");
                        self.changed(&old, &new, what, Impact::Safe, Impact::Safe);
                    }
                }
                (None, Some(_)) => {
                    let what = format!("the server variable `{name}` has a list of words now");
                    self.changed(&old, &new, what, Impact::Breaking, Impact::Safe);
                }
                (Some(_), None) => {
                    let what = format!("the server variable `{name}` takes any word now");
                    self.changed(&old, &new, what, Impact::Safe, Impact::Safe);
                }
                (None, None) => {}
            }
        }
    }
}

fn urls(servers: &Value) -> Vec<String> {
    let servers = servers.as_array().into_iter().flatten();
    servers
        .map(|server| server.text("url").unwrap_or_default().to_owned())
        .collect()
}

fn words(variable: &Value) -> Option<BTreeSet<String>> {
    let words = variable.get("enum")?.as_array()?;
    Some(words.iter().map(Value::to_string).collect())
}
