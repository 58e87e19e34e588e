//! Responses.

use super::super::document::Document;
use super::super::schema::{Direction, Strictness};
use super::body::{Body, body_violation};
use super::parameters::response_headers;
use super::{Violation, ViolationKind, header};

impl Document {
    /// Checks an answer to the operation `operation_id`: its status is documented (exactly, as a range such as
    /// `4XX`, or by `default`), its required headers are there, its type and body are as described. Headers that
    /// the document does not know are always allowed.
    ///
    /// Strictly checked, fields that the document does not know are violations, and so is a body
    /// where none is documented. Leniently checked, both are ignored, as a client does.
    #[must_use]
    pub fn validate_response(
        &self,
        operation_id: &str,
        status: u16,
        headers: &[(&str, &str)],
        body: &[u8],
        strictness: Strictness,
    ) -> Vec<Violation> {
        let Some(operation) = self.operation(operation_id) else {
            let message = format!("the document has no operation `{operation_id}`");
            return vec![Violation::new(ViolationKind::Path, "response", message)];
        };
        let Some(documented) = operation.response(status) else {
            let known = operation.responses.iter();
            let known: Vec<String> = known.map(|known| known.status.to_string()).collect();
            let message = format!("{status} is not documented, only {}", known.join(", "));
            return vec![Violation::new(ViolationKind::Status, "status", message)];
        };
        let mut violations = Vec::new();
        response_headers(self, &documented.headers, headers, &mut violations);
        let body = Body {
            content_type: header(headers, "content-type"),
            bytes: body,
            direction: Direction::Response,
            strictness,
        };
        let bodiless = operation.method == "HEAD" || matches!(status, 100..=199 | 204 | 304);
        if bodiless || documented.content.is_empty() {
            if !body.bytes.is_empty() && (bodiless || strictness == Strictness::Strict) {
                violations.extend(body_violation("is present, but none is documented"));
            }
        } else if body.is_absent() {
            violations.extend(body_violation("is missing"));
        } else if let Err(more) = body.check(self, &documented.content) {
            violations.extend(more);
        }
        violations
    }
}
