//! How strictly a value is judged, and which way it travels.

/// How a field is judged that the document does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// Unknown fields are allowed, as a client must allow them in a vendor's answer.
    Lenient,
    /// Unknown fields are errors, at any depth, except where the schema gives `additionalProperties` or lists
    /// no properties at all.
    Strict,
}

/// Which way a value travels: `readOnly` and `writeOnly` depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the service. A `readOnly` field is not required; strictly checked, it may not be there.
    Request,
    /// From the service. The same for `writeOnly`.
    Response,
    /// Not known, as for an example inside a schema: both kinds of field may be there and may be absent.
    Either,
}
