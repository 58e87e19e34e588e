//! Texts of a request in which every secret is a variable of the shell.

use crate::output::text::shell_word;

/// Secrets, each with the name of the variable that holds it.
#[derive(Debug, Default)]
pub struct Veil(Vec<Hidden>);

struct Hidden {
    name: String,
    /// The secret as it is, and as it is inside a JSON text.
    forms: [String; 2],
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "${}", self.name)
    }
}

/// A part of a text.
enum Piece<'a> {
    Open(&'a str),
    /// A secret as it is.
    Secret(&'a str),
    /// A secret that JSON writes in another way.
    InJson(&'a str),
}

impl Veil {
    /// Hides a secret behind the name of a variable, unless it is hidden already.
    pub fn hide(&mut self, name: &str, secret: &str) {
        // The library sends a credential without the blanks around it.
        let secret = secret.trim();
        if secret.is_empty() || self.name_of(secret).is_some() {
            return;
        }
        let json = serde_json::Value::from(secret).to_string();
        let json = json.trim_matches('"').to_owned();
        let (name, forms) = (name.to_owned(), [secret.to_owned(), json]);
        self.0.push(Hidden { name, forms });
        // One secret may be a part of another.
        self.0
            .sort_by_key(|hidden| std::cmp::Reverse(hidden.forms[0].len()));
    }

    /// The variable that holds this.
    pub fn name_of(&self, secret: &str) -> Option<&str> {
        let hidden = self.0.iter().find(|hidden| hidden.forms[0] == secret);
        hidden.map(|hidden| hidden.name.as_str())
    }

    /// The text for people: `Bearer $BUDDY_TOKEN`.
    pub fn shown(&self, text: &str) -> String {
        let pieces = self.pieces(text).into_iter();
        let shown = pieces.map(|piece| match piece {
            Piece::Open(text) => text.to_owned(),
            Piece::Secret(name) | Piece::InJson(name) => format!("${name}"),
        });
        shown.collect()
    }

    /// The text as one word of a shell, which puts the secrets in.
    pub fn word(&self, text: &str) -> String {
        let pieces = self.pieces(text).into_iter();
        let word: String = pieces
            .map(|piece| match piece {
                Piece::Open(text) => shell_word(text),
                Piece::Secret(name) => format!("\"${name}\""),
                // Quotes and backslashes get a backslash, line ends become \n.
                Piece::InJson(name) => format!(
                    r#""$(printf %s "${name}" | sed 's/[\\"]/\\&/g' | awk '{{printf "%s%s", n, $0; n = "\\n"}}')""#
                ),
            })
            .collect();
        if word.is_empty() {
            "''".to_owned()
        } else {
            word
        }
    }

    fn pieces<'a>(&'a self, text: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let first = self.0.iter().flat_map(|hidden| {
                let [plain, json] = &hidden.forms;
                let name = hidden.name.as_str();
                let plain = rest
                    .find(plain.as_str())
                    .map(|at| (at, plain.len(), Piece::Secret(name)));
                let json = rest
                    .find(json.as_str())
                    .map(|at| (at, json.len(), Piece::InJson(name)));
                [plain, json].into_iter().flatten()
            });
            // Of those that begin at one place the longest; `min_by_key` takes the first of equals.
            let first = first.min_by_key(|(at, length, _)| (*at, std::cmp::Reverse(*length)));
            let Some((at, length, piece)) = first else {
                pieces.push(Piece::Open(rest));
                break;
            };
            let (open, found) = rest.split_at(at);
            if !open.is_empty() {
                pieces.push(Piece::Open(open));
            }
            pieces.push(piece);
            rest = found.get(length..).unwrap_or_default();
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown_in_any_of_its_forms() {
        let mut veil = Veil::default();
        veil.hide("SHORT", "abc");
        veil.hide("LONG", "abcdef");
        veil.hide("QUOTED", "a\"b\\c");
        veil.hide("AGAIN", "abc");
        assert_eq!(veil.shown("abcdef,abc"), "$LONG,$SHORT");
        assert_eq!(veil.word("x y abcdef"), r#"'x y '"$LONG""#);
        assert_eq!(veil.shown(r#"{"v":"a\"b\\c"}"#), r#"{"v":"$QUOTED"}"#);
        assert_eq!(veil.word(""), "''");
        assert_eq!(format!("{veil:?}"), "Veil([$LONG, $QUOTED, $SHORT])");
    }
}
