//! Where the pieces of a text go: into a string to look at, or into memory to be hashed.

use sha2::{Digest as _, Sha256};

/// Takes the pieces of a text, in their order.
///
/// Signing does not keep the texts in between; to find the step at which two signatures differ, get
/// each text whole here. Both come from the same functions.
pub(super) trait Text {
    fn add(&mut self, piece: &str);
}

impl Text for String {
    fn add(&mut self, piece: &str) {
        self.push_str(piece);
    }
}

impl Text for Vec<u8> {
    fn add(&mut self, piece: &str) {
        self.extend_from_slice(piece.as_bytes());
    }
}

/// The hash of no body.
const OF_NOTHING: &[u8; 64] = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A hash in hexadecimal small letters.
pub(super) struct HexDigest([u8; 64]);

impl HexDigest {
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => HexDigest(*OF_NOTHING),
            bytes => HexDigest::from(<[u8; 32]>::from(Sha256::digest(bytes))),
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<[u8; 32]> for HexDigest {
    fn from(digest: [u8; 32]) -> Self {
        let mut text = [0; 64];
        #[expect(clippy::expect_used, reason = "both lengths stand in the types")]
        hex::encode_to_slice(digest, &mut text).expect("32 bytes are 64 digits");
        HexDigest(text)
    }
}
