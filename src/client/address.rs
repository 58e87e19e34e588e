//! The address of a call. The base URL has been read once: for each call only the path is.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Url;

use super::Call;

/// What a segment of a path may not hold unencoded (URL standard), including `%` and `/`.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// A place in a path that no value was given for, or one of another name.
struct Misplaced;

impl Call {
    /// The address at which a path is, below the base URL: what is further down for all operations,
    /// and the operation's own. Every second piece names the place of a value of the call, in their
    /// order.
    pub(crate) fn address(&self, further: &[&str], operation: &[&str]) -> Url {
        let mut url = self.session().base().clone();
        let mut path = String::with_capacity(128);
        path.push_str(url.path().trim_end_matches('/'));
        let mut values = self.path_values();
        for pieces in [further, operation] {
            if fill(&mut path, pieces, &mut values).is_err() {
                self.lacks_a_value();
            }
        }
        url.set_path(&path);
        self.session().add_query(&mut url);
        url
    }
}

fn fill<'v>(
    path: &mut String,
    pieces: &[&str],
    values: &mut impl Iterator<Item = (&'static str, &'v str)>,
) -> Result<(), Misplaced> {
    let mut rest = pieces;
    while let [text, place, after @ ..] = rest {
        let (name, value) = values.next().ok_or(Misplaced)?;
        // Nothing changes a name at run time: it is enough that the tests look at it.
        if cfg!(debug_assertions) && !is_at(name, place) {
            return Err(Misplaced);
        }
        path.push_str(text);
        path.extend(utf8_percent_encode(value, SEGMENT));
        rest = after;
    }
    path.extend(rest.iter().copied());
    Ok(())
}

/// Whether what an error calls `run` belongs where the document has `pipelineRunId`.
fn is_at(name: &str, place: &str) -> bool {
    let mut parts = place.as_bytes().windows(name.len().max(1));
    parts.any(|part| part.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn a_value_goes_where_the_document_has_its_name() {
        let values = [("pipeline", "4"), ("run", "a b/c")];
        for (pieces, path) in [
            (&["/pipelines"][..], Some("/pipelines")),
            (
                &[
                    "/pipelines/",
                    "pipelineId",
                    "/runs/",
                    "pipelineRunId",
                    "/logs",
                ],
                Some("/pipelines/4/runs/a%20b%2Fc/logs"),
            ),
            (&["/pipelines/", "pipeline_id", ""], Some("/pipelines/4")),
            (&[], Some("")),
            // The document was changed: two places, another name, one more.
            (&["/runs/", "runId", "/of/", "pipelineId"], None),
            (&["/pipelines/", "definitionId"], None),
            (
                &["/projects/", "project", "/pipelines/", "pipelineId"],
                None,
            ),
            (
                &["/pipelines/", "pipelineId", "/", "runId", "/", "jobId"],
                None,
            ),
        ] {
            let mut filled = String::new();
            let outcome = fill(&mut filled, pieces, &mut values.into_iter());
            assert_eq!(
                outcome.is_ok().then_some(filled.as_str()),
                path,
                "{pieces:?}"
            );
        }
    }
}
