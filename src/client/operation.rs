//! What is known of an operation before it is called: facts from its document, as a table.

use memchr::memmem;
use serde::Deserialize;

/// What a call does to the service. From `x-effect` in the document; a GET reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: it may be repeated freely.
    Read,
    /// It asks for what may be so already, such as a stop: asking again does no harm.
    Set,
    /// It starts work. It is sent again only where an answer proves that nothing was done.
    Start,
}

/// An operation of a document. The build writes one constant for each.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The `operationId`.
    pub id: &'static str,
    /// What the generated client calls it.
    pub method: &'static str,
    /// The effect, unless a word of the request says otherwise.
    pub effect: Effect,
    /// The field of the JSON body whose word decides, and what the words mean.
    pub effect_by_word: Option<(&'static str, &'static [(&'static str, Effect)])>,
    /// Where a request's JSON body holds secrets.
    pub secrets: &'static [SecretField],
    /// How many objects and arrays its answer may hold.
    pub most_objects: usize,
    /// Whether it answers in text, which is not decoded.
    pub answers_in_text: bool,
}

/// A place of secrets in a request. From `x-secret` in the document.
#[derive(Debug)]
pub(crate) struct SecretField {
    /// Keys from the root; `*` stands for every key of an object and every item of an array.
    pub path: &'static [&'static str],
    /// The sibling that has to be `true` for the value to be a secret; always one when `None`.
    pub only_if: Option<&'static str>,
}

impl SecretField {
    /// Whether the body names all keys that lead to such a secret. It was written here: no key in it
    /// is escaped.
    fn may_be_in(&self, body: &[u8]) -> bool {
        let keys = self.path.iter().chain(&self.only_if);
        let mut keys = keys.filter(|key| **key != "*");
        keys.all(|key| memmem::find(body, key.as_bytes()).is_some())
    }
}

impl Operation {
    /// What a call with this body does. An unknown word starts work: that is the careful reading.
    pub fn effect_of(&self, body: &[u8]) -> Effect {
        let Some((field, words)) = self.effect_by_word else {
            return self.effect;
        };
        let body = serde_json::from_slice::<serde_json::Value>(body).ok();
        let word = body.as_ref().and_then(|body| body.get(field)?.as_str());
        let known = words.iter().find(|(known, _)| Some(*known) == word);
        known.map_or(self.effect, |(_, effect)| *effect)
    }

    /// The secrets in a request's body.
    pub fn secrets_in(&self, body: &[u8]) -> Vec<String> {
        if !self.secrets.iter().any(|field| field.may_be_in(body)) {
            return Vec::new();
        }
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let Ok(body) = serde_json::Value::deserialize(&mut deserializer) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for field in self.secrets {
            gather(&body, field.path, field.only_if, &mut found);
        }
        found
    }
}

fn gather(
    value: &serde_json::Value,
    path: &[&str],
    only_if: Option<&str>,
    found: &mut Vec<String>,
) {
    use serde_json::Value;
    let Some((key, rest)) = path.split_first() else {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Number(number) => found.push(number.to_string()),
            Value::Array(items) => items
                .iter()
                .for_each(|item| gather(item, path, None, found)),
            Value::Object(members) => members
                .values()
                .for_each(|member| gather(member, path, None, found)),
            Value::Null | Value::Bool(_) => {}
        }
        return;
    };
    match value {
        Value::Array(items) if *key == "*" => {
            items
                .iter()
                .for_each(|item| gather(item, rest, only_if, found));
        }
        Value::Object(members) if *key == "*" => {
            members
                .values()
                .for_each(|member| gather(member, rest, only_if, found));
        }
        Value::Object(members) => {
            let counts = |flag: &str| members.get(flag).and_then(Value::as_bool) == Some(true);
            if rest.is_empty() && !only_if.is_none_or(counts) {
                return;
            }
            if let Some(member) = members.get(*key) {
                gather(member, rest, only_if, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPDATE: Operation = Operation {
        id: "updateThing",
        method: "update_thing",
        effect: Effect::Start,
        effect_by_word: Some(("what", &[("STOP", Effect::Set)])),
        secrets: &[
            SecretField {
                path: &["variables", "*", "value"],
                only_if: Some("secret"),
            },
            SecretField {
                path: &["token"],
                only_if: None,
            },
        ],
        most_objects: 10,
        answers_in_text: false,
    };

    #[test]
    fn a_word_of_the_request_decides_and_an_unknown_one_starts_work() {
        for (body, effect) in [
            (r#"{"what":"STOP"}"#, Effect::Set),
            (r#"{"what":"GO"}"#, Effect::Start),
            (r#"{"what":null}"#, Effect::Start),
            ("", Effect::Start),
        ] {
            assert_eq!(UPDATE.effect_of(body.as_bytes()), effect, "{body}");
        }
    }

    #[test]
    fn secrets_are_found_in_maps_and_lists_where_they_are_marked() {
        let body = br#"{"token":"t0","variables":{
            "a":{"value":"s1","secret":true},"b":{"value":"plain","secret":false},"c":{"value":"open"}}}"#;
        let mut found = UPDATE.secrets_in(body);
        found.sort();
        assert_eq!(found, ["s1", "t0"]);
        let body = br#"{"variables":[{"value":7,"secret":true},{"value":"x"}]}"#;
        assert_eq!(UPDATE.secrets_in(body), ["7"]);
        let body = br#"{"variables":{"a":[{"value":"of a list","secret":true}]}}"#;
        assert!(UPDATE.secrets_in(body).is_empty(), "no variable");
        assert!(UPDATE.secrets_in(b"{").is_empty());
    }
}
