//! A ledger in an object store, where the program was built for it.

use std::sync::Arc;

use runpipe::ledger::Ledger;

use crate::process::environment::Environment;
use crate::process::exit::Failure;

/// The variables that say who calls a store, and where it is, as the stores' own programs name them.
#[cfg(feature = "object-store")]
const VARIABLES: [&str; 26] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_ALLOW_HTTP",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AZURE_ALLOW_HTTP",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_ENDPOINT",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_TENANT_ID",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
];

/// Opens the ledger at an address.
#[cfg(feature = "object-store")]
pub fn open(address: &str, environment: &Environment) -> Result<Arc<dyn Ledger>, Failure> {
    use runpipe::ledger::{LedgerError, ObjectStoreLedger};

    let mut options = Vec::new();
    for name in VARIABLES {
        if let Some(value) = environment.text(name)? {
            options.push((name.to_lowercase(), value));
        }
    }
    let ledger = ObjectStoreLedger::open(address, options).map_err(LedgerError::into_error)?;
    Ok(Arc::new(ledger))
}

/// Says that this program cannot.
#[cfg(not(feature = "object-store"))]
pub fn open(_address: &str, _environment: &Environment) -> Result<Arc<dyn Ledger>, Failure> {
    Err(Failure::usage(
        "this program was built without ledgers in object stores",
        "Build it with: cargo install runpipe-cli --features object-store",
    ))
}
