//! Each form of each secret in each place.

use super::super::Cleaner;
use super::forms::FORMS;

const SECRETS: &[&str] = &[
    "7",
    "pw",
    "k3y",
    "ü",
    "Zq4m",
    "s3cr!",
    "p%4 1",
    "a\"b\\c'd<e>f&g",
    "100%41%2541&amp;\\u0041",
    "pä$$ wörd 😀 漢字",
    "first line\nsecond line",
    "ghp_Ab-Cd.Ef~Gh+Ij/Kl==",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0_dXJl",
    "gh/ij:kl^mn op",
];

const PLACES: &[(&str, &str)] = &[
    ("", ""),
    ("They said ", " and no more."),
    ("{\"message\":\"", "\",\"code\":4}"),
    ("https://api.example.com/v1/?key=", "&page=1#top"),
    ("(", ")"),
    ("<td>", "</td>"),
    ("line one\n", "\nline three"),
];

#[test]
fn each_form_of_each_secret_is_hidden_in_each_place() {
    for secret in SECRETS {
        let cleaner = Cleaner::new([*secret]);
        let short = secret.chars().count() < 4;
        for form in FORMS.iter().filter(|form| form.short || !short) {
            let written = (form.write)(secret);
            for (before, after) in PLACES {
                let text = format!("{before}{written}{after}");
                let cleaned = cleaner.clean(&text);
                let what = format!("{} of {secret:?}: {text:?} became {cleaned:?}", form.name);
                assert!(cleaned.starts_with(before), "{what}");
                assert!(cleaned.ends_with(after), "{what}");
                if form.exact {
                    assert_eq!(cleaned, format!("{before}[hidden]{after}"), "{what}");
                }
                assert!(!cleaned.contains(&written), "{what}");
                assert!(cleaner.is_clean(&cleaned), "{what}");
            }
        }
    }
}

#[test]
fn long_secrets_are_hidden_inside_of_words() {
    for secret in SECRETS.iter().filter(|secret| secret.chars().count() > 3) {
        let cleaner = Cleaner::new([*secret]);
        for form in FORMS {
            let text = format!("abc{}xyz", (form.write)(secret));
            let cleaned = cleaner.clean(&text);
            let what = format!("{} of {secret:?}: {text:?} became {cleaned:?}", form.name);
            assert!(
                cleaned.contains("[hidden]") && cleaner.is_clean(&cleaned),
                "{what}"
            );
            assert!(
                cleaned.starts_with("abc") && cleaned.ends_with("xyz"),
                "{what}"
            );
        }
    }
}

/// Wherever a text is cut: nothing of the secret but its first three characters is left.
#[test]
fn the_beginning_of_a_secret_is_hidden_at_a_cut() {
    for secret in SECRETS.iter().filter(|secret| secret.chars().count() > 7) {
        let cleaner = Cleaner::new([*secret]);
        let four: String = secret.chars().take(4).collect();
        for form in FORMS.iter().filter(|form| form.exact) {
            let written = (form.write)(secret);
            // Where the first four characters are whole. Of base64 the last one tells less.
            let first = (form.write)(&four).trim_end_matches('=').len();
            let cuts = (first..=written.len()).filter(|cut| written.is_char_boundary(*cut));
            for cut in cuts {
                let text = format!("They said {}", &written[..cut]);
                let cleaned = cleaner.clean_cut(&text);
                let what = format!("{} of {secret:?}: {text:?}", form.name);
                assert_eq!(cleaned, "They said [hidden]", "{what}");
            }
        }
    }
}

#[test]
fn a_short_secret_is_hidden_as_a_word_only() {
    for (secret, text, cleaned) in [
        ("7", "Step 7 of 17: 7.", "Step [hidden] of 17: [hidden]."),
        (
            "pw",
            "pw spwan /pw/ pw1 \"pw\"",
            "[hidden] spwan /[hidden]/ pw1 \"[hidden]\"",
        ),
        (
            "pw",
            "p w, cHcx, cHc=, 7077",
            "p w, cHcx, [hidden], [hidden]",
        ),
        (
            "k3y",
            "a%20k3y%20b \\nk3y\\n",
            "a%20[hidden]%20b \\n[hidden]\\n",
        ),
        ("a b", "say a b, a  b, xa b", "say [hidden], [hidden], xa b"),
        (".", "End. a.b . ", "End. a.b [hidden] "),
    ] {
        assert_eq!(Cleaner::new([secret]).clean(text), cleaned, "{secret}");
    }
}

#[test]
fn overlapping_and_repeated_secrets_are_all_hidden() {
    let cleaner = Cleaner::new(["abcdef", "defghi", "cdef", "x1y2"]);
    for (text, cleaned) in [
        ("-abcdefghi-", "-[hidden]-"),
        ("abcdefabcdef x1y2x1y2", "[hidden] [hidden]"),
        ("cdefghi", "[hidden]"),
        ("%61bcdef&#100;efghi", "[hidden]"),
    ] {
        assert_eq!(cleaner.clean(text), cleaned);
    }
}

#[test]
fn half_an_escape_before_a_secret_does_not_save_it() {
    for (secret, text, cleaned) in [
        ("41xy\"z", "100%41xy\\\"z", "100%[hidden]"),
        (
            "u0041bc",
            "\\u0041bc \\\\u0041bc",
            "\\[hidden] \\\\[hidden]",
        ),
        ("amp;&lt;", "&amp;&amp;lt;", "&[hidden]"),
        ("secret==", "secret==\nnext", "[hidden]\nnext"),
    ] {
        assert_eq!(Cleaner::new([secret]).clean(text), cleaned);
    }
}
