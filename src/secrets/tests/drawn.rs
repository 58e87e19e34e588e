//! Secrets, texts and forms that nobody thought of.

use std::borrow::Cow;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::Cleaner;
use super::super::view::splits;
use super::forms::{FORMS, Form};

/// What secrets are made of. Texts are made of none of the letters.
const IN_SECRETS: &str = "ABCDEFabcdefghijklm01234%\\&=+\"'/<> ;#äß漢😀._~-";
const IN_TEXTS: &[&str] = &[
    "n",
    "o",
    "xyz",
    "TUV",
    "W",
    "7",
    "89",
    "%",
    "%7",
    "\\",
    "\\\\",
    "&",
    "&#",
    "&quot;",
    "=",
    "==",
    "=\n",
    " ",
    "\n",
    "\t",
    "+",
    "\"",
    "/",
    "{",
    "ö",
    "字",
    "🚀",
    "\u{200b}",
    "\u{1b}[9m",
    "\0",
    "%77",
    "\\n",
    "\\\"",
    "&#x7a;",
    "%c3",
    "\\ud83d",
    ".",
    "\u{1b}",
    "\\u",
    "nnnn",
    "5",
    "zo9Q",
];

fn secret() -> impl Strategy<Value = String> {
    let characters: Vec<char> = IN_SECRETS.chars().collect();
    vec(select(characters), 5..40)
        .prop_map(|characters| characters.into_iter().collect::<String>().trim().to_owned())
        .prop_filter("long enough to stand for itself", |secret| {
            secret.chars().filter(|c| c.is_alphabetic()).count() >= 5
        })
}

fn text() -> impl Strategy<Value = String> {
    vec(select(IN_TEXTS), 0..12).prop_map(|pieces| pieces.concat())
}

fn form() -> impl Strategy<Value = Form> {
    any::<Index>().prop_map(|index| *index.get(FORMS))
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_form_of_a_secret_is_left(
        secret in secret(),
        forms in vec(form(), 0..=2),
        before in text(),
        after in text(),
    ) {
        // What splits a secret may be split itself, but then it is no longer what it was.
        prop_assume!(!forms.iter().all(|form| form.splits) || forms.len() < 2);
        let twice = forms.iter().filter(|form| form.name.contains("twice")).count();
        prop_assume!(twice + forms.len() <= 3);
        let cleaner = Cleaner::new([secret.as_str()]);
        // The beginning of base64 within escapes may end an escape that begins before it.
        let apart = ["base64", "hex"].iter().any(|name| {
            forms.len() > 1 && forms.iter().any(|form| form.name.starts_with(name))
        });
        let before = if apart { before + "," } else { before };
        let written = forms.iter().fold(secret.clone(), |text, form| (form.write)(&text));
        let text = format!("{before}{written}{after}");
        let cleaned = cleaner.clean(&text);
        prop_assert!(cleaned.contains("[hidden]"), "{text:?}");
        prop_assert!(!cleaned.contains(&written), "{cleaned:?}");
        prop_assert!(cleaner.is_clean(&cleaned), "{cleaned:?} became {:?}", cleaner.clean(&cleaned));
        // What may be an escape together with its first or last character may be hidden with it.
        let signs = ['\\', '%', '&', '=', '+', '\u{1b}'];
        let (before, after) = (before.split(signs).next(), after.rsplit(signs).next());
        prop_assert!(cleaned.starts_with(before.unwrap_or_default()), "{cleaned:?}");
        prop_assert!(cleaned.ends_with(after.unwrap_or_default()), "{cleaned:?}");
        prop_assert!(!cleaner.clean_cut(&text).contains(&written));
    }

    #[test]
    fn text_without_a_secret_stays(
        secrets in vec(secret(), 1..4),
        pieces in vec(text(), 0..8),
        forms in vec(form(), 0..=2),
    ) {
        let cleaner = Cleaner::new(secrets.iter().map(String::as_str));
        let text = forms.iter().fold(pieces.concat(), |text, form| (form.write)(&text));
        prop_assert!(matches!(cleaner.clean(&text), Cow::Borrowed(same) if same == text));
        prop_assert!(cleaner.is_clean(&text));
    }

    #[test]
    fn any_text_and_any_secrets_are_borne(
        secrets in vec(any::<String>(), 0..4),
        text in any::<String>(),
        more in text(),
    ) {
        let cleaner = Cleaner::new(secrets.iter().map(String::as_str));
        for text in [&text, &more, &format!("{text}{more}{}", secrets.concat())] {
            let cleaned = cleaner.clean(text);
            let long = secrets.iter().all(|s| s.chars().filter(|c| !splits(*c)).count() > 3);
            // A short secret that stood beside another is a word of its own now.
            prop_assert!(!long || cleaner.is_clean(&cleaned), "{cleaned:?}");
            cleaner.clean_cut(text);
        }
    }
}
