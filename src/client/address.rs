//! The address of a call. The base URL has been read once: for each call only the path is.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Url;

use super::Call;

/// What a segment of a path may not hold as it is (URL standard), `%` and `/` among it.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

impl Call {
    /// The address at which a path is, below the base URL: what is further down for all operations,
    /// and the operation's own. `*` stands for each value of the call, in their order.
    pub(crate) fn address(&self, further: &str, operation: &str) -> Url {
        let mut url = self.session().base().clone();
        let mut path = String::with_capacity(128);
        path.push_str(url.path().trim_end_matches('/'));
        let mut values = self.path_values();
        let texts = [further, operation].into_iter();
        for piece in texts.flat_map(|text| text.split_inclusive('*')) {
            let Some(before) = piece.strip_suffix('*') else {
                path.push_str(piece);
                continue;
            };
            path.push_str(before);
            match values.next() {
                Some((_, value)) => path.extend(utf8_percent_encode(value, SEGMENT)),
                None => self.lacks_a_value(),
            }
        }
        url.set_path(&path);
        url
    }
}
