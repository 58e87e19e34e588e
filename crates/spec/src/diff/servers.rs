//! Servers: the addresses that a document names.

use std::collections::BTreeSet;

use serde_json::Value;

use super::comparison::{Comparison, Entry, Place, paired};
use super::reach::Impacts;
use super::schemas::members;
use crate::keyed::Keyed;

impl Comparison<'_> {
    /// Compares the servers that two objects name. The generated client is given its address, so no
    /// change of theirs affects it.
    pub fn servers(&mut self, place: &Place) {
        let place = place.child("servers");
        let (before, after) = self.values(&place);
        let (before, after) = (urls(before), urls(after));
        if before.first() != after.first() && !before.is_empty() {
            let said = |url: Option<&&str>| url.map_or("none".to_owned(), |url| format!("`{url}`"));
            let (is, was) = (said(after.first()), said(before.first()));
            let what = format!("the first server is {is} now, it was {was}");
            self.changed(&place, what, Impacts::WIRE);
        }
        let same = |(_, was): (usize, &str), (_, is): (usize, &str)| was == is;
        for entry in paired(numbered(&before), numbered(&after), &[&same]) {
            match entry {
                Entry::Both((was, _), (is, _)) => {
                    let old = format!("{}/{was}", place.old);
                    self.server(&Place::new(old, format!("{}/{is}", place.new)));
                }
                // The same address twice says no more than once.
                Entry::Gone((_, url)) if after.contains(&url) => {}
                Entry::New((_, url)) if before.contains(&url) => {}
                Entry::Gone((was, url)) => {
                    let what = format!("the server `{url}` is gone");
                    self.removed(&format!("{}/{was}", place.old), what, Impacts::WIRE);
                }
                Entry::New((is, url)) => {
                    let what = format!("the server `{url}` is new");
                    self.added(&format!("{}/{is}", place.new), what, Impacts::SAFE);
                }
            }
        }
    }

    fn server(&mut self, place: &Place) {
        self.notes(place, &["description"]);
        let place = place.child("variables");
        // The address names its variables, so both sides have the same ones.
        for (name, _) in members(self.old.at(&place.old)) {
            let place = place.child(name);
            self.notes(&place, &["description"]);
            let (before, after) = self.values(&place);
            let said = format!("the server variable `{name}`");
            if before.get("default") != after.get("default") {
                self.changed(&place, format!("{said} has another default"), Impacts::WIRE);
            }
            match (words(before), words(after)) {
                (Some(was), Some(is)) => {
                    for word in was.difference(&is) {
                        let what = format!("{said} no longer has the word {word}");
                        self.changed(&place, what, Impacts::WIRE);
                    }
                    for word in is.difference(&was) {
                        let what = format!("{said} has the word {word} now");
                        self.changed(&place, what, Impacts::SAFE);
                    }
                }
                (None, Some(_)) => {
                    let what = format!("{said} has a list of words now");
                    self.changed(&place, what, Impacts::WIRE);
                }
                (Some(_), None) => {
                    let what = format!("{said} takes any word now");
                    self.changed(&place, what, Impacts::SAFE);
                }
                (None, None) => {}
            }
        }
    }
}

fn numbered<'u>(urls: &[&'u str]) -> Vec<(usize, &'u str)> {
    urls.iter().copied().enumerate().collect()
}

fn urls(servers: &Value) -> Vec<&str> {
    let servers = servers.as_array().into_iter().flatten();
    servers
        .map(|server| server.text("url").unwrap_or_default())
        .collect()
}

fn words(variable: &Value) -> Option<BTreeSet<String>> {
    let words = variable.get("enum")?.as_array()?;
    Some(words.iter().map(Value::to_string).collect())
}
