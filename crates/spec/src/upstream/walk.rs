//! Two descriptions of one API, side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::Kind;
use super::api::{Api, Operation};
use super::schemas::{Identity, Schema};

/// What was found about a fact: a difference, or `None` where both say the same.
pub(super) type Found = Option<(Kind, Option<String>)>;

/// A walk through everything that both have.
pub(super) struct Walk<'d> {
    here: &'d Api<'d>,
    published: Api<'d>,
    /// Each fact with what was found.
    pub found: BTreeMap<String, BTreeSet<Found>>,
    /// Pairs of schemas that were compared.
    seen: BTreeSet<(Identity, Identity)>,
}

impl<'d> Walk<'d> {
    pub fn new(here: &'d Api<'d>, published: Api<'d>) -> Self {
        Walk {
            here,
            published,
            found: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    pub fn run(&mut self) {
        let here = self.here;
        let published = std::mem::take(&mut self.published.operations);
        for (key, theirs) in &published {
            match here.operations.get(key) {
                Some(ours) => self.operation(ours, theirs),
                None => self.only(Kind::OnlyPublished, format!("operation {}", theirs.route)),
            }
        }
        for (key, ours) in &here.operations {
            if !published.contains_key(key) {
                self.only(Kind::OnlyHere, format!("operation {}", ours.name));
            }
        }
    }

    fn note(&mut self, fact: String, found: Found) {
        self.found.entry(fact).or_default().insert(found);
    }

    fn only(&mut self, kind: Kind, fact: String) {
        self.note(fact, Some((kind, None)));
    }

    fn differs(&mut self, fact: &str, what: &str, here: &str, published: &str) {
        let detail = format!("{what} {here} here, {published} published");
        self.note(fact.to_owned(), Some((Kind::Differs, Some(detail))));
    }

    fn same(&mut self, fact: String) {
        self.note(fact, None);
    }

    fn operation(&mut self, ours: &Operation<'d>, theirs: &Operation<'d>) {
        let name = &ours.name;
        self.same(format!("operation {name}"));
        for (key, parameter) in &theirs.parameters {
            let place = &key.0;
            let Some(own) = ours.parameters.get(key) else {
                let fact = format!("parameter {name} {place} {}", parameter.name);
                self.only(Kind::OnlyPublished, fact);
                continue;
            };
            let fact = format!("parameter {name} {place} {}", own.name);
            if own.required != parameter.required {
                let word = |required| if required { "required" } else { "optional" };
                self.differs(&fact, "it is", word(own.required), word(parameter.required));
            }
            let pair = (
                Schema::new(self.here.root, own.schema),
                Schema::new(self.published.root, parameter.schema),
            );
            self.schema(&fact, &fact, pair);
        }
        for (key, own) in &ours.parameters {
            if !theirs.parameters.contains_key(key) {
                let fact = format!("parameter {name} {} {}", key.0, own.name);
                self.only(Kind::OnlyHere, fact);
            }
        }
        let both = [
            ("body", ours.body, theirs.body),
            ("answer", ours.answer, theirs.answer),
        ];
        for (what, own, their) in both {
            let fact = format!("{what} of {name}");
            match (own, their) {
                (Some(own), Some(their)) => {
                    let pair = (
                        Schema::new(self.here.root, own),
                        Schema::new(self.published.root, their),
                    );
                    self.schema(&fact, &format!("{name} {what}"), pair);
                }
                (Some(_), None) => self.only(Kind::OnlyHere, fact),
                (None, Some(_)) => self.only(Kind::OnlyPublished, fact),
                (None, None) => {}
            }
        }
    }

    /// Compares two schemas. `fact` is what they are the type of; `place` names what is inside.
    fn schema(&mut self, fact: &str, place: &str, (ours, theirs): (Schema<'d>, Schema<'d>)) {
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
    fn inner(&mut self, place: &str, ours: Option<Schema<'d>>, theirs: Option<Schema<'d>>) {
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            self.schema(&format!("items {place}"), place, (ours, theirs));
        }
    }

    fn types(&mut self, fact: &str, ours: Schema<'d>, theirs: Schema<'d>) {
        let (here, published) = (ours.kind(), theirs.kind());
        // Whoever publishes no type says nothing that could differ.
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

    fn words(&mut self, place: &str, ours: Schema<'d>, theirs: Schema<'d>) {
        let (here, published) = (ours.words(), theirs.words());
        // A side without a list says nothing about words.
        if here.is_empty() || published.is_empty() {
            if here.len() != published.len() {
                let word = |words: &[&str]| if words.is_empty() { "any" } else { "listed" };
                let fact = format!("words of {place}");
                self.differs(&fact, "they are", word(&here), word(&published));
            }
            return;
        }
        for word in &published {
            let fact = format!("word {place} {word}");
            match here.contains(word) {
                true => self.same(fact),
                false => self.only(Kind::OnlyPublished, fact),
            }
        }
        for word in here.iter().filter(|word| !published.contains(word)) {
            self.only(Kind::OnlyHere, format!("word {place} {word}"));
        }
    }

    fn fields(&mut self, place: &str, ours: Schema<'d>, theirs: Schema<'d>) {
        let (here, published) = (ours.fields(), theirs.fields());
        for (name, their) in &published {
            let fact = format!("field {place}.{name}");
            match here.get(name) {
                Some(own) => {
                    let pair = (Schema::new(ours.root, own), Schema::new(theirs.root, their));
                    self.schema(&fact, &format!("{place}.{name}"), pair);
                }
                None => self.only(Kind::OnlyPublished, fact),
            }
        }
        for name in here.keys().filter(|name| !published.contains_key(*name)) {
            self.only(Kind::OnlyHere, format!("field {place}.{name}"));
        }
    }
}
