//! Which values are ids.

use crate::json::find::Found;
use crate::json::id::{number_id, text_id};

fn number(digits: &str) -> Found {
    Found::Number(digits.to_owned())
}

fn text(text: &str) -> Found {
    Found::Text(text.to_owned())
}

#[test]
fn numbers_that_are_ids() {
    let cases = [
        ("31", 31),
        ("1", 1),
        ("31.0", 31),
        ("31.000", 31),
        ("3.1e1", 31),
        ("3.1E+1", 31),
        ("0.031e3", 31),
        ("3100e-2", 31),
        ("310000000000000000000000e-22", 31),
        ("0.000000000000000000000000000031e30", 31),
        ("1.0000000000000000000000000000000000", 1),
        ("100", 100),
        ("101.0", 101),
        ("1e18", 1_000_000_000_000_000_000),
        ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", i64::MAX),
        ("9223372036854775807.00", i64::MAX),
        ("9.223372036854775807e18", i64::MAX),
    ];
    for (digits, id) in cases {
        assert_eq!(number_id(&number(digits)), Some(id), "{digits}");
        assert_eq!(number_id(&text(digits)), Some(id), "text {digits}");
        let blanks = format!(" \t{digits}\n ");
        assert_eq!(number_id(&text(&blanks)), Some(id), "text {blanks:?}");
    }
}

#[test]
fn numbers_that_are_none() {
    let cases = [
        "0",
        "-0",
        "0.0",
        "0e5",
        "0e99999999999999999999",
        "-31",
        "31.5",
        "3.15e1",
        "31e-1",
        "0.5",
        "1e400",
        "1e19",
        "1e-400",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "9223372036854775808",
        "18446744073709551615",
        "9223372036854775807.5",
        "99999999999999999999999999999999999999999999",
        "10000000000000000000000000000001",
        "9223372036854775807e1",
        "",
        "  ",
        "+31",
        "031",
        "0x1F",
        "31.",
        ".5",
        "3 1",
        "31a",
        "1_000",
        "NaN",
        "Infinity",
        "٣١",
        "true",
        "null",
        "{}",
        "[31]",
        "\"31\"",
    ];
    for digits in cases {
        assert_eq!(number_id(&number(digits)), None, "{digits}");
        assert_eq!(number_id(&text(digits)), None, "text {digits}");
    }
    for found in [
        Found::Bool(true),
        Found::Bool(false),
        Found::Null,
        Found::Other,
    ] {
        assert_eq!(number_id(&found), None, "{found:?}");
    }
}

#[test]
fn many_digits_end_early_or_are_exact() {
    let zeros = "0".repeat(1_000_000);
    assert_eq!(number_id(&number(&format!("31.{zeros}"))), Some(31));
    assert_eq!(number_id(&number(&format!("31{zeros}e-1000000"))), Some(31));
    assert_eq!(
        number_id(&number(&format!("0.{zeros}31e1000002"))),
        Some(31)
    );
    assert_eq!(number_id(&number(&format!("31.{zeros}1"))), None);
    assert_eq!(number_id(&number(&"9".repeat(1_000_000))), None);
}

#[test]
fn texts_that_are_ids() {
    let longest = "x".repeat(256);
    let cases = [
        (text("3f2a-11"), "3f2a-11"),
        (text(" a b\n"), "a b"),
        (text("运行"), "运行"),
        (text("0"), "0"),
        (text(&longest), &longest),
        (text(&format!("  {longest}  ")), &longest),
        (number("31"), "31"),
        (number("31.0"), "31.0"),
        (number("-1e400"), "-1e400"),
    ];
    for (found, id) in cases {
        assert_eq!(text_id(&found).as_deref(), Some(id), "{found:?}");
    }
}

#[test]
fn texts_that_are_none() {
    let cases = [
        text(""),
        text("  "),
        text("\t\r\n\u{a0}\u{3000}"),
        text("a\nb"),
        text("a\0"),
        text("\0"),
        text("\u{1b}[31m"),
        text("a\u{7f}"),
        text("a\u{85}b"),
        text(&"x".repeat(257)),
        text(&"é".repeat(129)),
        number(&"1".repeat(257)),
        Found::Bool(true),
        Found::Null,
        Found::Other,
    ];
    for found in cases {
        assert_eq!(text_id(&found), None, "{found:?}");
    }
}
