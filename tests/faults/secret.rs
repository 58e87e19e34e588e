//! Whether a text shows a secret, in any form in which a server may repeat it.

use runpipe_testing::EchoForm;

/// The form in which a text shows a secret, if it does.
pub fn shown(text: &str, secret: &str) -> Option<EchoForm> {
    let text = joined(text);
    let is_in = |form: &EchoForm| text.contains(&joined(&form.write(secret)));
    EchoForm::ALL.into_iter().find(is_in)
}

/// The form in which a text shows the beginning of a secret whose rest was cut off, if it does.
pub fn begins(text: &str, secret: &str) -> Option<EchoForm> {
    shown(text, secret.get(..BEGINNING)?)
}

/// So much of a secret would help somebody. Base64 of it is the beginning of the whole one's.
const BEGINNING: usize = 6;

/// Without line breaks, escaped ones included, and blanks.
fn joined(text: &str) -> String {
    let text = text.replace("\\r", "").replace("\\n", "");
    let kept = |c: &char| !c.is_whitespace() && !c.is_control();
    text.chars().filter(kept).collect()
}
