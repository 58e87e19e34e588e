//! What one request meets: where it breaks, and what answer comes.

use fastrand::Rng;
use runpipe::Service;

use super::body::Body;
use super::case::weighed;
use super::header::Header;

/// What one request meets.
#[derive(Clone, Debug)]
pub struct Step {
    pub place: Place,
    /// Whether the service gets the request.
    pub acts: bool,
    /// The true one when `None`.
    pub status: Option<u16>,
    /// The true one when `None`.
    pub content_type: Option<&'static str>,
    pub body: Body,
    pub headers: Vec<Header>,
}

/// Where it breaks. A part is one of a thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: an answer comes, whole.
    Nowhere,
    BeforeReading,
    AfterReading,
    AfterActing,
    InHead(usize),
    /// What comes is no HTTP.
    NoHttp,
    InBody(usize),
    /// In the secret that the body repeats.
    InSecret(usize),
    /// The head promised more than came.
    AfterBody,
    /// The answer comes before the request was read.
    Early,
    /// Nothing comes until the caller gives up.
    Silence,
    /// It comes in small pieces.
    Drip,
}

impl Place {
    pub fn draw(random: &mut Rng) -> Self {
        let part = random.usize(..1_000);
        weighed(
            random,
            &[
                (1_100, Place::Nowhere),
                (50, Place::BeforeReading),
                (60, Place::AfterReading),
                (80, Place::AfterActing),
                (80, Place::InHead(part)),
                (30, Place::NoHttp),
                (250, Place::InBody(part)),
                (80, Place::AfterBody),
                (60, Place::Early),
                (3, Place::Silence),
                (60, Place::Drip),
            ],
        )
    }

    pub fn name(self) -> &'static str {
        match self {
            Place::Nowhere => "nowhere",
            Place::BeforeReading => "before the request is read",
            Place::AfterReading => "after the request was read",
            Place::AfterActing => "after acting",
            Place::InHead(_) => "in the head",
            Place::NoHttp => "no HTTP",
            Place::InBody(_) => "in the body",
            Place::InSecret(_) => "in a secret",
            Place::AfterBody => "after the body",
            Place::Early => "answer before the request",
            Place::Silence => "silence",
            Place::Drip => "in pieces",
        }
    }

    /// Whether the head of an answer comes.
    pub fn answers(self) -> bool {
        match self {
            Place::Nowhere | Place::InBody(_) | Place::InSecret(_) | Place::AfterBody => true,
            Place::Early | Place::Drip => true,
            Place::BeforeReading
            | Place::AfterReading
            | Place::AfterActing
            | Place::InHead(_)
            | Place::NoHttp
            | Place::Silence => false,
        }
    }

    /// Whether all of an answer comes.
    fn is_whole(self) -> bool {
        matches!(self, Place::Nowhere | Place::Early | Place::Drip)
    }
}

/// What says by itself that the request was not carried out, in the words of RFC 9110, RFC 6585 and
/// RFC 7725.
const REFUSALS: [u16; 23] = [
    400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 417, 421, 422, 426,
    428, 429, 431, 451,
];

pub fn is_refusal(status: u16) -> bool {
    REFUSALS.contains(&status)
}

impl Step {
    /// The same step, made consistent: nobody acts who says that they did not.
    pub fn settled(mut self, service: Service) -> Self {
        match self.place {
            Place::BeforeReading | Place::AfterReading => self.acts = false,
            Place::AfterActing => self.acts = true,
            // There is no true answer yet.
            Place::Early if self.body.needs_the_truth() => self.body = Body::CutGzip,
            _ => {}
        }
        // Cut after the first of two ids, nothing tells that it is the wrong one.
        if self.body.has_two_ids() && !self.place.is_whole() {
            self.place = Place::Nowhere;
        }
        let names_it = self.place.is_whole() && self.body.names_the_run(service);
        if self.body.needs_the_truth() {
            if self.status.is_some_and(is_refusal) && !names_it {
                self.status = None;
            }
            self.acts = true;
        } else if self.place.answers() && self.may_prove(service) {
            self.acts = false;
        }
        // Without the service there is no true answer to take these from.
        if !self.acts {
            self.status = self.status.or(Some(200));
            self.content_type = self.content_type.or(Some("application/json"));
        }
        self
    }

    /// Whether somebody could read it as a proof that nothing was done.
    fn may_prove(&self, service: Service) -> bool {
        let status = self.status.unwrap_or(200);
        if is_refusal(status) {
            let broken = self.place.is_whole() && self.body.speaks_of_a_broken_service(service);
            return !broken;
        }
        match service {
            Service::AzureDevops => {
                status == 203 && self.body.is_sign_in_page()
                    || status == 302 && self.headers.iter().any(Header::leads_to_sign_in)
                    || status == 503 && self.body.is_stopped_organization()
            }
            Service::Aliyun => self.body.is_refused_by_code(),
            Service::Matillion | Service::Buddy | Service::Yunxiao => false,
            other => panic!("{other} has no part here"),
        }
    }

    /// Whether the answer proves that nothing was done, so that the request may be sent again.
    pub fn proves(&self, service: Service) -> bool {
        if !self.place.answers() || self.acts && self.body.names_the_run(service) {
            return false;
        }
        let status = self.status.unwrap_or(200);
        let whole = self.place.is_whole();
        if !whole || self.body.encoding().is_some() {
            return false;
        }
        let html = self
            .content_type
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
        match service {
            Service::AzureDevops => match status {
                203 => whole && html && self.body.is_sign_in_page(),
                302 => self.headers.iter().any(Header::leads_to_sign_in),
                503 => whole && self.body.is_stopped_organization(),
                _ => is_refusal(status),
            },
            Service::Aliyun if whole && self.body.is_refused_by_code() => {
                is_refusal(status) || matches!(status, 200 | 500 | 503)
            }
            Service::Aliyun if whole && self.body.speaks_of_a_broken_service(service) => false,
            Service::Aliyun | Service::Matillion | Service::Buddy | Service::Yunxiao => {
                is_refusal(status)
            }
            other => panic!("{other} has no part here"),
        }
    }

    /// Whether what comes holds a run that the caller has to be given.
    pub fn must_be_held(&self, service: Service) -> bool {
        let success = matches!(self.status, None | Some(200..=202));
        self.acts && success && self.place.is_whole() && self.body.names_the_run(service)
    }
}
