//! Bodies as they come, and what is found in them.

use crate::json::find::{Finding, Found, find};

fn number(digits: &str) -> Option<Found> {
    Some(Found::Number(digits.to_owned()))
}

fn text(text: &str) -> Option<Found> {
    Some(Found::Text(text.to_owned()))
}

/// What a body that may be cut says at one path.
fn at(body: &[u8], path: &[&str]) -> Finding {
    let mut findings = find(body, true, &[path]);
    assert_eq!(findings.len(), 1);
    findings.remove(0)
}

fn id(body: impl AsRef<[u8]>) -> Option<Found> {
    at(body.as_ref(), &["id"]).value
}

#[test]
fn each_kind_of_value() {
    let body = br#"{"t":"a\u00e9\n","n":-1.50e+3,"y":true,"f":false,"z":null,"o":{"x":[1]},"a":[{}],"e":""}"#;
    let cases = [
        ("t", text("aé\n")),
        ("n", number("-1.50e+3")),
        ("y", Some(Found::Bool(true))),
        ("f", Some(Found::Bool(false))),
        ("z", Some(Found::Null)),
        ("o", Some(Found::Other)),
        ("a", Some(Found::Other)),
        ("e", text("")),
        ("x", None),
    ];
    for (key, value) in cases {
        assert_eq!(at(body, &[key]).value, value, "{key}");
    }
}

#[test]
fn paths_lead_into_objects() {
    let body = br#"{"_links":{"web":{"href":"w"},"self":{"href":"s","id":9}},"result":{"id":"r"},"id":31}"#;
    let paths: [&[&str]; 9] = [
        &["_links", "self", "href"],
        &["_links", "self"],
        &["_links"],
        &["result", "id"],
        &["id"],
        &["id"],
        &["id", "id"],
        &["result", "id", "id"],
        &[],
    ];
    let values: Vec<_> = find(body, false, &paths)
        .into_iter()
        .map(|finding| finding.value)
        .collect();
    let expected = [
        text("s"),
        Some(Found::Other),
        Some(Found::Other),
        text("r"),
        number("31"),
        number("31"),
        None,
        None,
        None,
    ];
    assert_eq!(values, expected);
}

#[test]
fn an_id_is_read_from_what_is_no_json() {
    let cases: &[(&str, &[u8])] = &[
        ("trailing text", br#"{"id":31} and more"#),
        ("a trailing document", br#"{"id":31}{"id":32}"#),
        ("trailing bytes", b"{\"id\":31}\0\0\xff"),
        ("cut after the comma", br#"{"id":31,"#),
        ("cut in a key", br#"{"id":31,"na"#),
        ("cut in a text", br#"{"id":31,"name":"x\"#),
        ("cut in an array", br#"{"id":31,"steps":[{"a":["#),
        ("cut after a blank", b"{\"id\":31\n"),
        (
            "NUL between the words",
            b"\0{\0\"id\"\0:\x0031\0,\0\"a\":1}",
        ),
        ("NUL in another text", b"{\"a\":\"\0\",\"id\":31}"),
        ("NaN", br#"{"a":NaN,"id":31}"#),
        ("Infinity", br#"{"a":-Infinity,"b":Infinity,"id":31}"#),
        ("NaN in an array", br#"{"a":[NaN,{"b":-Infinity}],"id":31}"#),
        ("a lone surrogate", br#"{"a":"\ud800","id":31}"#),
        ("an invalid escape", br#"{"a":"\q\u12\x","id":31}"#),
        (
            "invalid UTF-8",
            b"{\"a\":\"\xff\xc3\",\"\xfe\":1,\"id\":31}",
        ),
        ("invalid escape in a key", br#"{"\q":1,"\ud800":2,"id":31}"#),
        ("a byte-order mark", b"\xEF\xBB\xBF{\"id\":31}"),
        ("a key with escapes", br#"{"\u0069d":31}"#),
        ("a key of escapes", br#"{"\u0069\u0064":31}"#),
        ("a missing comma", br#"{"a":1 "id":31 "b":2}"#),
        ("a missing comma after text", br#"{"a":"x""id":31"b":2}"#),
        (
            "a missing comma after an object",
            br#"{"a":{}"id":31"b":2}"#,
        ),
        ("too many commas", br#"{,,"a":1,,"id":31,,}"#),
        ("a missing value", br#"{"a":,"id":31}"#),
        ("a missing colon", br#"{"a" 1,"id":31}"#),
        ("a word for a value", br#"{"a":undefined,"id":31}"#),
        ("a comment", br#"{/* the run's number */"id":31}"#),
        ("quotes in a text", br#"{"a":"say \"id\": 7, \\","id":31}"#),
        ("a line break in a text", b"{\"a\":\"x\ny\",\"id\":31}"),
        ("a missing bracket at the end", br#"{"id":31]"#),
        (
            "an object where a key belongs",
            br#"{{"id":1},["id",2],"id":31}"#,
        ),
    ];
    for (name, body) in cases {
        assert_eq!(id(body), number("31"), "{name}");
    }
}

#[test]
fn what_is_no_id_is_not_taken_for_one() {
    let cases: &[(&str, &[u8])] = &[
        ("nothing", b""),
        ("a byte-order mark alone", b"\xEF\xBB\xBF"),
        ("inside a text", br#"{"a":"{\"id\": 7}"}"#),
        ("inside a text that is the body", br#""{\"id\": 7}""#),
        ("deeper", br#"{"a":{"id":1}}"#),
        ("deeper, cut", br#"{"a":{"id":1"#),
        ("in an array", br#"{"a":[{"id":1}]}"#),
        ("a list", br#"[{"id":1}]"#),
        ("in a page", br#"<script>{"id":1}</script>"#),
        ("in what does not begin as an object", br#"x"id":7}"#),
        ("in a list that has names", br#"["id":7]"#),
        ("after the end", br#"{"a":1},"id":7}"#),
        ("a value of that name", br#"{"a":"id","b":7}"#),
        ("a name without a colon", br#"{"id" 7}"#),
        ("a name and digits without a colon", br#"{"id" 71}"#),
        ("a name without a value", br#"{"id":}"#),
        ("another case", br#"{"ID":7,"Id":8}"#),
        ("a longer name", br#"{"ids":7,"id ":8,"\u0069dx":9}"#),
        ("after brackets that do not fit", br#"{"a":[},"id":7}"#),
        ("after another such", br#"{"a":{]},"id":7}"#),
        ("after brackets in the wrong order", br#"{"a":[}],"id":7}"#),
        ("after one too many", br#"{"a":1],"id":7}"#),
        ("cut off: no value", br#"{"id":"#),
        ("cut off: a number", br#"{"id":31"#),
        ("cut off: a number after a blank", br#"{"id": 31"#),
        ("cut off: padded with NUL", b"{\"id\":31\0\0\0\0"),
        ("cut off: a text", br#"{"id":"31"#),
        ("cut off: a text at an escape", br#"{"id":"31\"#),
        ("cut off: a text at a quote", br#"{"id":"31\""#),
        ("cut off: a keyword", br#"{"id":tru"#),
        ("cut off: an object", br#"{"id":{"a":1"#),
        ("cut off: an array", br#"{"id":[1"#),
    ];
    for (name, body) in cases {
        assert_eq!(id(body), None, "{name}");
    }
}

#[test]
fn what_is_there_but_not_understood_is_other() {
    let cases: &[(&str, &[u8])] = &[
        ("NaN", br#"{"id":NaN}"#),
        ("Infinity", br#"{"id":-Infinity}"#),
        ("an undocumented word", br#"{"id":undefined}"#),
        ("leading zeros", br#"{"id":031}"#),
        ("a plus sign", br#"{"id":+31}"#),
        ("hexadecimal", br#"{"id":0x1F}"#),
        ("no digit after the point", br#"{"id":31.}"#),
        ("a number and a letter", br#"{"id":31a}"#),
        ("two numbers", br#"{"id":3 1}"#),
        ("a NUL between digits", b"{\"id\":3\x001}"),
        ("a page after a cut", br#"{"id":31<html lang="en">"#),
        (
            "a second document after a cut",
            br#"{"id":31{"error":"late"}"#,
        ),
        ("a lone surrogate", br#"{"id":"\ud800"}"#),
        ("an invalid escape", br#"{"id":"\q"}"#),
        ("invalid UTF-8", b"{\"id\":\"\xff\"}"),
        ("quotes in a text", br#"{"id":"say "x" loud"}"#),
        ("a text with a value of its own", br#"{"id":"a":1}"#),
    ];
    for (name, body) in cases {
        assert_eq!(id(body), Some(Found::Other), "{name}");
    }
}

#[test]
fn a_number_at_the_very_end_counts_when_the_body_is_whole() {
    for (body, value) in [
        (r#"{"id":31"#, number("31")),
        ("{\"id\":31\0", number("31")),
        (r#"{"id":tru"#, Some(Found::Other)),
        (r#"{"id":"31"#, None),
        (r#"{"id":[1"#, None),
    ] {
        let findings = find(body.as_bytes(), false, &[&["id"]]);
        assert_eq!(findings[0].value, value, "{body}");
        assert!(!findings[0].conflict, "{body}");
    }
}

#[test]
fn a_keyword_at_the_very_end_is_whole() {
    assert_eq!(id(r#"{"id":true"#), Some(Found::Bool(true)));
    assert_eq!(id(r#"{"id":false"#), Some(Found::Bool(false)));
    assert_eq!(id(r#"{"id":null"#), Some(Found::Null));
    assert_eq!(id(r#"{"id":"31""#), text("31"));
}

#[test]
fn the_first_of_two_wins_and_a_difference_is_told() {
    let cases = [
        (r#"{"id":1,"id":1}"#, number("1"), false),
        (r#"{"id":1,"id":2}"#, number("1"), true),
        (r#"{"id":1,"\u0069d":2}"#, number("1"), true),
        (r#"{"id":1,"id":2,"id":1}"#, number("1"), true),
        (r#"{"id":1,"id":"1"}"#, number("1"), true),
        (r#"{"id":1,"id":null}"#, number("1"), true),
        (r#"{"id":null,"id":1}"#, Some(Found::Null), true),
        (r#"{"id":1,"id":{}}"#, number("1"), true),
        (r#"{"id":{},"id":1}"#, Some(Found::Other), true),
        (r#"{"id":1,"id":NaN}"#, number("1"), true),
        (r#"{"id":1,"id":2"#, number("1"), false),
        (r#"{"id":1,"a":{"id":2}}"#, number("1"), false),
    ];
    for (body, value, conflict) in cases {
        let finding = at(body.as_bytes(), &["id"]);
        assert_eq!(
            (finding.value, finding.conflict),
            (value, conflict),
            "{body}"
        );
    }
    let nested = br#"{"result":{"id":1},"a":0,"result":{"id":2}}"#;
    let finding = at(nested, &["result", "id"]);
    assert_eq!((finding.value, finding.conflict), (number("1"), true));
}

#[test]
fn any_depth_is_passed_over() {
    const DEEP: usize = 200_000;
    let key = r#"{"a":"#;
    for (name, open, close) in [
        ("arrays", "[", "]"),
        ("objects", key, "}"),
        ("both", r#"[{"a":"#, "}]"),
    ] {
        let inner = [open.repeat(DEEP), "0".to_owned(), close.repeat(DEEP)].concat();
        let after = format!(r#"{{"x":{inner},"id":31}}"#);
        assert_eq!(id(&after), number("31"), "{name}");
        let around = format!(r#"{{"id":31,"x":{}"#, open.repeat(DEEP));
        assert_eq!(id(&around), number("31"), "{name}");
    }
    // Along the path itself.
    let links = [
        r#"{"a":"#.repeat(DEEP).as_str(),
        r#"{"a":5}"#,
        &"}".repeat(DEEP),
    ]
    .concat();
    assert_eq!(at(links.as_bytes(), &["a", "a"]).value, Some(Found::Other));
}

#[test]
fn an_answer_cut_anywhere_after_the_id_gives_it() {
    let body =
        br#"{"a":[1,{"id":7}],"id": 31, "_links":{"self":{"href":"h\"\u00e9"}},"n":1e5,"t":true}"#;
    let after = body
        .windows(4)
        .position(|part| part == b" 31,")
        .map_or(0, |at| at + 4);
    assert!(after > 0);
    for end in 0..=body.len() {
        let expected = if end < after { None } else { number("31") };
        assert_eq!(id(&body[..end]), expected, "cut to {end}");
    }
}
