//! Variables: the only place of the program that reads the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use runpipe::Service;
use runpipe::auth::Secret;

use super::exit::Failure;

/// Looks a variable up. The program gives the process's own; a test gives what it likes.
type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// The environment. Cheap to clone.
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

impl Environment {
    /// An environment in which variables are looked up like this.
    pub fn new(lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Environment(Arc::new(lookup))
    }

    /// The same environment with these variables.
    pub fn with(&self, variables: BTreeMap<String, String>) -> Self {
        let before = Arc::clone(&self.0);
        Environment::new(move |name| match variables.get(name) {
            Some(text) => Some(OsString::from(text)),
            None => before(name),
        })
    }

    /// A variable's text. One that is set to nothing, or to blanks, is as good as not set.
    ///
    /// Fails when the text is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        // The system allows neither in a name.
        if name.is_empty() || name.contains(['=', '\0']) {
            return Ok(None);
        }
        match (self.0)(name).map(OsString::into_string) {
            Some(Ok(text)) if text.trim().is_empty() => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(Failure::usage(
                format!("the variable {name} is not UTF-8 text"),
                "Set it again.",
            )),
            None => Ok(None),
        }
    }

    /// Whether this is a job of a CI system. Most set `CI`.
    pub fn is_job(&self) -> bool {
        let names = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"];
        let mut values = names.iter().map(|name| self.text(name));
        values.any(|value| matches!(value, Ok(Some(_))))
    }

    /// A secret. One that is set to nothing is as good as not set.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, Failure> {
        Ok(self.text(name)?.map(Secret::from))
    }

    /// The address of a service, where a variable names another than the vendor's.
    pub fn base_url(&self, service: Service) -> Result<Option<String>, Failure> {
        let text = self.text(&Self::url_variable(service))?;
        Ok(text.map(|text| text.trim().to_owned()))
    }

    /// The name of that variable.
    pub fn url_variable(service: Service) -> String {
        let name = service.name().to_uppercase().replace('-', "_");
        format!("RUNPIPE_{name}_URL")
    }
}
