//! The forms in which a server may repeat what it was sent.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Plain,
    Percent,
    SmallPercent,
    TwicePercent,
    JsonUnicode,
    JsonSolidus,
    HtmlEntities,
    Base64,
    Base64Url,
    /// As Basic sends it.
    BasicPair,
    Hex,
    /// Broken by a line end.
    TwoLines,
}

impl Form {
    pub const ALL: [Form; 12] = [
        Form::Plain,
        Form::Percent,
        Form::SmallPercent,
        Form::TwicePercent,
        Form::JsonUnicode,
        Form::JsonSolidus,
        Form::HtmlEntities,
        Form::Base64,
        Form::Base64Url,
        Form::BasicPair,
        Form::Hex,
        Form::TwoLines,
    ];

    pub fn of(self, secret: &str) -> String {
        let each = |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>();
        match self {
            Form::Plain => secret.to_owned(),
            Form::Percent => each(&|c| format!("%{:02X}", c as u32)),
            Form::SmallPercent => each(&|c| match c.is_ascii_alphanumeric() {
                true => c.to_string(),
                false => format!("%{:02x}", c as u32),
            }),
            Form::TwicePercent => each(&|c| format!("%25{:02X}", c as u32)),
            Form::JsonUnicode => each(&|c| format!("\\u{:04x}", c as u32)),
            Form::JsonSolidus => secret.replace('/', "\\/"),
            Form::HtmlEntities => each(&|c| format!("&#x{:x};", c as u32)),
            Form::Base64 => BASE64_STANDARD.encode(secret),
            Form::Base64Url => BASE64_URL_SAFE_NO_PAD.encode(format!("a{secret}")),
            Form::BasicPair => BASE64_STANDARD.encode(format!(":{secret}")),
            Form::Hex => each(&|c| format!("{:02x}", c as u32)),
            Form::TwoLines => {
                let (one, two) = secret.split_at(secret.len() / 2);
                format!("{one}\\r\\n{two}")
            }
        }
    }
}

/// The form in which a text shows a secret, if it does.
pub fn shown(text: &str, secret: &str) -> Option<Form> {
    let joined: String = text
        .replace("\\r", "")
        .replace("\\n", "")
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    Form::ALL.into_iter().find(|form| {
        let form = form.of(secret);
        text.contains(&form) || joined.contains(&form)
    })
}
