//! None of 1,000 planted secrets survives, wherever it stands and however it is written.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use runpipe::recording::Recorder;
use runpipe::{HttpClient, ResponseBody, Service};
use runpipe_spec::document::Document;
use serde_json::{Value, json};

use super::{Answers, exchange, texts};

/// Makes secrets, and remembers them.
struct Planter {
    planted: Vec<String>,
    /// What the request proves by, so that it is known.
    credential: String,
    /// The fields whose values are words of a list: one that nobody has documented is kept there.
    listed: BTreeSet<String>,
}

fn letters(count: usize) -> String {
    (0..count).map(|_| fastrand::lowercase()).collect()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

impl Planter {
    fn new_secret(&mut self, secret: String) -> String {
        self.planted.push(secret.clone());
        secret
    }

    /// A secret of the next kind, in the next encoding.
    fn text(&mut self) -> String {
        let count = self.planted.len();
        let secret = match count % 6 {
            0 => format!("{}{}", letters(8), fastrand::u32(10_000_000..)),
            1 => letters(14),
            2 => format!("{}@{}.example", letters(9), letters(7)),
            3 => format!("{} {}", letters(8), letters(9)),
            4 => format!("{}-{}_{}", letters(6), fastrand::u64(1 << 40..), letters(6)),
            _ => fastrand::u64(1 << 50..).to_string(),
        };
        self.new_secret(secret.clone());
        let percent = utf8_percent_encode(&secret, NON_ALPHANUMERIC);
        match count / 6 % 7 {
            0 => secret,
            1 => STANDARD.encode(&secret),
            2 => percent.to_string(),
            3 => hex(&secret),
            4 => json!({ "deeply": [{ "inside": secret }] }).to_string(),
            5 => format!("https://user:{secret}@example.com/a/{secret}?token={secret}#{secret}"),
            _ => format!("first line\nAuthorization: Bearer {secret}\n"),
        }
    }

    /// Plants in each value.
    fn plant(&mut self, key: &str, value: &mut Value) {
        match value {
            // What is known is found even where a word is expected.
            Value::String(word) if self.listed.contains(key) => *word = self.credential.clone(),
            Value::String(text) => *text = self.text(),
            Value::Number(_) if !(key.ends_with("ime") || key.ends_with("ate")) => {
                let number = fastrand::u64(1 << 40..1 << 50);
                self.new_secret(number.to_string());
                *value = number.into();
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.plant(key, item)),
            Value::Object(members) => members
                .iter_mut()
                .for_each(|(key, value)| self.plant(key, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Every field of a document that is described by a list of words.
fn listed(document: &Document, value: &Value, found: &mut BTreeSet<String>) {
    let properties = value.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if is_list(document, property) {
            found.insert(name.clone());
        }
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| listed(document, item, found)),
        Value::Object(members) => members
            .values()
            .for_each(|item| listed(document, item, found)),
        _ => {}
    }
}

fn is_list(document: &Document, schema: &Value) -> bool {
    let schema = document.resolve(schema);
    let parts = schema.get("allOf").and_then(Value::as_array);
    let mut inner = parts.into_iter().flatten().chain(schema.get("items"));
    schema.get("enum").is_some() || inner.any(|part| is_list(document, part))
}

/// Records all fixtures of a service with secrets in the place of every value.
async fn record(service: Service, folder: &Path) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join(format!("specs/{service}.json"));
    let text = std::fs::read_to_string(file).expect("a document");
    let document = Document::parse("document", &text).expect("a document");
    let answers = Arc::new(Answers::default());
    let sender: Arc<dyn HttpClient> = Arc::<Answers>::clone(&answers);
    let recorder = Recorder::new(folder);
    let http = recorder.around(sender, Some(service), &text, "https://service.example/base");
    let http = http.expect("a client");
    let credential = letters(20);
    let mut planter = Planter {
        planted: vec![credential.clone()],
        credential,
        listed: BTreeSet::new(),
    };
    listed(&document, document.root(), &mut planter.listed);
    for operation in document.operations() {
        let fixtures = root.join(format!("tests/fixtures/{service}/{}", operation.id));
        let entries = std::fs::read_dir(fixtures).expect("fixtures");
        let mut files: Vec<_> = entries
            .map(|entry| entry.expect("a fixture").path())
            .collect();
        files.retain(|file| file.to_string_lossy().contains("-maximal"));
        files.sort();
        // A success and a refusal.
        files.drain(1..files.len().saturating_sub(1).max(1));
        for path in files {
            let text = std::fs::read_to_string(&path).expect("a fixture");
            let fixture: Value = serde_json::from_str(&text).expect("JSON");
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let status: u16 = name
                .get(..3)
                .and_then(|code| code.parse().ok())
                .unwrap_or(500);
            let mut body = fixture["value"].clone();
            planter.plant("", &mut body);
            let kind = fixture["content_type"].as_str().unwrap_or("text/html");
            let body = match &body {
                Value::String(text) if !kind.contains("json") => text.clone(),
                Value::Null => String::new(),
                body => body.to_string(),
            };
            let answer = http::Response::builder()
                .status(status)
                .header(
                    "content-type",
                    format!("{kind}; boundary={}", planter.text().len()),
                )
                .header("set-cookie", hex(&planter.text()))
                .header("x-request-id", hex(&planter.text()))
                .header("location", hex(&planter.text()))
                .body(ResponseBody::from(Bytes::from(body)))
                .expect("an answer");
            let segments = operation
                .path
                .split('/')
                .map(|segment| match segment.contains('{') {
                    true => utf8_percent_encode(&planter.text(), NON_ALPHANUMERIC).to_string(),
                    false => segment.to_owned(),
                });
            let path: Vec<String> = segments.collect();
            let value = utf8_percent_encode(&planter.text(), NON_ALPHANUMERIC).to_string();
            let known = &planter.credential;
            let target = format!(
                "https://service.example/base{}?access_token={value}&status={known}&page=2",
                path.join("/")
            );
            let (cookie, own) = (hex(&planter.text()), hex(&planter.text()));
            let credential = format!("Bearer {}", planter.credential);
            let given = json!({ "name": planter.text(), "secret": planter.text(), "list": [planter.text()],
                "map": { planter.text(): planter.text() } });
            let form = format!("client_secret={value}&grant_type={}", planter.credential);
            let (kind, sent) = match planter.planted.len() % 2 {
                0 => ("application/json", given.to_string()),
                _ => ("application/x-www-form-urlencoded", form),
            };
            let request = http::Request::builder()
                .method(operation.method.as_str())
                .uri(target)
                .header("authorization", credential)
                .header("cookie", cookie)
                .header("x-own-header", own)
                .header("content-type", kind)
                .body(Bytes::from(sent))
                .expect("a request");
            exchange(&http, &answers, request, answer).await;
        }
    }
    planter.planted
}

#[tokio::test]
async fn none_of_a_thousand_planted_secrets_survives() {
    let mut count = 0;
    for service in Service::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let planted = record(service, folder.path()).await;
        let texts = texts(folder.path());
        let written = texts.concat().to_lowercase();
        assert!(texts.len() > 10, "{service}: {} recordings", texts.len());
        let forms = planted.iter().flat_map(|secret| {
            let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
            [
                secret.clone(),
                STANDARD.encode(secret),
                hex(secret),
                percent,
            ]
        });
        let forms = AhoCorasick::new(forms.map(|form| form.to_lowercase())).expect("a search");
        let found = forms.find(&written);
        let around =
            found.and_then(|found| written.get(found.start().saturating_sub(200)..found.end()));
        assert_eq!(around, None, "{service}");
        count += planted.len();
    }
    println!("{count} secrets were planted");
    assert!(count >= 1_000, "only {count} secrets were planted");
}
