//! Two descriptions of one API, side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::Kind;
use super::api::{Operation, Operations};
use super::schemas::{Identity, Schema};

/// What was found about a fact: a difference, or `None` where both say the same.
pub(super) type Found = Option<(Kind, Option<String>)>;

/// A walk through everything that both have.
#[derive(Default)]
pub(super) struct Walk {
    /// Each fact with what was found.
    pub found: BTreeMap<String, BTreeSet<Found>>,
    /// Pairs of schemas that were compared.
    seen: BTreeSet<(Identity, Identity)>,
}

/// What stands under each key, on both sides.
fn paired<'m, K: Ord, V>(
    ours: &'m BTreeMap<K, V>,
    theirs: &'m BTreeMap<K, V>,
) -> impl Iterator<Item = (&'m K, Option<&'m V>, Option<&'m V>)> {
    let keys: BTreeSet<&K> = ours.keys().chain(theirs.keys()).collect();
    keys.into_iter()
        .map(|key| (key, ours.get(key), theirs.get(key)))
}

impl Walk {
    /// Compares all operations, and what is in those that both have.
    pub fn operations(&mut self, here: &Operations<'_>, published: &Operations<'_>) {
        for (_, ours, theirs) in paired(here, published) {
            let name = ours.map(|one| &one.name).or(theirs.map(|one| &one.route));
            let fact = format!("operation {}", name.map_or("", String::as_str));
            if let Some((ours, theirs)) = self.both(&fact, ours, theirs) {
                self.same(fact);
                self.operation(ours, theirs);
            }
        }
    }

    /// What is compared, or a note about the side that has it alone.
    fn both<T>(&mut self, fact: &str, ours: Option<T>, theirs: Option<T>) -> Option<(T, T)> {
        let kind = match (ours, theirs) {
            (Some(ours), Some(theirs)) => return Some((ours, theirs)),
            (Some(_), None) => Kind::OnlyHere,
            (None, Some(_)) => Kind::OnlyPublished,
            (None, None) => return None,
        };
        self.note(fact.to_owned(), Some((kind, None)));
        None
    }

    fn note(&mut self, fact: String, found: Found) {
        self.found.entry(fact).or_default().insert(found);
    }

    fn differs(&mut self, fact: &str, what: &str, here: &str, published: &str) {
        let detail = format!("{what} {here} here, {published} published");
        self.note(fact.to_owned(), Some((Kind::Differs, Some(detail))));
    }

    fn same(&mut self, fact: String) {
        self.note(fact, None);
    }

    fn operation(&mut self, ours: &Operation<'_>, theirs: &Operation<'_>) {
        let name = &ours.name;
        for ((place, _), own, their) in paired(&ours.parameters, &theirs.parameters) {
            let parameter = own.or(their).map_or("", |one| one.name);
            let fact = format!("parameter {name} {place} {parameter}");
            let Some((own, their)) = self.both(&fact, own, their) else {
                continue;
            };
            if own.required != their.required {
                let word = |required| if required { "required" } else { "optional" };
                self.differs(&fact, "it is", word(own.required), word(their.required));
            }
            self.schema(&fact, &fact, own.schema, their.schema);
        }
        let both = [
            ("body", ours.body, theirs.body),
            ("answer", ours.answer, theirs.answer),
        ];
        for (what, own, their) in both {
            let fact = format!("{what} of {name}");
            if let Some((own, their)) = self.both(&fact, own, their) {
                self.schema(&fact, &format!("{name} {what}"), own, their);
            }
        }
    }

    /// Compares two schemas. `fact` is what they are the type of; `place` names what is inside.
    fn schema(&mut self, fact: &str, place: &str, ours: Schema<'_>, theirs: Schema<'_>) {
        self.types(fact, ours, theirs);
        let place = ours.component().unwrap_or(place);
        if !self.seen.insert((ours.identity(), theirs.identity())) {
            return;
        }
        self.words(place, ours, theirs);
        match (ours.kind(), theirs.kind()) {
            ("object", "object") => self.fields(place, ours, theirs),
            ("object", "array") => {
                if let (Some((name, list)), Some(items)) = (ours.wrapped_list(), theirs.items()) {
                    self.inner(&format!("{place}.{name}[]"), list.items(), Some(items));
                }
            }
            _ => {
                self.inner(&format!("{place}[]"), ours.items(), theirs.items());
                self.inner(&format!("{place}{{}}"), ours.values(), theirs.values());
            }
        }
    }

    /// What is inside a list or a map has no fact of its own: it belongs to the list.
    fn inner(&mut self, place: &str, ours: Option<Schema<'_>>, theirs: Option<Schema<'_>>) {
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            self.schema(&format!("items {place}"), place, ours, theirs);
        }
    }

    fn types(&mut self, fact: &str, ours: Schema<'_>, theirs: Schema<'_>) {
        let (here, published) = (ours.kind(), theirs.kind());
        // A vendor that publishes no type says nothing that could differ.
        if published == "anything" {
            self.same(fact.to_owned());
        } else if here != published {
            self.differs(fact, "type", here, published);
        } else if let Some(published) = theirs.format()
            && ours.format() != Some(published)
        {
            self.differs(fact, "format", ours.format().unwrap_or("none"), published);
        } else {
            self.same(fact.to_owned());
        }
    }

    fn words(&mut self, place: &str, ours: Schema<'_>, theirs: Schema<'_>) {
        let (here, published) = (ours.words(), theirs.words());
        // A side without a list says nothing about words.
        if here.is_empty() || published.is_empty() {
            if here.len() != published.len() {
                let word = |none: bool| if none { "any" } else { "listed" };
                let (here, published) = (word(here.is_empty()), word(published.is_empty()));
                self.differs(&format!("words of {place}"), "they are", here, published);
            }
            return;
        }
        for word in here.union(&published) {
            let fact = format!("word {place} {word}");
            let both = self.both(&fact, here.get(word), published.get(word));
            if both.is_some() {
                self.same(fact);
            }
        }
    }

    fn fields(&mut self, place: &str, ours: Schema<'_>, theirs: Schema<'_>) {
        for (name, own, their) in paired(&ours.fields(), &theirs.fields()) {
            let place = format!("{place}.{name}");
            let fact = format!("field {place}");
            if let Some((own, their)) = self.both(&fact, own, their) {
                self.schema(&fact, &place, *own, *their);
            }
        }
    }
}
