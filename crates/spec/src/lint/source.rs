//! Where each operation was read, and when: a document without its sources cannot be checked again.

use super::report::Report;
use super::words::quoted;
use crate::keyed::Keyed;
use crate::outline::Operation;

pub(super) fn check(operations: &[Operation<'_, '_>], report: &mut Report<'_>) {
    for operation in operations {
        let node = operation.node;
        let page = node.object.get("externalDocs");
        let page = page.map(|docs| {
            let text = docs.text("description").unwrap_or_default();
            text.rsplit_once("read ")?.1.get(..10)
        });
        let source = node.object.get("x-source");
        let source = source.map(|source| source.text("read"));
        let page = page.map(|date| date.filter(|date| is_date(date)));
        let source = source.map(|date| date.filter(|date| is_date(date)));
        let mut fault = |rule, key: Option<&str>, problem: &str, cure: &str| {
            let place = key.map_or(node.pointer.clone(), |key| node.at(key));
            report.add(rule, place, problem, cure);
        };
        match page {
            None => {
                let cure = "Add `externalDocs` with `url` and a `description` that ends in `read YYYY-MM-DD`.";
                let problem = "the operation does not name the page that describes it";
                fault("source-missing", None, problem, cure);
            }
            Some(None) => {
                let cure = "End its `description` with `read YYYY-MM-DD`.";
                let problem = "`externalDocs` does not say when the page was read";
                fault("source-date", Some("externalDocs"), problem, cure);
            }
            Some(Some(_)) => {}
        }
        match source {
            None => {
                let cure = "Add `x-source` with `page`, `read` (a date) and `evidence`.";
                let problem = "the operation does not say what it was written from";
                fault("source-missing", None, problem, cure);
            }
            Some(None) => {
                let cure = "Add `read` with a date, as YYYY-MM-DD.";
                let problem = "`x-source` does not say when the source was read";
                fault("source-date", Some("x-source"), problem, cure);
            }
            Some(Some(_)) => {}
        }
        if let (Some(Some(page)), Some(Some(source))) = (page, source)
            && page != source
        {
            let (page, source) = (quoted(page), quoted(source));
            let problem = format!("`externalDocs` says {page}, `x-source` says {source}");
            let cure = "Write the date of the last reading in both.";
            fault("source-date", Some("x-source"), &problem, cure);
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
