//! Requests.

use super::super::document::Document;
use super::super::operation::Operation;
use super::super::route::NoRoute;
use super::super::schema::{Direction, Strictness};
use super::super::schema_error::shortened;
use super::body::{Body, body_violation};
use super::parameters::parameters;
use super::security::security;
use super::{Matched, RequestParts, Violation, ViolationKind, header, text};

impl Document {
    /// Finds the operation of a request and checks everything that the document says about it, strictly: query
    /// parameters and body fields that the document does not know are violations. Headers that it does not know
    /// never are.
    ///
    /// # Errors
    /// Everything that is wrong with the request, at once; only when no operation is found, or the body cannot
    /// be read at all, the list ends there.
    pub fn validate_request(&self, parts: &RequestParts<'_>) -> Result<Matched, Vec<Violation>> {
        self.validate_request_with(parts, Strictness::Strict)
    }

    /// [`Document::validate_request`] with the caller's choice of strictness. If lenient, unknown
    /// query parameters and fields are ignored, and so is a body where none is documented.
    ///
    /// # Errors
    /// As there.
    pub fn validate_request_with(
        &self,
        parts: &RequestParts<'_>,
        strictness: Strictness,
    ) -> Result<Matched, Vec<Violation>> {
        let route = self.route(parts.method, parts.path).map_err(|reason| {
            let kind = match reason {
                NoRoute::Path => ViolationKind::Path,
                NoRoute::Method { .. } => ViolationKind::Method,
            };
            let (method, path) = (shortened(parts.method, 20), shortened(parts.path, 120));
            let place = format!("{method} {path}");
            vec![Violation::new(kind, place, reason.to_string())]
        })?;
        let operation = route.operation;
        let mut violations = Vec::new();
        let query = text::pairs(parts.query).unwrap_or_default();
        violations.extend(security(operation, parts.headers, &query));
        let found = parameters(self, &route, parts, strictness, &mut violations);
        let body = self.request_body(operation, parts, strictness);
        let body = body.unwrap_or_else(|more| {
            violations.extend(more);
            None
        });
        if !violations.is_empty() {
            return Err(violations);
        }
        Ok(Matched {
            operation_id: operation.id.clone(),
            path_parameters: found.path,
            query: found.query,
            headers: found.headers,
            body,
        })
    }

    fn request_body(
        &self,
        operation: &Operation,
        parts: &RequestParts<'_>,
        strictness: Strictness,
    ) -> Result<Option<serde_json::Value>, Vec<Violation>> {
        let body = Body {
            content_type: header(parts.headers, "content-type"),
            bytes: parts.body,
            direction: Direction::Request,
            strictness,
        };
        let violation = |message| Err(body_violation(message));
        match &operation.request_body {
            None if body.bytes.is_empty() || strictness == Strictness::Lenient => Ok(None),
            None => violation("the operation takes no body"),
            Some(documented) if body.is_absent() && documented.required => violation("is missing"),
            Some(_) if body.is_absent() => Ok(None),
            Some(documented) => body.check(self, &documented.content),
        }
    }
}
