//! Every operation and every type of every service by its name in the document, for the contract
//! tests of this crate. Not meant for other users, and without any promise of stability.
//!
//! Calls go the whole way of a real one: builder, session, credential, transport. Only the choice of
//! the operation is made by a text.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::builder::Builder;
use crate::client::{Call, Operation, RetryPolicy, Session};
use crate::error::{Error, Result};
use crate::service::{Service, service_table};
use crate::service_client::{IntoCredential, ServiceClient};

/// What a text chooses of each service of the table.
macro_rules! by_name {
    ($(
        $(#[$doc:meta])*
        $variant:ident, $feature:literal, $folder:ident, $title:literal, [$($part:literal),*];
    )*) => {
        #[allow(unused_variables, reason = "a build without any service uses none")]
        impl Caller {
            /// A caller of the service at `base_url`, with a credential made up for tests.
            ///
            /// # Errors
            ///
            /// [`crate::ErrorKind::Configuration`] when this build does not have the service, or the
            /// address cannot be used.
            pub fn new(service: Service, base_url: &str) -> Result<Self> {
                match service {
                    $(
                        #[cfg(feature = $feature)]
                        Service::$variant => session::<crate::services::$folder::Client>(base_url),
                        #[cfg(not(feature = $feature))]
                        Service::$variant => Err(absent(service)),
                    )*
                }
                .map(|session| Caller { session })
            }

            /// Calls an operation, once, and encodes the decoded answer again. A text answer becomes
            /// a JSON string.
            ///
            /// Parameters go by their names on the wire; those not given are not sent.
            ///
            /// # Errors
            ///
            /// Every kind that a read can fail with; [`crate::ErrorKind::Configuration`] when the
            /// service has no such operation, when a value does not fit the generated type, or when
            /// a required parameter is missing.
            pub async fn call(
                &self,
                operation_id: &str,
                parameters: &Map<String, Value>,
                body: Option<&Value>,
            ) -> Result<Value> {
                let given = &Arguments { parameters, body };
                let service = self.session.service();
                match service {
                    $(
                        #[cfg(feature = $feature)]
                        Service::$variant => {
                            use crate::generated::$folder as generated;
                            let known = generated::contract::OPERATIONS;
                            let facts = generated::operations::ALL;
                            let call = call(&self.session, facts, known, operation_id, given)?;
                            let client = generated::api(&call);
                            let answer = generated::contract::call(&client, operation_id, given).await;
                            answer.unwrap_or_else(|| Err(unknown(service, operation_id)))
                        }
                        #[cfg(not(feature = $feature))]
                        Service::$variant => Err(absent(service)),
                    )*
                }
            }
        }

        /// Decodes a value into the generated type of a component and encodes it again. `None` when
        /// no type is made of the component: it is used by refusals alone.
        #[allow(unused_variables, reason = "a build without any service uses none")]
        pub fn recode(
            service: Service,
            component: &str,
            value: Value,
        ) -> Option<serde_json::Result<Value>> {
            match service {
                $(
                    #[cfg(feature = $feature)]
                    Service::$variant => crate::generated::$folder::contract::recode(component, value),
                    #[cfg(not(feature = $feature))]
                    Service::$variant => None,
                )*
            }
        }

        /// The schema that the generated type of each component says it has.
        #[cfg(feature = "schemars")]
        pub fn schemas(service: Service) -> Vec<(&'static str, schemars::Schema)> {
            match service {
                $(
                    #[cfg(feature = $feature)]
                    Service::$variant => crate::generated::$folder::contract::schemas(),
                    #[cfg(not(feature = $feature))]
                    Service::$variant => Vec::new(),
                )*
            }
        }
    };
}
service_table!(by_name);

#[cfg(not(every_service))]
fn absent(service: Service) -> Error {
    Error::configuration("this build does not have it").on_service(service)
}

/// Calls the operations of one service by name.
#[derive(Clone, Debug)]
pub struct Caller {
    session: Session,
}

/// A session as the service's own client has it, whose calls send what they are given alone.
fn session<C: ServiceClient>(base_url: &str) -> Result<Session> {
    let builder = Builder::<C>::new()
        .base_url(base_url)
        .credentials(C::Credentials::made_up());
    let client = builder
        .retry(RetryPolicy::none())
        .requests_per_second(1e6)
        .build()?;
    Ok(client.session().bare())
}

/// The call as a folder would begin it, with the values that go into its path.
fn call(
    session: &Session,
    facts: &[&'static Operation],
    known: &[(&'static str, &'static [&'static str])],
    id: &str,
    given: &Arguments<'_>,
) -> Result<Call> {
    let operation = facts.iter().find(|operation| operation.id == id);
    let path = known.iter().find(|(name, _)| *name == id);
    let Some((operation, (_, path))) = operation.zip(path) else {
        return Err(unknown(session.service(), id));
    };
    let mut call = session.call(operation);
    for name in *path {
        match given.parameters.get(*name) {
            Some(Value::String(text)) => call = call.at(name, text),
            Some(value) => call = call.at(name, value),
            None => {}
        }
    }
    Ok(call)
}

fn unknown(service: Service, id: &str) -> Error {
    Error::configuration(format!("the service has no operation {id:?}")).on_service(service)
}

/// What an operation is called with.
pub(crate) struct Arguments<'a> {
    parameters: &'a Map<String, Value>,
    body: Option<&'a Value>,
}

impl Arguments<'_> {
    /// A parameter as the type that its setter takes.
    pub fn parameter<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let value = self.parameters.get(name).cloned();
        value.map(|value| decoded(name, value)).transpose()
    }

    pub fn body(&self) -> Option<Value> {
        self.body.cloned()
    }
}

pub(crate) fn decoded<T: DeserializeOwned>(what: &str, value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|fault| unfit(what, &fault))
}

/// Makes a form field that holds JSON text out of the object that is in it, by way of its type.
pub(crate) fn field_as_text<T>(form: &mut Value, field: &str) -> Result<()>
where
    T: DeserializeOwned + Serialize,
{
    let Some(value) = form.get_mut(field) else {
        return Ok(());
    };
    let typed: T = decoded(field, value.take())?;
    let text = serde_json::to_string(&typed);
    *value = Value::String(text.map_err(|fault| unfit(field, &fault))?);
    Ok(())
}

fn unfit(what: &str, fault: &serde_json::Error) -> Error {
    Error::configuration(format!("{what}: {fault}"))
}

pub(crate) fn recoded<T>(value: Value) -> serde_json::Result<Value>
where
    T: DeserializeOwned + Serialize,
{
    serde_json::to_value(serde_json::from_value::<T>(value)?)
}

/// A decoded answer, encoded again.
pub(crate) fn json<T: Serialize>(answer: T) -> Result<Value> {
    serde_json::to_value(answer).map_err(|fault| unfit("the answer", &fault))
}

/// An answer that is text.
pub(crate) fn text(answer: &[u8]) -> Value {
    String::from_utf8_lossy(answer).into()
}
