//! Starts a run on Azure DevOps with a token of `az`, `azd` or a workload identity.
//!
//! `az login`, then `cargo run --manifest-path examples/azure-identity/Cargo.toml -- ORGANIZATION PROJECT PIPELINE_ID`,
//! with `RUNPIPE_AZURE_DEVOPS_URL` for another server, such as the sandbox. In a pod with workload identity the variables
//! that the webhook sets are enough.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind;
use azure_identity::{DeveloperToolsCredential, WorkloadIdentityCredential};
use chrono::DateTime;
use runpipe::BoxFuture;
use runpipe::auth::{Expiring, ProviderError, Secret, TokenProvider};
use runpipe::azure_devops::{Client, Credentials, PipelineRef, SCOPE, types};

/// Any credential of the Azure SDK.
struct AzureIdentity(Arc<dyn TokenCredential>);

impl TokenProvider for AzureIdentity {
    fn token(&self) -> BoxFuture<'_, Result<Expiring<Secret>, ProviderError>> {
        Box::pin(async move {
            let token = self.0.get_token(&[SCOPE], None).await.map_err(why)?;
            let secret = Secret::from(token.token.secret());
            let end = DateTime::from_timestamp(token.expires_on.unix_timestamp(), 0);
            Ok(match end {
                Some(end) => Expiring::at(secret, end),
                None => Expiring::unknown(secret),
            })
        })
    }
}

/// The SDK's own sentences may quote what it sent, so they go no further than this.
fn why(error: azure_core::Error) -> ProviderError {
    match error.kind() {
        ErrorKind::Connection | ErrorKind::Io => {
            ProviderError::unavailable("Entra ID gave no answer")
        }
        ErrorKind::HttpResponse { status, .. } if status.is_server_error() => {
            ProviderError::unavailable("Entra ID is not available")
        }
        _ => ProviderError::refused(
            "no credential of Azure gives a token: run `az login`, or see `az account get-access-token`",
        ),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(organization), Some(project), Some(pipeline)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("give an organization, a project and the number of a pipeline".into());
    };
    let identity: Arc<dyn TokenCredential> = match std::env::var_os("AZURE_FEDERATED_TOKEN_FILE") {
        Some(_) => WorkloadIdentityCredential::new(None)?,
        None => DeveloperToolsCredential::new(None)?,
    };
    let mut builder = Client::builder().credentials(Credentials::provider(AzureIdentity(identity)));
    if let Ok(url) = std::env::var("RUNPIPE_AZURE_DEVOPS_URL") {
        builder = builder.base_url(url);
    }
    let azure = builder.build()?;
    let pipeline = PipelineRef::new(organization, project, pipeline.parse()?);
    let parameters = types::RunPipelineParameters::default();
    let run = azure.start(&pipeline, &parameters).await?;
    println!("{}", run.reference);
    Ok(())
}
