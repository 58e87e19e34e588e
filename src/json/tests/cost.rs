//! What bodies hold, and where counting stops.

use crate::json::cost::{Limits, TooMuch, check};

const UNLIMITED: Limits = Limits {
    containers: usize::MAX,
    values: usize::MAX,
    depth: usize::MAX,
};

/// Asserts that a body holds exactly so much: it passes with these limits, and with none of them
/// smaller by one.
pub(super) fn holds(body: &[u8], containers: usize, values: usize, depth: usize) {
    let name = String::from_utf8_lossy(body);
    let exact = Limits {
        containers,
        values,
        depth,
    };
    assert_eq!(check(body, &exact), Ok(()), "{name}");
    assert_eq!(check(body, &UNLIMITED), Ok(()), "{name}");
    let smaller = [
        (TooMuch::Containers, containers),
        (TooMuch::Values, values),
        (TooMuch::Depth, depth),
    ];
    for (what, count) in smaller {
        let Some(less) = count.checked_sub(1) else {
            continue;
        };
        let limits = match what {
            TooMuch::Containers => Limits {
                containers: less,
                ..UNLIMITED
            },
            TooMuch::Values => Limits {
                values: less,
                ..UNLIMITED
            },
            TooMuch::Depth => Limits {
                depth: less,
                ..UNLIMITED
            },
        };
        assert_eq!(check(body, &limits), Err(what), "{name}");
    }
}

#[test]
fn counts() {
    let cases: &[(&str, usize, usize, usize)] = &[
        ("", 0, 0, 0),
        (" \n", 0, 0, 0),
        ("31", 0, 1, 0),
        ("\"a\"", 0, 1, 0),
        ("{}", 1, 0, 1),
        ("[]", 1, 0, 1),
        ("[[],[],[[]]]", 5, 0, 3),
        (
            r#"{"a":1,"b":"x","c":null,"d":[true,false,-1.5e3]}"#,
            2,
            6,
            2,
        ),
        (r#"{ "a" : "b" , "c" : { } }"#, 2, 1, 2),
        (r#"{"[{":"]}:,\"[","b":"\\"}"#, 1, 2, 1),
        (r#"["a","b"]"#, 1, 2, 1),
        (r#"{"a":NaN,"b":[Infinity]}"#, 2, 2, 2),
        // No JSON, counted all the same.
        (r#"[{"a":"cut"#, 2, 1, 2),
        (r#"[{"a"#, 2, 1, 2),
        ("]]][1", 1, 1, 1),
        ("{} {} []", 3, 0, 1),
    ];
    for (body, containers, values, depth) in cases {
        holds(body.as_bytes(), *containers, *values, *depth);
    }
}

#[test]
fn counting_stops_where_a_limit_is_passed() {
    let limits = Limits {
        containers: 3,
        values: 3,
        depth: 3,
    };
    let cases = [
        ("[[],[],[", TooMuch::Containers),
        ("[1,2,3,4", TooMuch::Values),
        (r#"{"a":1,"b":2,"c":"3","d":"4""#, TooMuch::Values),
    ];
    let tail = "[".repeat(100);
    for (body, what) in cases {
        assert_eq!(
            check(format!("{body}{tail}").as_bytes(), &limits),
            Err(what),
            "{body}"
        );
    }
    let wide = Limits {
        containers: 1000,
        ..limits
    };
    assert_eq!(check(tail.as_bytes(), &wide), Err(TooMuch::Depth));
}

#[test]
fn any_depth_is_counted() {
    let deep = 200_000;
    holds(&b"[".repeat(deep), deep, 0, deep);
    holds(&br#"{"a":"#.repeat(deep), deep, 0, deep);
}

#[test]
fn each_has_words() {
    for (what, words) in [
        (TooMuch::Containers, "it holds too many objects and arrays"),
        (TooMuch::Values, "it holds too many values"),
        (
            TooMuch::Depth,
            "its objects and arrays are nested too deeply",
        ),
    ] {
        assert_eq!(what.to_string(), words);
    }
}
