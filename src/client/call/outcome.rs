//! The outcome of a call: its decoded answer, the run that it started, or an error.

use std::fmt::{self, Display, Write};

use http::{HeaderMap, StatusCode};
use progenitor_client::Error as Failed;

use super::super::answer::{Answer, Ending};
use super::super::{Effect, Named, header_text};
use super::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::run::{Log, Run};

impl Call {
    /// Refuses an answer about another run than the one that was asked for, which the path ends
    /// with. An answer that does not say is accepted as the one that was asked for.
    pub(crate) fn expect_run(&self, told: Option<impl Display>) -> Result<()> {
        let asked = self.path_values().last();
        self.expect(
            format_args!("another run"),
            asked.map_or("", |(_, id)| id),
            told,
        )
    }

    /// The same for what the run is in, by its name in the path: some services count the runs of each
    /// pipeline from 1.
    pub(crate) fn expect_in(&self, what: &str, told: Option<impl Display>) -> Result<()> {
        self.expect(format_args!("another {what}"), self.value_of(what), told)
    }

    /// A run that was accepted, unless it is another pipeline's. Its id is told then, and names no run of this one.
    pub(crate) fn started_in(&self, run: Run, told: Option<impl Display>) -> Result<Run> {
        let other = format_args!("run {} of another pipeline", run.id);
        self.expect(other, self.value_of("pipeline"), told)?;
        Ok(run)
    }

    fn value_of(&self, name: &str) -> &str {
        let value = self.path_values().find(|(of, _)| *of == name);
        value.map_or("", |(_, value)| value)
    }

    fn expect(
        &self,
        other: fmt::Arguments<'_>,
        asked: &str,
        told: Option<impl Display>,
    ) -> Result<()> {
        match told {
            Some(told) if !reads(&told, asked) => {
                let told = crate::text::one_line(&told.to_string());
                let detail = format!("the answer is about {other} ({told})");
                let error = self.error(ErrorKind::Undecodable).detail(detail);
                Err(self.clean(self.unproven(error)))
            }
            _ => Ok(()),
        }
    }

    /// The headers of the answer that the call ended with.
    pub(crate) fn headers(&self) -> HeaderMap {
        std::mem::take(&mut self.told().headers)
    }

    /// Why an operation could not build its request.
    pub(super) fn unmade(&self, failure: Failed<()>) -> Error {
        self.clean(match failure {
            Failed::InvalidRequest(detail) | Failed::Custom(detail) => {
                self.error(ErrorKind::Configuration).detail(detail)
            }
            // Building a request causes none of these.
            Failed::CommunicationError(_)
            | Failed::ErrorResponse(_)
            | Failed::InvalidResponsePayload(..)
            | Failed::InvalidUpgrade(_)
            | Failed::ResponseBodyError(_)
            | Failed::UnexpectedResponse(_) => self.error(ErrorKind::Configuration),
        })
    }

    /// A success whose body is not what it should be. The decoder's own words would quote the body.
    pub(super) fn undecodable(&self, body: &[u8], cause: &serde_json::Error) -> Error {
        use serde_json::error::Category;
        let what = match cause.classify() {
            _ if body.is_empty() => "the answer is empty".to_owned(),
            Category::Data => place("the answer is not of the documented shape", cause),
            Category::Eof => place("the answer ends too early", cause),
            Category::Syntax | Category::Io => place("the answer is not JSON", cause),
        };
        self.clean(self.unproven(self.unread_success(body).detail(what)))
    }

    /// An error about an answer that looked like a success: what was started, it does not say.
    fn unproven(&self, error: Error) -> Error {
        match self.told().effect {
            Some(Effect::Start) => error.into_outcome_unknown(),
            Some(Effect::Read | Effect::Set) | None => error,
        }
    }

    /// The answer that the call ended with, which could not be read.
    fn unread_success(&self, body: &[u8]) -> Error {
        let told = self.told();
        let (status, headers) = (told.status, told.headers.clone());
        drop(told);
        self.unread(status, &headers, body)
    }

    /// An answer that could not be read, with what is known about it.
    pub(in crate::client) fn unread(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Error {
        let dialect = self.session().shared().dialect;
        let content_type = header_text(headers, http::header::CONTENT_TYPE);
        self.error(ErrorKind::Undecodable)
            .status(status.as_u16())
            .request(dialect.request_id(headers).map(str::to_owned))
            .unread(content_type, body, &self.cleaner())
    }

    /// The run that a start began. An answer that names a run is a started run, whatever else in it
    /// cannot be read: the rest becomes a warning.
    ///
    /// `normalize` reads the decoded answer, and gives `None` where the id is not in its place;
    /// `named` makes a run of nothing but its id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] when the request was sent and neither a proven refusal nor an
    /// id came back. Every other kind promises that nothing was started.
    pub(crate) fn started<T>(
        &self,
        answer: Result<T>,
        normalize: impl FnOnce(T) -> Option<Result<Run>>,
        named: impl FnOnce(&Named) -> Result<Run>,
    ) -> Result<Run> {
        // An id that no reference can carry is none.
        let named = || named(&self.named()?).ok();
        let run = match answer {
            Ok(decoded) => match normalize(decoded) {
                Some(Ok(run)) => Ok(run),
                Some(Err(_)) | None => named()
                    .map(|run| run.warn(ELSEWHERE))
                    .ok_or_else(|| self.names_no_run()),
            },
            Err(error) => match named() {
                Some(run) if error.is_about_a_success() => {
                    let why = error.detail_text().unwrap_or("the answer cannot be read");
                    let rest = "The run was started; the rest of the answer could not be decoded";
                    Ok(run.warn(format!("{rest}: {why}.")))
                }
                // Not a success, and yet it names a run: somebody has to look at that one.
                Some(run) => Err(error.about_run(Some(run.reference))),
                None => Err(error),
            },
        };
        let mut run = run?;
        if self.repeats_credential(&run.id) {
            // It is no id, and is not shown.
            return Err(self.names_no_run());
        }
        let told = self.told();
        if let (Some(sent), Some(came)) = (told.sent, told.came) {
            let clocks = &self.session().shared().clocks;
            clocks.learn(&told.headers, sent, came);
        }
        drop(told);
        run.clean(&self.cleaner());
        Ok(run)
    }

    /// What the answer to a start names, however the rest of it reads.
    fn named(&self) -> Option<Named> {
        let mut told = self.told();
        if told.named.is_some() || told.effect != Some(Effect::Start) {
            return told.named.take();
        }
        let answer = Answer {
            status: told.status,
            headers: told.headers.clone(),
            body: told.body.clone(),
            ending: Ending::Whole,
        };
        drop(told);
        self.named_in(&answer)
    }

    /// What an answer to a start names. A text that repeats the credential is not an id.
    pub(super) fn named_in(&self, answer: &Answer) -> Option<Named> {
        let id = self.session().shared().dialect.run_id(answer)?;
        let is_id = !self.repeats_credential(&id);
        is_id.then(|| Named::new(id, answer))
    }

    /// Whether an id is the credential that was sent.
    fn repeats_credential(&self, id: &str) -> bool {
        self.session().cleaner().is_secret(id)
    }

    /// Shows the answer: a person may find the run by what it says.
    fn names_no_run(&self) -> Error {
        let body = self.told().body.clone();
        let error = self
            .unread_success(&body)
            .kind_of(ErrorKind::OutcomeUnknown);
        self.clean(error.detail("the service accepted the start but named no run"))
    }

    /// The runs of a list's page, without those whose items do not name one. Where something is
    /// concluded from what a list does not show, such an item is an error, and so is no list.
    pub(crate) fn runs<T>(
        &self,
        items: Option<Vec<T>>,
        listed: impl Fn(T) -> Option<Result<Run>>,
    ) -> Result<Vec<Run>> {
        let unread = |what| self.error(ErrorKind::Undecodable).detail(what);
        let proves = self.session().lists_prove();
        if proves && items.is_none() {
            return Err(unread("the answer has no list of runs"));
        }
        let unnamed =
            || proves.then(|| Err(unread("an item of the list is no run of this pipeline")));
        let runs = items.into_iter().flatten();
        let runs = runs.filter_map(|item| listed(item).or_else(unnamed));
        runs.map(|run| run.map(|run| self.clean_run(run))).collect()
    }

    /// Where something is concluded from what a list does not show: refuses a page with an item that
    /// lacks this field. A field that is `null` is there, which a decoded item does not tell.
    #[cfg(feature = "buddy")]
    pub(crate) fn expect_in_each_item(&self, list: &str, field: &str) -> Result<()> {
        if !self.session().lists_prove() {
            return Ok(());
        }
        let page = json::tree(&self.told().body);
        let items = page.as_ref().and_then(|page| page.get(list)?.as_array());
        match items.is_some_and(|items| items.iter().any(|item| item.get(field).is_none())) {
            true => Err(self
                .error(ErrorKind::Undecodable)
                .detail(format!("an item of the list does not show its {field}"))),
            false => Ok(()),
        }
    }

    /// The same run without a secret in its texts.
    pub(crate) fn clean_run(&self, mut run: Run) -> Run {
        run.clean(&self.cleaner());
        run
    }

    /// The same log without a secret in it.
    pub(crate) fn clean_log(&self, log: Log) -> Log {
        log.clean(&self.cleaner())
    }
}

const ELSEWHERE: &str =
    "The run was started. Its id was found in the answer, but not where it is documented to be.";

/// Whether a value is this text, written out. Ids that have letters are the same in capitals.
fn reads(value: &impl Display, text: &str) -> bool {
    struct Rest<'t>(&'t str);
    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            let (front, rest) = self.0.split_at_checked(piece.len()).ok_or(fmt::Error)?;
            self.0 = rest;
            match front.eq_ignore_ascii_case(piece) {
                true => Ok(()),
                false => Err(fmt::Error),
            }
        }
    }
    let mut rest = Rest(text);
    write!(rest, "{value}").is_ok() && rest.0.is_empty()
}

fn place(what: &str, cause: &serde_json::Error) -> String {
    format!("{what} (line {}, column {})", cause.line(), cause.column())
}
