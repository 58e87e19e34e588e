//! The formats of values that are known here.

/// The string and number formats that are checked, in the order of the OpenAPI specification and then of the
/// JSON Schema one. `binary` and `password` say nothing about a value that could be checked.
pub const FORMATS: [&str; 18] = [
    "int32",
    "int64",
    "float",
    "double",
    "byte",
    "binary",
    "date",
    "date-time",
    "password",
    "time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "uuid",
];
