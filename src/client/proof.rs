//! What proves that nothing was done.
//!
//! Only an answer that is on the list allows a start to be sent again, or the words "nothing was
//! started". Everything else leaves the outcome unknown.

use super::{Answer, Refusal};

/// One kind of answer that proves that the service did not act on the request.
#[derive(Debug)]
pub(crate) struct Proof {
    pub status: &'static [u16],
    pub content: Content,
    pub marker: Marker,
    /// How it is known.
    pub evidence: &'static str,
}

/// What the body has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Any,
    Html,
    Json,
}

/// What the answer has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// The status says it all.
    None,
    /// The vendor's code is this.
    Code(&'static str),
    /// The vendor's code begins so.
    CodeBegins(&'static str),
    /// The vendor's first sentence begins with this.
    Says(&'static str),
    /// The page's title has these words in it.
    Title(&'static str),
    /// The last segment of the path in `Location` is this.
    Location(&'static str),
}

impl Proof {
    fn holds(&self, answer: &Answer, refusal: &Refusal) -> bool {
        self.status.contains(&answer.status.as_u16())
            && self.content.is_of(answer)
            && self.marker.is_on(answer, refusal)
    }
}

impl Content {
    fn is_of(self, answer: &Answer) -> bool {
        match self {
            Content::Any => true,
            Content::Html => answer.is_html(),
            Content::Json => answer.json().is_some(),
        }
    }
}

impl Marker {
    fn is_on(self, answer: &Answer, refusal: &Refusal) -> bool {
        let code = refusal.code.as_deref();
        match self {
            Marker::None => true,
            Marker::Code(word) => code == Some(word),
            Marker::CodeBegins(start) => code.is_some_and(|code| code.starts_with(start)),
            Marker::Says(word) => {
                let said = refusal.sentences.first();
                said.is_some_and(|said| said.starts_with(word))
            }
            Marker::Title(words) => title(&answer.body).is_some_and(|title| title.contains(words)),
            Marker::Location(segment) => {
                let location = answer.header("location").unwrap_or_default();
                let path = location.split(['?', '#']).next().unwrap_or_default();
                path.rsplit('/').next() == Some(segment)
            }
        }
    }
}

/// What proves that nothing was done, if anything does: of what any HTTP server says, or of the
/// vendor's own.
pub(crate) fn of(
    vendors: &'static [Proof],
    answer: &Answer,
    refusal: &Refusal,
) -> Option<&'static Proof> {
    let mut proofs = ANYBODYS.iter().chain(vendors);
    proofs.find(|proof| proof.holds(answer, refusal))
}

/// Proofs that hold whichever server sends them. An entry is added only with evidence, here and in
/// the services' folders; what is on no list leaves the outcome of a start unknown.
const ANYBODYS: &[Proof] = &[
    Proof {
        status: &[401],
        content: Content::Any,
        marker: Marker::None,
        evidence: "RFC 9110, 15.5.2: the request has not been applied, because it lacks a valid \
                   credential",
    },
    Proof {
        status: &[
            400, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 417, 421, 422,
            426, 428, 431, 451,
        ],
        content: Content::Any,
        marker: Marker::None,
        evidence: "RFC 9110, 15.5; RFC 6585, 3 and 5; RFC 7725: the server says that it does not \
                   carry out the request. Not in here: 408 and 499 (a proxy gave up on what it may \
                   have passed on) and every status that no standard defines",
    },
    Proof {
        status: &[429],
        content: Content::Any,
        marker: Marker::None,
        evidence: "RFC 6585, 4, and the vendors' pages on their limits: refused for its rate",
    },
];

/// The title of a page, in small letters; `None` where it has none near its beginning.
pub(crate) fn title(body: &[u8]) -> Option<String> {
    /// Scripts and styles may stand before it.
    const LOOKED_AT: usize = 16 << 10;
    let start = body.get(..LOOKED_AT).unwrap_or(body);
    let page = String::from_utf8_lossy(start).to_ascii_lowercase();
    let (_, rest) = page.split_once("<title")?;
    let (_, rest) = rest.split_once('>')?;
    let (title, _) = rest.split_once("</title")?;
    Some(title.split_whitespace().collect::<Vec<_>>().join(" "))
}
