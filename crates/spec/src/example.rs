//! The examples that a document gives for its messages.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::Document;
use super::operation::{MediaType, Operation, Parameter, StatusPattern};
use crate::keyed::Keyed;

/// The name of an example that the document gives without one (`example` in place of `examples`).
pub const UNNAMED: &str = "example";

/// A documented example of a request body.
#[derive(Debug, Clone)]
pub struct RequestExample<'d> {
    /// Its key under `examples`, or [`UNNAMED`].
    pub name: &'d str,
    /// The media type that it is written for.
    pub media_type: &'d str,
    /// The decoded body: of a form the object of its fields, of a text a string.
    pub value: &'d Value,
}

/// A documented example of an answer.
#[derive(Debug, Clone)]
pub struct ResponseExample<'d> {
    /// Its key under `examples`, or [`UNNAMED`].
    pub name: &'d str,
    /// The statuses of the answer that it belongs to.
    pub status: StatusPattern,
    /// The media type that it is written for.
    pub media_type: &'d str,
    /// An example of each documented header of the answer that has one.
    pub headers: BTreeMap<&'d str, &'d Value>,
    /// The decoded body.
    pub value: &'d Value,
}

impl Document {
    /// The examples of the request body, media type by media type.
    #[must_use]
    pub fn request_examples<'d>(&'d self, operation: &'d Operation) -> Vec<RequestExample<'d>> {
        let content = operation.request_body.iter().flat_map(|body| &body.content);
        let named = content.flat_map(|media_type| {
            self.body_examples(media_type)
                .into_iter()
                .map(|(name, value)| RequestExample {
                    name,
                    media_type: &media_type.range,
                    value,
                })
        });
        named.collect()
    }

    /// The examples of all answers. An answer without a body has none.
    #[must_use]
    pub fn response_examples<'d>(&'d self, operation: &'d Operation) -> Vec<ResponseExample<'d>> {
        let mut examples = Vec::new();
        for response in &operation.responses {
            let shown = response.headers.iter().filter_map(|header| {
                let example = self.parameter_example(header)?;
                Some((header.name.as_str(), example))
            });
            let mut headers = BTreeMap::new();
            headers.extend(shown);
            for media_type in &response.content {
                for (name, value) in self.body_examples(media_type) {
                    examples.push(ResponseExample {
                        name,
                        status: response.status,
                        media_type: &media_type.range,
                        headers: headers.clone(),
                        value,
                    });
                }
            }
        }
        examples
    }

    /// An example value of a parameter or header: its own, else that of its schema, else the schema's default.
    #[must_use]
    pub fn parameter_example<'d>(&'d self, parameter: &Parameter) -> Option<&'d Value> {
        let own = self.named_examples(&parameter.pointer).into_iter().next();
        own.map(|(_, value)| value)
            .or_else(|| self.schema_example(&parameter.schema))
            .or_else(|| self.at(&parameter.schema)?.get("default"))
    }

    fn body_examples<'d>(&'d self, media_type: &MediaType) -> Vec<(&'d str, &'d Value)> {
        let named = self.named_examples(&media_type.pointer);
        if !named.is_empty() {
            return named;
        }
        let schema = media_type.schema.as_deref();
        let example = schema.and_then(|schema| self.schema_example(schema));
        Vec::from_iter(example.map(|value| (UNNAMED, value)))
    }

    /// `example` and `examples` of the object at `pointer`.
    fn named_examples<'d>(&'d self, pointer: &str) -> Vec<(&'d str, &'d Value)> {
        let Some(owner) = self.at(pointer) else {
            return Vec::new();
        };
        let single = owner.get("example").map(|value| (UNNAMED, value));
        let several = owner.entries("examples");
        let several = several.filter_map(|(name, example)| {
            Some((name.as_str(), self.resolve(example).get("value")?))
        });
        single.into_iter().chain(several).collect()
    }

    fn schema_example(&self, pointer: &str) -> Option<&Value> {
        self.at(pointer)?.get("example")
    }
}
