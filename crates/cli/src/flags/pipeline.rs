//! `--pipeline`: a number or a name.
//!
//! People call pipelines `007` and `2024`, and a start of the wrong one cannot be taken back.

use std::convert::Infallible;
use std::str::FromStr;
use std::time::Duration;

use futures_util::{Stream, StreamExt, pin_mut};
use runpipe::{ErrorKind, Result};
use tokio::time::timeout;

use crate::process::exit::Failure;

/// A pipeline as it was given: `id:7` or `name:007`; `7`, which may be either; anything else, such
/// as `deploy`, `007` or `+7`, is a name.
#[derive(Clone, Debug)]
pub struct Pipeline {
    text: String,
    meant: Meant,
    /// Digits alone, which may be a name too.
    bare: bool,
}

/// What a service is asked for.
#[derive(Clone, Debug)]
pub enum Meant {
    /// The pipeline with this number.
    Id(i64),
    /// The pipeline with this name.
    Name(String),
}

/// A pipeline in a service's list: its number and its name.
pub type Listed = (Option<i64>, Vec<Option<String>>);

impl FromStr for Pipeline {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        let bare = number(text);
        let id = bare.or_else(|| number(text.strip_prefix("id:")?));
        let name = text.strip_prefix("name:").unwrap_or(text);
        Ok(Pipeline {
            text: text.to_owned(),
            meant: id.map_or_else(|| Meant::Name(name.to_owned()), Meant::Id),
            bare: bare.is_some(),
        })
    }
}

/// A number as services write it: digits, and no zero before them.
fn number(text: &str) -> Option<i64> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

impl Pipeline {
    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is meant. Before a start, the list is read for this long: bare digits are refused when
    /// they are the name of another pipeline.
    pub async fn meant(
        &self,
        before_a_start: Option<Duration>,
        list: impl Stream<Item = Result<Listed>>,
    ) -> std::result::Result<&Meant, Failure> {
        if let (Meant::Id(id), true, Some(patience)) = (&self.meant, self.bare, before_a_start) {
            match timeout(patience, find_namesake(*id, list)).await {
                Ok(Ok(None)) => {}
                Ok(Ok(Some(other))) => {
                    let what = "is the number of one pipeline and the name of another";
                    return Err(Failure::usage(format!("{id} {what}{other}"), advice(*id)));
                }
                Ok(Err(error)) => return Err(Failure::from(error).advise(advice(*id))),
                Err(_) => {
                    let what = "the list of pipelines could not be read to its end in time";
                    return Err(Failure::usage(what, advice(*id)));
                }
            }
        }
        Ok(&self.meant)
    }
}

/// Says which other pipeline is named like this one's number, if any.
async fn find_namesake(
    id: i64,
    list: impl Stream<Item = Result<Listed>>,
) -> Result<Option<String>> {
    let name = id.to_string();
    pin_mut!(list);
    while let Some(pipeline) = list.next().await {
        match pipeline {
            Ok((other, names)) => {
                let same = names.into_iter().flatten().any(|other| other == name);
                if same && other != Some(id) {
                    return Ok(Some(other.map_or(String::new(), |id| format!(", id:{id}"))));
                }
            }
            // Who may not read the list cannot call a pipeline by its name either.
            Err(error) if is_refusal(error.kind()) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Authentication | ErrorKind::NotFound)
}

fn advice(id: i64) -> String {
    format!(
        "Nothing was started. Write --pipeline id:{id} for the number, --pipeline name:{id} for the name."
    )
}
