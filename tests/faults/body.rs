//! Bodies of answers: true ones that were spoiled, and others.

use fastrand::Rng;
use runpipe::Service;
use runpipe_testing::{EchoForm, Fault};
use serde_json::{Value, json};

use super::LONGEST_ANSWER;
use super::case::weighed;

/// What the body of an answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    True,
    ByteOrderMark,
    /// More bytes after the true ones.
    Trailing(&'static [u8]),
    /// The true one, made wrong.
    Faulty(Fault),
    /// A member more, before the others or after them, that is nested deeper than anybody reads.
    Deep(End),
    /// The id is there, and spelt otherwise.
    Id(Spelling),
    /// The true answer, packed and cut.
    CutGzip,
    Huge,
    Fixed(&'static str),
    Page(&'static str),
    /// Aliyun's refusal inside an answer.
    NoSuccess(&'static str),
    /// A refusal as the service writes it.
    Refusal,
    /// The organization is stopped (Azure DevOps).
    Stopped,
    /// What was sent, in a form, where a refusal has its sentence, or in a page.
    Echo(EchoForm, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    First,
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    Text,
    Fraction,
    Zero,
    Negative,
    Blanks,
    Null,
    /// Twice the same.
    Twice,
    /// Twice, and only one of them is right.
    Torn(End),
}

/// What the sandbox makes wrong in a body; the id of the run stays.
const FAULTS: [Fault; 6] = [
    Fault::CutAfterId,
    Fault::TrailingBytes,
    Fault::Nul,
    Fault::NotANumber,
    Fault::LoneSurrogate,
    Fault::InvalidUtf8,
];

const TRAILING: [&[u8]; 5] = [b"x", b"\0", b"}", b"\r\n\r\n", b"{\"id\":77}"];

const PAGES: [&str; 7] = [
    "<html><head><title>Agents</title></head><body>assigning an agent</body></html>",
    "<html><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>",
    "<HTML><HEAD><TITLE lang=en>\n  SIGN\n  IN </TITLE></HEAD></HTML>",
    "<html><head><title>Maintenance</title></head><body>Sign in later.</body></html>",
    "<html><body>502 Bad Gateway</body></html>",
    "<html><title>Sign in",
    "assigning an agent",
];
/// Those of them whose title is the one of the page to sign in at.
const SIGN_IN: [&str; 2] = [PAGES[1], PAGES[2]];

const FIXED: [&str; 9] = [
    "",
    " ",
    "null",
    "[]",
    "{}",
    "{\"novel\": 1, \"sta",
    "{\"id\": 0, \"pipelineRunId\": 0, \"pipelineExecutionId\": \"  \"}",
    "{\"id\": -31, \"pipelineRunId\": -31, \"pipelineExecutionId\": \"\"}",
    "{\"error\": {\"id\": 31, \"pipelineRunId\": 31, \"pipelineExecutionId\": \"31\"}}",
];

/// What the gateway and the product refuse with before anything is done (vendor's tables).
const CODES: [&str; 14] = [
    "Throttling",
    "Throttling.User",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "InvalidTimeStamp.Expired",
    "InvalidAccessKeyId.NotFound",
    "InvalidSecurityToken.Expired",
    "InvalidApi.NotFound",
    "InvalidParameter",
    "MissingParameter",
    "Forbidden.UserNotInCurrentOrganization",
    "InvalidUser.NotFound",
    "InvalidOrganization.NotFound",
    "InvalidPipeline.NotFound",
];
/// What says that something broke, and not when.
const BROKEN: [&str; 6] = [
    "SystemError",
    "Timeout",
    "InternalError.Timeout",
    "UnknownError",
    "ServiceUnavailable",
    "SignatureNonceUsed",
];
/// What is on nobody's list.
const NOVEL: [&str; 4] = ["", "\"\"", "PipelineQueueFull", "Repository.NotFound"];

impl Body {
    pub fn draw(service: Service, random: &mut Rng) -> Self {
        let end = if random.bool() { End::First } else { End::Last };
        let spellings = [
            Spelling::Text,
            Spelling::Fraction,
            Spelling::Zero,
            Spelling::Negative,
            Spelling::Blanks,
            Spelling::Null,
            Spelling::Twice,
            Spelling::Torn(end),
        ];
        let trailing = TRAILING[random.usize(..TRAILING.len())];
        let code = match random.u8(..3) {
            0 => CODES[random.usize(..CODES.len())],
            1 => BROKEN[random.usize(..BROKEN.len())],
            _ => NOVEL[random.usize(..NOVEL.len())],
        };
        let by_service = match service {
            Service::Aliyun => Body::NoSuccess(code),
            Service::AzureDevops if random.u8(..4) == 0 => Body::Stopped,
            Service::AzureDevops | Service::Matillion | Service::Buddy | Service::Yunxiao => {
                Body::Refusal
            }
            other => panic!("{other} has no part here"),
        };
        weighed(
            random,
            &[
                (300, Body::True),
                (20, Body::ByteOrderMark),
                (90, Body::Trailing(trailing)),
                (100, Body::Faulty(FAULTS[0])),
                (20, Body::Deep(end)),
                (100, Body::Id(spellings[0])),
                (15, Body::CutGzip),
                (3, Body::Huge),
                (60, Body::Fixed(FIXED[0])),
                (120, Body::Page(PAGES[0])),
                (100, by_service),
                (40, Body::Refusal),
                (120, Body::Echo(EchoForm::ALL[0], end == End::First)),
            ],
        )
        .varied(random, &spellings)
    }

    /// The same kind of body, one of its variants.
    fn varied(self, random: &mut Rng, spellings: &[Spelling]) -> Self {
        match self {
            Body::Faulty(_) => Body::Faulty(FAULTS[random.usize(..FAULTS.len())]),
            Body::Id(_) => Body::Id(spellings[random.usize(..spellings.len())]),
            Body::Fixed(_) => Body::Fixed(FIXED[random.usize(..FIXED.len())]),
            Body::Page(_) => Body::Page(PAGES[random.usize(..PAGES.len())]),
            Body::Echo(_, page) => {
                Body::Echo(EchoForm::ALL[random.usize(..EchoForm::ALL.len())], page)
            }
            other => other,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Body::True => "the true one",
            Body::ByteOrderMark => "byte order mark",
            Body::Trailing(_) => "trailing bytes",
            Body::Faulty(Fault::CutAfterId) => "cut after the id",
            Body::Faulty(Fault::NotANumber) => "NaN",
            Body::Faulty(Fault::LoneSurrogate) => "lone surrogate",
            Body::Faulty(Fault::InvalidUtf8) => "invalid UTF-8",
            Body::Faulty(Fault::Nul) => "NUL",
            Body::Faulty(_) => "trailing bytes",
            Body::Deep(_) => "nested deep",
            Body::Id(Spelling::Text) => "id as text",
            Body::Id(Spelling::Fraction) => "id 31.0",
            Body::Id(Spelling::Zero) => "id 0",
            Body::Id(Spelling::Negative) => "id -31",
            Body::Id(Spelling::Blanks) => "id of blanks",
            Body::Id(Spelling::Null) => "id null",
            Body::Id(Spelling::Twice) => "id twice",
            Body::Id(Spelling::Torn(_)) => "two ids",
            Body::CutGzip => "gzip, cut",
            Body::Huge => "huge",
            Body::Fixed(_) => "other JSON, or none",
            Body::Page(_) => "a page",
            Body::NoSuccess(_) => "success:false",
            Body::Refusal | Body::Stopped => "a refusal",
            Body::Echo(..) => "echoes a secret",
        }
    }

    /// Whether it is made of the true answer.
    pub fn needs_the_truth(&self) -> bool {
        match self {
            Body::True | Body::ByteOrderMark | Body::Trailing(_) => true,
            Body::Faulty(_) | Body::Deep(_) | Body::Id(_) => true,
            Body::CutGzip | Body::Huge | Body::Fixed(_) | Body::Page(_) => false,
            Body::NoSuccess(_) | Body::Refusal | Body::Stopped | Body::Echo(..) => false,
        }
    }

    /// Whether the run's true id is in it, where it is documented to be, and no other.
    pub fn names_the_run(&self, service: Service) -> bool {
        let bare = is_bare(service);
        match self {
            Body::True | Body::ByteOrderMark => true,
            // Nothing in a bare number says where it ends.
            Body::Trailing(more) => !bare || more.trim_ascii().is_empty(),
            Body::Faulty(fault) => !bare || *fault == Fault::CutAfterId,
            Body::Deep(end) => !bare && *end == End::Last,
            Body::Id(spelling) => matches!(spelling, Spelling::Fraction | Spelling::Twice),
            _ => false,
        }
    }

    pub fn has_two_ids(&self) -> bool {
        matches!(self, Body::Id(Spelling::Torn(_)))
    }

    pub fn is_sign_in_page(&self) -> bool {
        matches!(self, Body::Page(page) if SIGN_IN.contains(page))
    }

    pub fn is_stopped_organization(&self) -> bool {
        matches!(self, Body::Stopped)
    }

    pub fn is_refused_by_code(&self) -> bool {
        matches!(self, Body::NoSuccess(code) if CODES.contains(code))
    }

    pub fn speaks_of_a_broken_service(&self, service: Service) -> bool {
        service == Service::Aliyun && matches!(self, Body::NoSuccess(code) if BROKEN.contains(code))
    }

    /// Whether it is packed, and says so in the head.
    pub fn encoding(&self) -> Option<&'static str> {
        (*self == Body::CutGzip).then_some("gzip")
    }

    /// The bytes, from the true answer's where it is made of them.
    pub fn bytes(&self, service: Service, truth: &[u8], secret: &str) -> Vec<u8> {
        match self {
            Body::True => truth.to_vec(),
            Body::ByteOrderMark => [b"\xef\xbb\xbf", truth].concat(),
            Body::Trailing(more) => [truth, more].concat(),
            Body::Faulty(fault) => fault.spoil(truth, id_key(service)),
            Body::Deep(end) => with_deep(truth, *end),
            Body::Id(spelling) => with_id(service, truth, *spelling),
            // A gzip head, a deflate block that promises 100 bytes, and three of them.
            Body::CutGzip => vec![
                0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x01, 100, 0, 0x9b, 0xff, b'{', b'"', b'i',
            ],
            Body::Huge => vec![b' '; LONGEST_ANSWER * 2],
            Body::Fixed(text) | Body::Page(text) => text.as_bytes().to_vec(),
            Body::NoSuccess(code) => {
                let refusal = json!({ "success": false, "errorCode": code, "errorMessage": "no", "requestId": "R" });
                refusal.to_string().into_bytes()
            }
            Body::Refusal => refusal("It was refused.").into_bytes(),
            Body::Stopped => {
                let stopped = json!({ "$id": "1", "message": "TF24668: The host is stopped.", "typeKey": "HostShutdownException" });
                stopped.to_string().into_bytes()
            }
            Body::Echo(form, page) => {
                let said = self.echo(secret).unwrap_or_default();
                let said = format!("You sent {said} here; {said} ({form:?})");
                match page {
                    true => format!("<html><body>{said}</body></html>").into_bytes(),
                    // A form that is made for JSON stands in it as it is.
                    false => refusal("@@").replace("@@", &said).into_bytes(),
                }
            }
        }
    }

    /// A secret as the body repeats it.
    pub fn echo(&self, secret: &str) -> Option<String> {
        match self {
            Body::Echo(form, true) => Some(form.write(secret)),
            Body::Echo(form, false) => Some(form.write(secret).replace("\r\n", "\\r\\n")),
            _ => None,
        }
    }
}

/// With a sentence where each of the services has it.
fn refusal(sentence: &str) -> String {
    json!({
        "$id": "1", "message": sentence, "typeKey": "SomeException", "errorCode": 0,
        "errors": [{ "message": sentence }], "detail": sentence, "title": "Refused",
    })
    .to_string()
}

fn with_deep(truth: &[u8], end: End) -> Vec<u8> {
    let value = [vec![b'['; 5_000], vec![b']'; 5_000]].concat();
    let truth = truth.trim_ascii();
    let inner = truth
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"));
    match (inner, end) {
        (None, _) => [truth, &value].concat(),
        (Some(inner), End::First) => [b"{\"x\":", &value[..], b",", inner, b"}"].concat(),
        (Some(inner), End::Last) => [b"{", inner, b",\"x\":", &value[..], b"}"].concat(),
    }
}

/// Whether the id of a run is the whole answer to a start.
fn is_bare(service: Service) -> bool {
    service == Service::Yunxiao
}

/// Where the id of a run stands.
pub fn id_key(service: Service) -> &'static str {
    match service {
        Service::Matillion => "pipelineExecutionId",
        Service::Aliyun | Service::Yunxiao => "pipelineRunId",
        Service::AzureDevops | Service::Buddy => "id",
        other => panic!("{other} has no part here"),
    }
}

/// The object that has the run's id: the answer, or what it wraps.
fn run_in(service: Service, answer: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    let wrapper = ["pipelineRun", "result"]
        .into_iter()
        .find(|key| answer[*key].is_object());
    let run = match wrapper {
        Some(key) => answer.get_mut(key)?,
        None => answer,
    };
    run.as_object_mut()
        .filter(|run| run.contains_key(id_key(service)))
}

/// The id of the run in a true answer.
pub fn true_id(service: Service, truth: &[u8]) -> Option<String> {
    let mut answer: Value = serde_json::from_slice(truth).ok()?;
    if answer.is_number() {
        return Some(answer.to_string());
    }
    match run_in(service, &mut answer)?.get(id_key(service))? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn with_id(service: Service, truth: &[u8], spelling: Spelling) -> Vec<u8> {
    let Some(id) = true_id(service, truth) else {
        return truth.to_vec();
    };
    let mut answer: Value = serde_json::from_slice(truth).expect("it has an id");
    let key = id_key(service);
    let torn = matches!(spelling, Spelling::Twice | Spelling::Torn(_));
    if answer.is_number() {
        // Two ids need keys.
        answer = if torn {
            json!({ key: id })
        } else {
            json!("@@ID@@")
        };
    }
    if let Some(run) = run_in(service, &mut answer) {
        run.insert(key.to_owned(), json!("@@ID@@"));
    }
    let is_text = service == Service::Matillion;
    let own = if is_text {
        format!("\"{id}\"")
    } else {
        id.clone()
    };
    let other = if is_text {
        "\"e31\"".to_owned()
    } else {
        "31".to_owned()
    };
    let value = match spelling {
        Spelling::Text => format!("\"{id}\""),
        Spelling::Fraction if is_text => own,
        Spelling::Fraction => format!("{id}.0"),
        Spelling::Zero => "0".to_owned(),
        Spelling::Negative => "-31".to_owned(),
        Spelling::Blanks => "\"  \"".to_owned(),
        Spelling::Null => "null".to_owned(),
        Spelling::Twice => format!("{own},\"{key}\":{own}"),
        Spelling::Torn(End::First) => format!("{own},\"{key}\":{other}"),
        Spelling::Torn(End::Last) => format!("{other},\"{key}\":{own}"),
    };
    answer
        .to_string()
        .replace("\"@@ID@@\"", &value)
        .into_bytes()
}
