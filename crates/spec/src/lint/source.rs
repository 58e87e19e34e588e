//! Where each operation was read, and when: a document without its sources cannot be checked again.

use super::report::Report;
use super::words::quoted;
use crate::keyed::Keyed;
use crate::outline::{Operation, Outline};

pub(super) fn check(outline: &Outline<'_>, operations: &[Operation<'_>], report: &mut Report<'_>) {
    for operation in operations {
        let Some(node) = outline.nodes.get(operation.node) else {
            continue;
        };
        let mut dates = Vec::new();
        match node.object.get("externalDocs") {
            None => {
                let problem = "the operation does not name the page that describes it";
                let cure = "Add `externalDocs` with `url` and a `description` that ends in `read YYYY-MM-DD`.";
                report.add("source-missing", &node.pointer, problem, cure);
            }
            Some(docs) => {
                let text = docs.text("description").unwrap_or_default();
                let date = text
                    .rsplit_once("read ")
                    .and_then(|(_, date)| date.get(..10));
                match date.filter(|date| is_date(date)) {
                    Some(date) => dates.push(date),
                    None => {
                        let problem = "`externalDocs` does not say when the page was read";
                        let cure = "End its `description` with `read YYYY-MM-DD`.";
                        report.add("source-date", node.at("externalDocs"), problem, cure);
                    }
                }
            }
        }
        match node.object.get("x-source") {
            None => {
                let problem = "the operation does not say what it was written from";
                let cure = "Add `x-source` with `page`, `read` (a date) and `evidence`.";
                report.add("source-missing", &node.pointer, problem, cure);
            }
            Some(source) => {
                let read = source.text("read");
                match read.filter(|date| is_date(date)) {
                    Some(date) => dates.push(date),
                    None => {
                        let problem = "`x-source` does not say when the source was read";
                        let cure = "Add `read` with a date, as YYYY-MM-DD.";
                        report.add("source-date", node.at("x-source"), problem, cure);
                    }
                }
            }
        }
        if let [docs, source] = dates.as_slice()
            && docs != source
        {
            let problem = format!(
                "`externalDocs` says {}, `x-source` says {}",
                quoted(docs),
                quoted(source)
            );
            let cure = "Write the date of the last reading in both.";
            report.add("source-date", node.at("x-source"), problem, cure);
        }
    }
}

/// Whether a text is a day of the calendar, as YYYY-MM-DD.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let number = |part: &str, digits: usize| {
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| plain)
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
