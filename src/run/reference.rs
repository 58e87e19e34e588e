//! The name of a run, as text that any machine can resume from.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::service::{Service, UnknownService};

/// Everything but RFC 3986's unreserved characters: a part can hold any text, `/` included.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Names one run of one service: `buddy/acme/site/2/31`.
///
/// The service's name and the parts that [`Service::reference_parts`] lists, each percent-encoded,
/// joined by `/`. Each part has been checked: it can be a segment of a URL's path.
///
/// ```
/// use runpipe::{RunRef, Service};
///
/// let run: RunRef = "azure-devops/acme/My%20Project/42/7001".parse()?;
/// assert_eq!(run.service(), Service::AzureDevops);
/// assert_eq!(run.parts().nth(1), Some("My Project"));
/// assert_eq!(run.to_string(), "azure-devops/acme/My%20Project/42/7001");
/// # Ok::<(), runpipe::InvalidRunRef>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunRef {
    service: Service,
    parts: Arc<[String]>,
}

/// Why a text is not a reference to a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRunRef {
    /// The first part names no service.
    #[error(transparent)]
    Service(#[from] UnknownService),
    /// Parts are missing, or there are too many.
    #[error("a reference to a run on {} has {} parts, this has {found}: write {}", .service.title(), .service.reference_parts().len().saturating_add(1), form(*.service))]
    Parts {
        /// The service that the reference names.
        service: Service,
        /// How many parts were found.
        found: usize,
    },
    /// A part cannot be part of a URL's path.
    #[error("the {part} of a reference to a run {fault}")]
    Part {
        /// Which part, by its name in [`Service::reference_parts`].
        part: &'static str,
        /// What is wrong with it.
        fault: InvalidPathValue,
    },
}

/// Why a value cannot be part of a URL's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPathValue {
    /// Empty, or only blanks: the path would lose a segment.
    #[error("is empty: give it a value")]
    Empty,
    /// `.` or `..`: URLs drop these segments, so another path would be called.
    #[error("is `.` or `..`, which a URL cannot carry: give the real name")]
    Dots,
    /// URLs turn `\` into `/`, and a control character is not part of any name.
    #[error("has a backslash or a control character in it: give the real name")]
    Character,
    /// The percent-encoding is broken, or is not UTF-8.
    #[error("is not percent-encoded UTF-8")]
    Encoding,
}

/// Checks a value that becomes part of a URL's path.
pub(crate) fn check_path_value(value: &str) -> Result<(), InvalidPathValue> {
    // Most are words or numbers, in ASCII.
    let may_be_in = |byte| matches!(byte, b' '..=b'~') && byte != b'\\';
    if value.starts_with(|first: char| first.is_ascii_alphanumeric())
        && value.bytes().all(may_be_in)
    {
        return Ok(());
    }
    match value.trim() {
        "" => Err(InvalidPathValue::Empty),
        "." | ".." => Err(InvalidPathValue::Dots),
        _ if value.contains(|c: char| c == '\\' || c.is_control()) => {
            Err(InvalidPathValue::Character)
        }
        _ => Ok(()),
    }
}

fn form(service: Service) -> String {
    let parts: Vec<String> = service
        .reference_parts()
        .iter()
        .map(|part| format!("{{{part}}}"))
        .collect();
    format!("{service}/{}", parts.join("/"))
}

impl RunRef {
    /// Builds a reference from its parts.
    ///
    /// Fails when their number is not the service's, or when one cannot be part of a URL's path.
    pub fn new<P: Into<String>>(
        service: Service,
        parts: impl IntoIterator<Item = P>,
    ) -> Result<Self, InvalidRunRef> {
        let parts: Arc<[String]> = parts.into_iter().map(Into::into).collect();
        let names = service.reference_parts();
        if parts.len() != names.len() {
            return Err(InvalidRunRef::Parts {
                service,
                found: parts.len().saturating_add(1),
            });
        }
        for (part, value) in names.iter().zip(parts.iter()) {
            check_path_value(value).map_err(|fault| InvalidRunRef::Part { part, fault })?;
        }
        Ok(RunRef { service, parts })
    }

    /// The service that the run is on.
    pub fn service(&self) -> Service {
        self.service
    }

    /// The parts after the service's name, decoded, in the order of [`Service::reference_parts`].
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.parts.iter().map(String::as_str)
    }

    /// The part of that name, or `""` for a name that the service does not have.
    pub(crate) fn part(&self, name: &str) -> &str {
        let index = self
            .service
            .reference_parts()
            .iter()
            .position(|part| *part == name);
        index
            .and_then(|index| self.parts.get(index))
            .map_or("", String::as_str)
    }

    /// What names the list that the run is on.
    pub(crate) fn list(&self) -> &[String] {
        let parts = self.service.parts_of_list();
        self.parts.get(..parts).unwrap_or_default()
    }

    /// The vendor's id of the run: the last part.
    pub fn run_id(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }
}

impl fmt::Display for RunRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.service.name())?;
        for part in self.parts.iter() {
            write!(f, "/{}", utf8_percent_encode(part, PART))?;
        }
        Ok(())
    }
}

impl FromStr for RunRef {
    type Err = InvalidRunRef;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut segments = text.trim().split('/');
        let service: Service = segments.next().unwrap_or_default().parse()?;
        let names = service.reference_parts();
        let parts = segments
            .enumerate()
            .map(|(index, segment)| {
                let decoded = percent_decode_str(segment).decode_utf8();
                let part = names.get(index).copied().unwrap_or("last part");
                let fault = InvalidPathValue::Encoding;
                decoded
                    .map_err(|_| InvalidRunRef::Part { part, fault })
                    .map(String::from)
            })
            .collect::<Result<Vec<_>, _>>()?;
        RunRef::new(service, parts)
    }
}

impl Serialize for RunRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
