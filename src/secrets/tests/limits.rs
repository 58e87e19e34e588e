//! What a cleaner leaves alone, and how it bears the extreme.

use std::borrow::Cow;

use super::super::Cleaner;

const TOKEN: &str = "ghp_Ab-Cd.Ef~Gh+Ij/Kl==";

/// Texts full of what may begin an escape.
const ORDINARY: &[&str] = &[
    "",
    "100 % of 5% & 50%25 %zz %4 %",
    "C:\\builds\\new\\x86\\u12 \\",
    "a && b || c & d; AT&T &amp; &unknown; &#; &#x; &",
    "x = y; a=b=c == d =\n=",
    "1+1=2, a+b",
    "{\"a\":\"b\\n\\\"c\\\" \\u00e4 \\ud83d\",\"d\":[1.5e+3]}",
    "https://example.com/a%20b?c=d%2Fe&f=g+h#i",
    "SGVsbG8sIHdvcmxkIQ== 48656c6c6f dGVzdA",
    "tab\tline\r\nnothing\u{200b}\u{ad}\u{202e}colour\u{1b}[31mred\u{1b}[0m",
    "Zoë 中文 パイプライン שלום 😀 👩\u{200d}🚀",
    "[hidden] [hidden",
];

#[test]
fn ordinary_text_stays_byte_for_byte() {
    let cleaner = Cleaner::new([TOKEN, "k3y", "qz"]);
    for text in ORDINARY {
        assert!(
            matches!(cleaner.clean(text), Cow::Borrowed(same) if same == *text),
            "{text}"
        );
        assert!(
            matches!(cleaner.clean_cut(text), Cow::Borrowed(_)),
            "{text}"
        );
        let both = format!("{text}{TOKEN}\n{text}");
        assert_eq!(cleaner.clean(&both), format!("{text}[hidden]\n{text}"));
    }
}

#[test]
fn who_knows_nothing_changes_nothing() {
    for cleaner in [
        Cleaner::default(),
        Cleaner::new([]),
        Cleaner::new(["", " \n", "\u{200b}"]),
    ] {
        for text in ORDINARY {
            assert!(cleaner.is_clean(text));
            assert!(matches!(cleaner.clean_cut(text), Cow::Borrowed(_)));
        }
    }
}

#[test]
fn more_secrets_are_learned_and_known_ones_shared() {
    let few = Cleaner::new(["first-secret", "first-secret"]);
    let same = few.with(["first-secret", ""]);
    let more = few.with(["second-secret"]);
    let text = "first-secret, second-secret";
    assert_eq!(few.clean(text), "[hidden], second-secret");
    assert_eq!(same.clean(text), "[hidden], second-secret");
    assert_eq!(more.clean(text), "[hidden], [hidden]");
    let shared = |a: &Cleaner, b: &Cleaner| match (&a.needles, &b.needles) {
        (Some(a), Some(b)) => std::sync::Arc::ptr_eq(a, b),
        _ => false,
    };
    assert!(shared(&few, &same) && shared(&few, &few.clone()) && !shared(&few, &more));
}

/// A token for each request, for as long as a program runs.
#[test]
fn of_tokens_that_replace_each_other_the_last_are_known() {
    let token = |number: usize| format!("token-{number:08}-of-an-hour");
    let mut cleaner = Cleaner::new(["the-client-secret", "another-one"]);
    for number in 0..2_000 {
        cleaner = cleaner.with_latest(2, &token(number));
    }
    assert!(cleaner.is_clean(&token(1_900)), "it was replaced long ago");
    for hidden in [
        "the-client-secret",
        "another-one",
        &token(1_999),
        &token(1_970),
    ] {
        assert_eq!(cleaner.clean(hidden), "[hidden]", "{hidden}");
    }
    let few = Cleaner::new([]).with_latest(0, &token(1));
    assert_eq!(few.with_latest(0, &token(2)).clean(&token(1)), "[hidden]");
}

#[test]
fn debug_tells_nothing() {
    let cleaner = Cleaner::new(["tell-me"]);
    assert_eq!(format!("{cleaner:?} {cleaner:#?}"), "[hidden] [hidden]");
}

#[test]
fn what_was_hidden_stays_as_it_is() {
    for secret in ["hidden", "[hidden]", "dden", "n]"] {
        assert!(
            Cleaner::new([secret]).is_clean("It is [hidden]."),
            "{secret}"
        );
    }
    assert_eq!(Cleaner::new(["hidden"]).clean("hidden"), "[hidden]");
}

/// Bad days for an automaton: repetitions, nesting, halves of escapes, and secrets made for them.
#[test]
fn the_extreme_is_borne() {
    let hostile = [
        "a",
        "%",
        "\\",
        "&",
        "=",
        "%25",
        "\\\\",
        "&amp;",
        "%61",
        "\\u0061",
        "&#97;",
        "=\n",
        "\u{1b}",
        "\u{1b}[",
        "\u{1b}]",
        "%1b]",
        "aaaa ",
        "YWFh",
        "61",
        "&a",
        "&#x0",
        "\u{200b}",
        "\\ud83d",
        "%f0%9f",
        "%2525252525",
        "\u{e9}",
        "😀",
        "+",
        "a\0",
    ];
    let secrets = [
        "a".repeat(8 * 1024),
        "%25".repeat(2_000),
        format!("{}b", "a".repeat(2_000)),
        format!("{}x", "\\u0061".repeat(100)),
        "ä😀".repeat(500),
        "aaaa".to_owned(),
        "a".to_owned(),
    ];
    let cleaners = [
        Cleaner::new(secrets.iter().map(String::as_str)),
        Cleaner::new([secrets[0].as_str()]),
        Cleaner::new([secrets[1].as_str()]),
    ];
    for piece in hostile {
        let text = piece.repeat(2 * 1024 / piece.len());
        for cleaner in &cleaners {
            let cleaned = cleaner.clean_cut(&text).into_owned();
            assert!(cleaned.len() <= text.len() + 64 || cleaned.contains("[hidden]"));
        }
    }
}

#[test]
fn a_secret_is_found_wherever_in_a_long_text() {
    let secret: String = (0..4_000).map(|index| format!("{index:x}.")).collect();
    let secret = &secret[..8 * 1024];
    let cleaner = Cleaner::new([secret]);
    let filling = "0123456789 one more line\n".repeat(200);
    for before in [0, 65_000, 130_001] {
        let filled: String = filling.chars().cycle().take(before).collect();
        let text = format!("{filled}{secret}{filling}");
        assert_eq!(cleaner.clean(&text), format!("{filled}[hidden]{filling}"));
    }
}

#[test]
fn ranges_end_at_whole_characters() {
    let cleaner = Cleaner::new(["üüüü", "é"]);
    for (text, cleaned) in [
        ("äüüüüä", "ä[hidden]ä"),
        ("漢%C3%BCüüü漢", "漢[hidden]漢"),
        ("漢\u{200b}é\u{200b}漢", "漢\u{200b}[hidden]\u{200b}漢"),
    ] {
        assert_eq!(cleaner.clean(text), cleaned);
    }
}
