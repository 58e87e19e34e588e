//! A call, before it is made: which, to what, and whether it may be made twice.

use std::ops::Deref;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::retry::Repeat;
use crate::run::{RunRef, check_path_value};
use crate::service::Service;

/// One call of one operation. Cheap to clone: each attempt holds one.
#[derive(Clone, Debug)]
pub(crate) struct Operation(Arc<Details>);

#[derive(Clone, Debug)]
pub(crate) struct Details {
    /// The `operationId`.
    pub id: &'static str,
    pub repeat: Repeat,
    /// The values that go into the path, with what they are.
    pub path: Vec<(&'static str, String)>,
    pub run: Option<RunRef>,
}

impl Deref for Operation {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl Operation {
    fn new(id: &'static str, repeat: Repeat) -> Self {
        Operation(Arc::new(Details {
            id,
            repeat,
            path: Vec::with_capacity(4),
            run: None,
        }))
    }

    /// A call that may be repeated freely.
    pub fn read(id: &'static str) -> Self {
        Operation::new(id, Repeat::Freely)
    }

    /// A call that must not happen twice.
    pub fn once(id: &'static str) -> Self {
        Operation::new(id, Repeat::Never)
    }

    /// Names a value of the path.
    pub fn at(mut self, name: &'static str, value: impl ToString) -> Self {
        Arc::make_mut(&mut self.0)
            .path
            .push((name, value.to_string()));
        self
    }

    /// Names the run that the call is about.
    pub fn of(mut self, run: &RunRef) -> Self {
        Arc::make_mut(&mut self.0).run = Some(run.clone());
        self
    }

    /// The call's values in words: `workspace acme, pipeline 2`.
    pub fn subject(&self) -> String {
        let values: Vec<String> = self
            .path
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        crate::error::one_line(&values.join(", "))
    }

    /// Refuses what would change the path that is called.
    pub fn check(&self, service: Service) -> Result<()> {
        for (name, value) in &self.path {
            check_path_value(value).map_err(|fault| {
                Error::configuration(format!("the {name} {fault}")).to(service, self.id)
            })?;
        }
        Ok(())
    }
}
