//! An OpenAPI 3.0 document, read once: its operations with every reference followed, and its schemas.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::finding::Finding;
use super::lint;
use super::operation::Operation;
use super::outline::Outline;
use super::pointer::follow;
use super::reading::operations;
use super::refuse;
use super::router::Router;
use super::schema::Schemas;

/// A document that can judge requests and responses. `Send` and `Sync`: share it with an [`Arc`].
pub struct Document {
    file: String,
    root: Arc<Value>,
    operations: Vec<Operation>,
    pub(super) router: Router,
    schemas: Schemas,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.operations.iter();
        let ids: Vec<&str> = operations.map(|operation| operation.id.as_str()).collect();
        f.debug_struct("Document")
            .field("file", &self.file)
            .field("operations", &ids)
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Reads a document from JSON text. `file` is only named in findings.
    ///
    /// # Errors
    /// All reasons at once why the document cannot be used to judge messages: the text is not JSON,
    /// it is not OpenAPI 3.0, a `$ref` leads nowhere, or it uses a keyword that is not implemented
    /// here (a `multipart` body, a cookie parameter, a query style other than `form`, …). Nothing
    /// that would be checked by another tool is silently left unchecked. Faults that do not prevent
    /// this are left to the lint.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let root = lint::parse(file, text)?;
        let outline = Outline::new(&root);
        refuse::check(file, text, &outline)?;
        let operations = operations(&outline);
        let router = Router::new(operations.iter().map(|operation| operation.path.as_str()));
        let root = Arc::new(root);
        let schemas = Schemas::shared(Arc::clone(&root));
        Ok(Self {
            file: file.to_owned(),
            root,
            operations,
            router,
            schemas,
        })
    }

    /// The name that the document was read under.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The whole document as it is written.
    #[must_use]
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Its schemas.
    #[must_use]
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// All operations, by path and then by method.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation with this `operationId`.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The value that `value` refers to: itself, or the target of its `$ref`.
    #[must_use]
    pub fn resolve<'d>(&'d self, value: &'d Value) -> &'d Value {
        follow(&self.root, value).unwrap_or(value)
    }

    /// The value at a JSON pointer, with a `$ref` there followed.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer).map(|value| self.resolve(value))
    }
}
