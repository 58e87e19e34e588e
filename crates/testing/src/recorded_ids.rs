//! The ids of a recording that is replayed. They are look-alikes: whoever asks for a pipeline of their own is answered
//! about that one, as by the service.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::script::ScriptedAnswer;

/// Recorded ids, each with the one that was asked for in its place.
#[derive(Debug, Default)]
pub(crate) struct RecordedIds(BTreeMap<String, String>);

impl RecordedIds {
    /// Puts the ids that were asked for, here and before, into an answer that was recorded.
    pub fn replace(&mut self, answer: &mut ScriptedAnswer, asked_at: &str) {
        let Some(recorded_at) = &answer.recorded_at else {
            return;
        };
        let [recorded, asked] = [recorded_at.as_str(), asked_at].map(segments);
        if recorded.len() == asked.len() {
            let pairs = recorded.into_iter().zip(asked);
            self.0
                .extend(pairs.filter(|(recorded, asked)| recorded != asked));
        }
        answer
            .headers
            .values_mut()
            .for_each(|value| self.text(value));
        answer.body.iter_mut().for_each(|body| self.value(body));
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                let asked = self.0.get(&number.to_string());
                if let Some(asked) = asked.and_then(|asked| asked.parse().ok()) {
                    *number = asked;
                }
            }
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.value(member)),
        }
    }

    /// An id is a text of its own, or a part of an address.
    fn text(&self, text: &mut String) {
        let parts = text
            .split('/')
            .map(|part| self.0.get(part).map_or(part, |asked| asked));
        *text = parts.collect::<Vec<_>>().join("/");
    }
}

fn segments(path: &str) -> Vec<String> {
    let decoded = |segment| percent_decode_str(segment).decode_utf8_lossy();
    path.split('/').map(decoded).map(Cow::into_owned).collect()
}
