//! The control endpoint: every port answers under `/_sandbox/`, for clients in other languages.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /_sandbox/` | time, addresses, counts of runs and requests, rules that are left |
//! | `GET /_sandbox/pipelines` | the pipelines that there are |
//! | `GET /_sandbox/received?service=buddy` | the newest requests of a service, without their headers |
//! | `POST /_sandbox/script` | adds the rules of a script |
//! | `DELETE /_sandbox/script` | drops all rules |
//! | `POST /_sandbox/clock` | `{"advance_seconds": 60}` moves a manual clock on |
//! | `POST /_sandbox/reset` | forgets runs, requests and rules |

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::gates::Gates;
use super::incoming::Incoming;
use super::plan::seconds;
use super::received::pairs;
use super::script::Script;
use runpipe::Service;

/// Where the endpoint is, on every port.
pub(super) const PREFIX: &str = "/_sandbox";

/// The body of a request to move the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: f64,
}

/// Answers a request under `/_sandbox/`.
pub(super) fn answer(gates: &Gates, request: &Incoming) -> Answer {
    let path = request.full_path.strip_prefix(PREFIX).unwrap_or_default();
    match (request.method.as_str(), path.trim_matches('/')) {
        ("GET", "") => Answer::json(200, &overview(gates)),
        ("GET", "pipelines") => {
            let pipelines: Vec<_> = gates.all().flat_map(|gate| &gate.pipelines).collect();
            Answer::json(200, &json!({ "pipelines": pipelines }))
        }
        ("GET", "received") => received(gates, &request.query),
        ("POST", "script") => script(gates, &request.body),
        ("DELETE", "script") => {
            gates.all().for_each(|gate| gate.lock().rules.clear());
            Answer::json(200, &overview(gates))
        }
        ("POST", "clock") => clock(gates, &request.body),
        ("POST", "reset") => {
            gates.reset();
            Answer::json(200, &overview(gates))
        }
        (method, path) => fault(404, &format!("the sandbox has no {method} {PREFIX}/{path}")),
    }
}

fn fault(status: u16, sentence: &str) -> Answer {
    Answer::json(status, &json!({ "error": sentence }))
}

fn overview(gates: &Gates) -> Value {
    let service = |gate: &super::gate::Gate| {
        let state = gate.lock();
        let about = json!({
            "url": gate.url,
            "started": state.store.started(),
            "runs": state.store.len(),
            "received": state.received.total(),
            "rules": state.rules.all(),
        });
        (gate.service.name().to_owned(), about)
    };
    let services: serde_json::Map<String, Value> = gates.all().map(service).collect();
    json!({
        "now": gates.time.now().to_rfc3339(),
        "manual_clock": gates.time.is_manual(),
        "services": services,
    })
}

fn received(gates: &Gates, query: &str) -> Answer {
    let parameters = pairs(query);
    let name = parameters
        .iter()
        .find(|(name, _)| name == "service")
        .map(|(_, value)| value);
    let Some(service) = name.and_then(|name| name.parse::<Service>().ok()) else {
        return fault(400, "say which service: /_sandbox/received?service=buddy");
    };
    let Some(gate) = gates.get(service) else {
        return fault(404, "this build does not have the service");
    };
    let requests = gate.lock().received.all();
    let requests: Vec<Value> = requests
        .iter()
        .map(|request| {
            json!({
                "at": request.at.to_rfc3339(),
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "operation": request.operation,
                "status": request.status,
                "body": String::from_utf8_lossy(&request.body),
            })
        })
        .collect();
    Answer::json(200, &json!({ "received": requests }))
}

fn script(gates: &Gates, body: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(body);
    match text
        .parse::<Script>()
        .and_then(|script| gates.play(&script))
    {
        Ok(()) => Answer::json(200, &overview(gates)),
        Err(invalid) => fault(400, &invalid.to_string()),
    }
}

fn clock(gates: &Gates, body: &[u8]) -> Answer {
    let Ok(Advance { advance_seconds }) = serde_json::from_slice(body) else {
        return fault(400, "give {\"advance_seconds\": 60}");
    };
    match gates.advance(seconds(advance_seconds)) {
        true => Answer::json(200, &overview(gates)),
        false => fault(409, "the sandbox goes by the machine's clock"),
    }
}
