//! Headers that an answer may have besides.

use fastrand::Rng;
use runpipe::Service;

/// A header of an answer, or a secret in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Header {
    /// A pause that is asked for.
    Pause(&'static str, String),
    /// No pause, or one that is over.
    NoPause(&'static str, String),
    Location(&'static str),
    /// What the answer says about the time.
    Date(Date),
    /// What was sent, in a header that is shown.
    Echo(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Date {
    Callers,
    Garbage,
    Distant,
}

const LOCATIONS: [&str; 9] = [
    "/_signin?realm=dev.azure.com",
    "https://spsprodweu4.vssps.visualstudio.com/_signin",
    "http://127.0.0.1:9/_signin?realm=dev.azure.com#x",
    "https://dev.azure.com/assigning",
    "https://elsewhere.example/?to=/_signin",
    "/login/_signin/maintenance",
    "/_SIGNIN",
    "//",
    "",
];

/// No number in here asks for a pause that anybody would sit out: none, or longer than a call.
const PAUSES: [&str; 8] = [
    "1e19",
    "99999999999999999999",
    "18446744073709551615",
    "86400",
    "120",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "1e308",
    "9223372036854775807",
];
const NO_PAUSES: [&str; 7] = [
    "0",
    "-1",
    "-9223372036854775808",
    "NaN",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "soon",
    "-inf",
];

pub fn draw(service: Service, random: &mut Rng) -> Vec<Header> {
    let mut headers = Vec::new();
    let long = PAUSES[random.usize(..PAUSES.len())].to_owned();
    let none = NO_PAUSES[random.usize(..NO_PAUSES.len())].to_owned();
    if random.u8(..12) == 0 {
        headers.push(Header::Pause("retry-after", long.clone()));
    } else if random.u8(..8) == 0 {
        headers.push(Header::NoPause("retry-after", none.clone()));
    }
    let (reset, left) = match service {
        Service::AzureDevops => ("x-ratelimit-reset", "x-ratelimit-remaining"),
        Service::Buddy => ("x-rate-limit-reset", "x-rate-limit-remaining"),
        Service::Aliyun | Service::Matillion | Service::Yunxiao => {
            ("x-acs-retry-after", "x-acs-unused")
        }
        other => panic!("{other} has no part here"),
    };
    if random.u8(..16) == 0 {
        headers.push(Header::Pause(reset, long));
        headers.push(Header::NoPause(left, "0".to_owned()));
    } else if random.u8(..10) == 0 {
        headers.push(Header::NoPause(reset, none));
        headers.push(Header::NoPause(left, "0".to_owned()));
    }
    if random.u8(..4) == 0 {
        headers.push(Header::Location(LOCATIONS[random.usize(..LOCATIONS.len())]));
    }
    match random.u8(..16) {
        0 => headers.push(Header::Date(Date::Callers)),
        1 => headers.push(Header::Date(Date::Garbage)),
        2 => headers.push(Header::Date(Date::Distant)),
        _ => {}
    }
    if random.u8(..12) == 0 {
        headers.push(Header::Echo(match service {
            Service::AzureDevops => "activityid",
            Service::Aliyun => "x-acs-request-id",
            Service::Matillion | Service::Buddy | Service::Yunxiao => "x-request-id",
            other => panic!("{other} has no part here"),
        }));
    }
    headers
}

impl Header {
    pub fn name(&self) -> &'static str {
        match self {
            Header::Pause(name, _) => match *name {
                "retry-after" => "extreme Retry-After",
                _ => "extreme reset of a limit",
            },
            Header::NoPause(..) => "a pause that is over, or no pause",
            Header::Location(_) => "Location",
            Header::Date(_) => "another Date",
            Header::Echo(_) => "echoes a secret",
        }
    }

    pub fn asks_for_a_pause(&self) -> bool {
        matches!(self, Header::Pause(..))
    }

    /// Whether it is the way to the page to sign in at.
    pub fn leads_to_sign_in(&self) -> bool {
        match self {
            Header::Location(to) => LOCATIONS[..3].contains(to),
            _ => false,
        }
    }

    /// As it stands in an answer.
    pub fn line(&self, callers: &str, secret: &str) -> (&'static str, String) {
        match self {
            Header::Pause(name, value) | Header::NoPause(name, value) => (name, value.clone()),
            Header::Location(to) => ("location", (*to).to_owned()),
            Header::Date(Date::Callers) => ("date", callers.to_owned()),
            Header::Date(Date::Garbage) => ("date", "yesterday".to_owned()),
            Header::Date(Date::Distant) => ("date", "Fri, 31 Dec 9999 23:59:59 GMT".to_owned()),
            Header::Echo(name) => (name, secret.to_owned()),
        }
    }
}
