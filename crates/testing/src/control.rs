//! The control endpoint: every port answers under `/_sandbox/`, for clients in other languages. The
//! crate documentation lists its requests.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::incoming::Incoming;
use super::plan::seconds;
use super::received::pairs;
use super::script::Script;
use super::seeded_run::SeededRun;
use super::simulators::Simulators;
use runpipe::Service;

/// Where the endpoint is, on every port.
pub(super) const PREFIX: &str = "/_sandbox";

/// The body of a request to move the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance_seconds: Option<f64>,
    ahead_seconds: Option<f64>,
}

/// Answers a request under `/_sandbox/`.
pub(super) fn answer(simulators: &Simulators, request: &Incoming) -> Answer {
    let path = request.full_path.strip_prefix(PREFIX).unwrap_or_default();
    match (request.method.as_str(), path.trim_matches('/')) {
        ("GET", "") => Answer::json(200, &overview(simulators)),
        ("GET", "pipelines") => {
            let pipelines: Vec<_> = simulators
                .all()
                .flat_map(|simulator| &simulator.pipelines)
                .collect();
            Answer::json(200, &json!({ "pipelines": pipelines }))
        }
        ("GET", "received") => received(simulators, &request.query),
        ("POST", "runs") => runs(simulators, &request.body),
        ("POST", "script") => script(simulators, &request.body),
        ("DELETE", "script") => {
            simulators
                .all()
                .for_each(|simulator| simulator.lock().rules.clear());
            Answer::json(200, &overview(simulators))
        }
        ("POST", "clock") => clock(simulators, &request.body),
        ("POST", "reset") => {
            simulators.reset();
            Answer::json(200, &overview(simulators))
        }
        (method, path) => refused(404, &format!("the sandbox has no {method} {PREFIX}/{path}")),
    }
}

pub(super) fn refused(status: u16, sentence: &str) -> Answer {
    Answer::json(status, &json!({ "error": sentence }))
}

fn overview(simulators: &Simulators) -> Value {
    let service = |simulator: &super::simulator::Simulator| {
        let inner = simulator.lock();
        let about = json!({
            "url": simulator.url,
            "started": inner.store.started(),
            "runs": inner.store.len(),
            "received": inner.received.total(),
            "rules": inner.rules.all().collect::<Vec<_>>(),
        });
        (simulator.service.name().to_owned(), about)
    };
    let mut services = serde_json::Map::new();
    services.extend(simulators.all().map(service));
    json!({
        "now": simulators.clock.now().to_rfc3339(),
        "manual_clock": simulators.clock.is_manual(),
        "ahead_seconds": simulators.clock.ahead().as_seconds_f64(),
        "services": services,
    })
}

fn received(simulators: &Simulators, query: &str) -> Answer {
    let parameters = pairs(query);
    let name = parameters
        .iter()
        .find(|(name, _)| name == "service")
        .map(|(_, value)| value);
    let Some(service) = name.and_then(|name| name.parse::<Service>().ok()) else {
        return refused(400, "say which service: /_sandbox/received?service=buddy");
    };
    let Some(simulator) = simulators.get(service) else {
        return refused(404, "this build does not have the service");
    };
    let requests = simulator.lock().received.all();
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

fn runs(simulators: &Simulators, body: &[u8]) -> Answer {
    let run: SeededRun = match serde_json::from_slice(body) {
        Ok(run) => run,
        Err(error) => return refused(400, &format!("the run cannot be read: {error}")),
    };
    match simulators.seed(&run) {
        Ok(id) => Answer::json(201, &json!({ "id": id })),
        Err(unknown) => refused(404, &unknown.to_string()),
    }
}

fn script(simulators: &Simulators, body: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(body);
    match text
        .parse::<Script>()
        .and_then(|script| simulators.play(&script))
    {
        Ok(()) => Answer::json(200, &overview(simulators)),
        Err(invalid) => refused(400, &invalid.to_string()),
    }
}

fn clock(simulators: &Simulators, body: &[u8]) -> Answer {
    let clock = &simulators.clock;
    let moved: Option<Move> = serde_json::from_slice(body).ok();
    let moved = moved.filter(|by| by.advance_seconds.or(by.ahead_seconds).is_some());
    let Some(by) = moved else {
        let forms = "give {\"advance_seconds\": 60} or {\"ahead_seconds\": -150}";
        return refused(400, forms);
    };
    if by.advance_seconds.is_some() && !clock.is_manual() {
        return refused(409, "the sandbox goes by the machine's clock");
    }
    if let Some(advance) = by.advance_seconds {
        clock.advance(seconds(advance));
    }
    if let Some(ahead) = by.ahead_seconds {
        let length = TimeDelta::from_std(seconds(ahead.abs())).unwrap_or_default();
        clock.set_ahead(if ahead < 0.0 { -length } else { length });
    }
    Answer::json(200, &overview(simulators))
}
