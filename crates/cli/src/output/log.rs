//! What the library says while it works: always why it waits; with `--verbose` also requests and
//! answers.

use std::fmt::{self, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use runpipe::Service;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::Output;
use super::text::{one_line, span};
use crate::process::environment::Environment;
use crate::process::exit::Failure;

/// What the library's crate calls itself in its events.
const LIBRARY: &str = "runpipe";
/// While nothing changes, a wait is reported again only after this long.
const AGAIN: Duration = Duration::from_secs(60);

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A line for people.
    Text,
    /// An object on a line.
    Json,
}

/// Begins to listen. With `--json` stderr has objects only, so events are objects too.
///
/// Fails when `RUST_LOG` cannot be read.
pub fn listen(
    output: &Output,
    verbose: u8,
    form: Option<Form>,
    environment: &Environment,
) -> Result<(), Failure> {
    let chosen = environment.text("RUST_LOG")?;
    let wanted: Option<Targets> = match (verbose, chosen) {
        (0, None) if form.is_none() => None,
        (0, Some(chosen)) => Some(chosen.parse().map_err(|fault| {
            Failure::usage(
                format!("RUST_LOG cannot be read: {fault}"),
                "Write it as runpipe=debug, or as a level alone: info, debug.",
            )
        })?),
        (0 | 1, _) => Some(Targets::new().with_target(LIBRARY, LevelFilter::DEBUG)),
        // Other crates' finest events are left out: nobody has looked at what stands in them.
        _ => Some(Targets::new().with_default(LevelFilter::DEBUG)),
    };
    let tells_waits = wanted.is_none() && output.tells_progress();
    let waits = tells_waits.then(|| {
        let own = Targets::new().with_target(LIBRARY, LevelFilter::INFO);
        Waits::new(output.clone()).with_filter(own)
    });
    let stderr = output.stderr().clone();
    let as_json = form == Some(Form::Json) || output.is_json();
    let events = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(move || stderr.clone());
    let events = match as_json {
        true => events.json().boxed(),
        false => events.boxed(),
    };
    let events = wanted.map(|wanted| events.with_filter(wanted));
    // Somebody else in this process has begun already: only in tests.
    let _ = tracing_subscriber::registry()
        .with(waits)
        .with(events)
        .try_init();
    Ok(())
}

/// Says why nothing seems to happen.
struct Waits {
    output: Output,
    last: Mutex<Option<(String, Instant)>>,
}

impl Waits {
    fn new(output: Output) -> Self {
        let last = Mutex::new(None);
        Waits { output, last }
    }

    /// Whether this was not said just now.
    fn is_news(&self, what: &str) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last
            .as_ref()
            .is_some_and(|(before, when)| before == what && when.elapsed() < AGAIN);
        if !known {
            *last = Some((what.to_owned(), Instant::now()));
        }
        !known
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Waits {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut call = Wait::default();
        attributes.record(&mut call);
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(call);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut wait = Wait::default();
        // Which service is told where the call begins.
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(call) = span.extensions().get::<Wait>()
                && wait.service.is_empty()
            {
                wait.service.clone_from(&call.service);
            }
        }
        event.record(&mut wait);
        let why = wait.why();
        if self.is_news(&why) {
            let after = wait.after();
            self.output.progress(&one_line(&format!("{why}; {after}")));
        }
    }
}

/// What an event about a wait says.
#[derive(Default)]
struct Wait {
    service: String,
    kind: String,
    pause: Option<Duration>,
}

impl Wait {
    fn why(&self) -> String {
        let service = match self.service.parse::<Service>() {
            Ok(service) => service.title(),
            Err(_) => self.service.as_str(),
        };
        match self.kind.as_str() {
            "rate_limited" => format!("{service} asks for fewer requests"),
            "transport" => format!("no answer from {service}"),
            "unavailable" => format!("{service} is not available"),
            "authentication" => format!("{service} wants a new token"),
            "" => format!("the next request to {service} waits for its turn"),
            kind => format!("{service} did not answer as it should ({kind})"),
        }
    }

    fn after(&self) -> String {
        match self.pause {
            Some(pause) if !pause.is_zero() && self.kind.is_empty() => {
                format!("it comes in {}", span(pause))
            }
            Some(pause) if !pause.is_zero() => format!("trying again in {}", span(pause)),
            Some(_) | None => "trying again".to_owned(),
        }
    }
}

impl Visit for Wait {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "service" => self.service = value.to_owned(),
            "kind" => self.kind = value.to_owned(),
            "pause" => self.pause = pause(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.record_str(field, &text);
    }
}

/// Reads a span of time as its `Debug` writes it: `1.5s`, `376.2ms`.
fn pause(text: &str) -> Option<Duration> {
    let units = [("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("s", 1.0)];
    let (number, unit) = units
        .iter()
        .find_map(|(name, seconds)| Some((text.strip_suffix(name)?, seconds)))?;
    let number: f64 = number.parse().ok()?;
    Duration::try_from_secs_f64(number * unit).ok()
}
