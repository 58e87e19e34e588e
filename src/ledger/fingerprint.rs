//! What a request was, without a word of it.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

/// So many bytes of a digest are kept.
const KEPT: usize = 8;
/// Of a secret's digest so few that nobody can find the secret by trying: of all guesses one in
/// 65,536 fits. A secret that was changed goes unnoticed as often.
const KEPT_OF_SECRETS: usize = 2;

/// Tells whether two requests are the same, and where they differ, without holding a value of
/// either: a digest of each value, by its place, with a salt of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    salt: String,
    /// By JSON pointer.
    parts: BTreeMap<String, String>,
}

impl Fingerprint {
    /// Of a request, some of whose values are secrets.
    pub fn new(request: &Value, secrets: &[String], salt: &str) -> Self {
        let mut fingerprint = Fingerprint {
            salt: salt.to_owned(),
            parts: BTreeMap::new(),
        };
        fingerprint.add(request, String::new(), secrets);
        fingerprint
    }

    /// The places in which another request differs from this one, as JSON pointers.
    pub fn differences(&self, request: &Value, secrets: &[String]) -> Vec<String> {
        let other = Fingerprint::new(request, secrets, &self.salt);
        let places = self.parts.keys().chain(other.parts.keys());
        let mut differ: Vec<String> = places
            .filter(|place| self.parts.get(*place) != other.parts.get(*place))
            .cloned()
            .collect();
        differ.sort();
        differ.dedup();
        differ
    }

    fn add(&mut self, value: &Value, place: String, secrets: &[String]) {
        match value {
            // What is left out and what says nothing is the same request.
            Value::Null => {}
            Value::Object(members) => {
                for (name, member) in members {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    self.add(member, format!("{place}/{name}"), secrets);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.add(item, format!("{place}/{index}"), secrets);
                }
            }
            Value::String(text) => {
                self.keep(place, &format!("text {text}"), secrets.contains(text))
            }
            Value::Bool(_) | Value::Number(_) => {
                let text = value.to_string();
                self.keep(place, &text, secrets.contains(&text));
            }
        }
    }

    fn keep(&mut self, place: String, text: &str, is_secret: bool) {
        // Keys of any length are taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.salt.as_bytes()) else {
            return;
        };
        mac.update(place.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let kept = if is_secret { KEPT_OF_SECRETS } else { KEPT };
        let digest = mac.finalize().into_bytes();
        let digest = digest.get(..kept).unwrap_or_default();
        self.parts.insert(place, hex::encode(digest));
    }
}
