//! Variables: the only place of the program that reads the environment.

use std::ffi::OsString;
use std::fmt;

use runpipe::Service;
use runpipe::auth::Secret;

use super::exit::Failure;

/// Looks a variable up. The program gives the process's own; a test gives what it likes.
type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// The environment.
pub struct Environment(Box<Lookup>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

impl Environment {
    /// An environment in which variables are looked up like this.
    pub fn new(lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Environment(Box::new(lookup))
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

    /// A secret. One that is set to nothing is as good as not set.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, Failure> {
        Ok(self.text(name)?.map(Secret::from))
    }

    /// The address of a service, where a variable names another than the vendor's.
    pub fn base_url(&self, service: Service) -> Result<Option<String>, Failure> {
        let name = service.name().to_uppercase().replace('-', "_");
        let text = self.text(&format!("RUNPIPE_{name}_URL"))?;
        Ok(text.map(|text| text.trim().to_owned()))
    }
}
