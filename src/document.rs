//! The OpenAPI documents that the clients are generated from.

use std::fmt;

use miniz_oxide::inflate::decompress_to_vec;

/// The OpenAPI 3.0 document of a service, in JSON, as in `specs/`.
///
/// It is kept compressed, in a tenth of its size.
#[derive(Clone, Copy)]
pub struct Document {
    packed: &'static [u8],
}

impl Document {
    pub(crate) const fn new(packed: &'static [u8]) -> Self {
        Document { packed }
    }

    /// The text. Each call decompresses it.
    pub fn text(self) -> String {
        // The build script has packed it, out of text: neither step fails.
        let text = decompress_to_vec(self.packed).unwrap_or_default();
        String::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document")
    }
}
