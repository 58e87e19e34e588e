//! One attempt of a call: authorize, send, read, classify.

use std::pin::pin;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tracing::Span;

use super::super::answer::{Answer, Ending};
use super::super::credential::Used;
use super::super::{Again, Effect, Outgoing, Refusal, proof, read};
use super::Call;
use crate::error::Error;
use crate::json;

/// A service that asks for more than this is asked again anyway: headers can be wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// Shorter answers cannot cost much, whatever they hold.
const CHEAP: usize = 32 << 10;
/// How many values an answer may hold: an empty text costs 24 bytes, a map's entry about 100.
const MOST_VALUES: usize = 1_000_000;
/// How deep an answer may be nested. The JSON decoder gives up a little later.
const DEEPEST: usize = 100;

/// One attempt of a call.
pub(in crate::client) struct Attempt<'c> {
    pub call: &'c Call,
    pub effect: Effect,
    pub span: Span,
}

/// An attempt that failed.
#[derive(Debug)]
pub(in crate::client) struct Failure {
    pub error: Error,
    pub again: Again,
    pub used: Used,
    /// The attempt was not even begun: the one before it says more.
    pub unbegun: bool,
}

impl Attempt<'_> {
    /// Waits for its turn, authorizes, sends, reads, and returns the outcome.
    pub(super) async fn make(
        &self,
        outgoing: &Outgoing,
    ) -> std::result::Result<Answer, Box<Failure>> {
        let call = self.call;
        let (session, deadline) = (call.session(), call.0.deadline);
        let shared = session.shared();
        call.told().named = None;
        // A block of its own: what it holds while it waits is not held any longer.
        let (used, sent, sending) = async {
            if let Err(late) = shared.pace.turn(deadline).await {
                return Err(self.too_late(late));
            }
            let mut request = outgoing.request(shared.dialect.most_headers());
            session.prepare(&mut request, call.0.operation);
            let authorized = deadline.bound(pin!(session.authorize(&mut request))).await;
            let used = match authorized {
                Some(Ok(used)) => used,
                Some(Err(error)) => return Err(self.not_authorized(error)),
                None => return Err(self.out_of_time_before("while a token was requested")),
            };
            if let (Effect::Start, Some(gate)) = (self.effect, session.gate()) {
                match deadline.bound(pin!(gate.pass(&request))).await {
                    Some(Ok(())) => {}
                    Some(Err(error)) => return Err(self.held_back(error)),
                    None => return Err(self.out_of_time_before("while the ledger was asked")),
                }
            }
            Ok((used, shared.clocks.here(), session.send(request)))
        }
        .await?;
        let sent_before = call.told().sent.replace(sent);
        let deadline = deadline.or_within(shared.attempt_timeout);
        let response = deadline.bound(pin!(sending)).await;
        let outcome = match response {
            Some(Ok(response)) => {
                let (head, mut body) = response.into_parts();
                self.note(head.status, &head.headers);
                let came = shared.clocks.here();
                let now = shared.clocks.corrected(came);
                if let Some(pause) = shared.dialect.pause(&head.headers, now) {
                    shared.pace.pause(pause.min(LONGEST_PAUSE));
                }
                let (body, ending) = read::read(&mut body, shared.longest_answer, deadline).await;
                let answer = self.judge(Answer {
                    status: head.status,
                    headers: head.headers,
                    body,
                    ending,
                });
                // Only an answer that the service itself wrote shows its time: a proxy dates its
                // own answers by another clock. Whether a start's answer is one is seen when it is
                // decoded.
                if let Ok(answer) = &answer {
                    match self.effect {
                        Effect::Start => call.told().came = Some(came),
                        Effect::Read | Effect::Set if answer.is_html() => {}
                        Effect::Read | Effect::Set => {
                            shared.clocks.learn(&answer.headers, sent, came);
                        }
                    }
                }
                answer
            }
            Some(Err(error)) => {
                if !error.may_have_been_sent() {
                    call.told().sent = sent_before;
                }
                Err(self.no_answer(&error))
            }
            None => Err(self.silence()),
        };
        outcome.map_err(|mut failure| {
            failure.used = used;
            failure
        })
    }

    fn note(&self, status: StatusCode, headers: &HeaderMap) {
        self.span.record("status", status.as_u16());
        let session = self.call.session();
        if !self.span.is_disabled()
            && let Some(id) = session.shared().dialect.request_id(headers)
        {
            self.span
                .record("request_id", &*session.cleaner().clean(id));
        }
        tracing::debug!("answered");
    }

    /// Whether an answer is what was asked for.
    fn judge(&self, answer: Answer) -> std::result::Result<Answer, Box<Failure>> {
        let call = self.call;
        let is_good = answer.status.is_success() && answer.is_whole();
        let refuses = is_good && call.session().shared().dialect.refuses(&answer);
        // The id of a run is decoded with all the rest if nothing contradicts it.
        if !is_good || refuses {
            self.note_id(&answer);
        }
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        match &answer.ending {
            Ending::Whole => {}
            Ending::Cut(reason) => return Err(self.cut(&answer, reason)),
            Ending::TooLong => return Err(self.too_long(&answer)),
        }
        if refuses && call.told().named.is_none() {
            return Err(self.refused(&answer));
        }
        // Everything else is decoded, whatever its type is said to be.
        let is_text = call.0.operation.answers_in_text && answer.is_of_type("text/plain");
        if answer.body.len() > CHEAP && !is_text {
            let limits = json::Limits {
                containers: call.0.operation.most_objects,
                values: MOST_VALUES,
                depth: DEEPEST,
            };
            json::check(&answer.body, &limits).map_err(|what| {
                self.note_id(&answer);
                self.too_much(&answer, &what)
            })?;
        }
        Ok(answer)
    }

    /// Keeps the id of the run that an answer to a start names.
    fn note_id(&self, answer: &Answer) {
        if self.effect == Effect::Start {
            let named = self.call.named_in(answer);
            self.call.told().named = named;
        }
    }

    /// The proof that nothing was done, if there is one. An answer that names a run is not a proof, nor is
    /// one that may say so where it cannot be read.
    pub(in crate::client) fn is_proven(&self, answer: &Answer, refusal: &Refusal) -> bool {
        let shared = self.call.session().shared();
        let operation = self.call.0.operation;
        if refusal.again == Again::Ambiguous
            || !answer.is_readable()
            || self.call.told().named.is_some()
            || shared.dialect.comes_too_late(refusal, operation)
        {
            return false;
        }
        let proof = proof::of(shared.dialect.proofs(), answer, refusal);
        tracing::debug!(proof = proof.map(|proof| proof.evidence), "refused");
        proof.is_some()
    }
}
