//! Media types, as far as it matters what they mean.

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A media type without its parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    let plain = media_type.split(';').next().unwrap_or_default();
    plain.trim().to_ascii_lowercase()
}

/// A page for a person: documented with a 2xx it is not a success (a sign-in page).
pub(crate) fn is_html(media_type: &str) -> bool {
    essence(media_type) == "text/html"
}

/// Whether bodies of this media type are JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let plain = essence(media_type);
    plain == JSON || plain.ends_with("+json")
}

/// Whether bodies of this media type are forms.
pub(crate) fn is_form(media_type: &str) -> bool {
    essence(media_type) == FORM
}
