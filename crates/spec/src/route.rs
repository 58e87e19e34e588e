//! Which operation a method and a path belong to.

use std::collections::BTreeMap;
use std::fmt;

use super::document::Document;
use super::operation::Operation;

/// An operation that was found, with the decoded values of its path parameters.
#[derive(Debug, Clone)]
pub struct Route<'d> {
    /// The operation.
    pub operation: &'d Operation,
    /// Value of each path parameter, percent-decoded.
    pub path_parameters: BTreeMap<String, String>,
}

/// Why no operation was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoute {
    /// No path of the document fits. A server answers 404.
    Path,
    /// A path fits, but not with this method. A server answers 405 and names the others.
    Method {
        /// The methods that the path has, in capitals and in alphabetical order.
        allowed: Vec<String>,
    },
}

impl fmt::Display for NoRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("the document has no such path"),
            Self::Method { allowed } => {
                let allowed = allowed.join(", ");
                write!(f, "the path does not have this method, only {allowed}")
            }
        }
    }
}

impl Document {
    /// Finds the operation of a request.
    ///
    /// `path` is relative to the base path of a server, as in the request line, without the query.
    /// It is cut at each `/` first and decoded afterwards, so that an encoded slash stays part of a value. A path
    /// parameter is never empty. Where several paths fit, the one with the most literal characters wins, among
    /// equals the one that is literal further to the left; a path that lacks the method gives way to one that
    /// has it.
    ///
    /// # Errors
    /// [`NoRoute`] when no path fits, or none with this method.
    pub fn route(&self, method: &str, path: &str) -> Result<Route<'_>, NoRoute> {
        let method = method.to_ascii_uppercase();
        let mut allowed: Vec<String> = Vec::new();
        for (template, path_parameters) in self.router.matches(path) {
            let operations = self.operations().iter();
            let mut here = operations.filter(|operation| operation.path == template);
            match here.clone().find(|operation| operation.method == method) {
                Some(operation) => {
                    return Ok(Route {
                        operation,
                        path_parameters,
                    });
                }
                None => allowed.extend(here.by_ref().map(|operation| operation.method.clone())),
            }
        }
        if allowed.is_empty() {
            return Err(NoRoute::Path);
        }
        allowed.sort();
        allowed.dedup();
        Err(NoRoute::Method { allowed })
    }
}
