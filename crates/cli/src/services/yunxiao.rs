//! Yunxiao's token API.

use std::time::Duration;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use runpipe::yunxiao::{Client, Credentials, PipelineRef, types};

use crate::flags::fields::Fields;
use crate::flags::pipeline::Meant;
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::vendor::proof::Proof;
use crate::vendor::{Access, ListedPipeline, PipelineList, Ready, RunList, Vendor, Words};

use super::flow::{self, FIELDS, Params};

/// The name of a Region instance that is called through another address.
const HOST: &str = "RUNPIPE_YUNXIAO_HOST";

/// Yunxiao Flow through its newer API, with personal access tokens.
pub struct Yunxiao;

/// An organization of Yunxiao.
#[derive(Args)]
pub struct Site {
    /// The organization's id, from the basic information of its administration console. Left out
    /// (or -) on a Region instance, whose address is given by --base-url or RUNPIPE_YUNXIAO_URL.
    #[arg(long, allow_hyphen_values = true)]
    organization_id: Option<String>,
}

type Place = flow::Place<Site>;

impl Vendor for Yunxiao {
    const PLACE_FLAGS: Words = &["--organization-id"];
    const EXAMPLE: Words = &["--env", "GREETING=hello", "--comment", "example"];
    const PROOF: Proof = Proof {
        ways: &[&["YUNXIAO_ACCESS_TOKEN"]],
        also: &[],
        from: "in the account's settings, as a personal access token",
        allows: "pipeline runs (read and write) and job runs (read)",
    };
    const FIELDS: Fields = FIELDS;

    type Client = Client;
    type Site = Site;
    type Place = Place;
    type Listing = Place;
    type Request = Params;

    /// The credential for Yunxiao: a personal access token.
    fn credentials(environment: &Environment) -> Result<Option<Credentials>, Failure> {
        let token = environment.secret("YUNXIAO_ACCESS_TOKEN")?;
        Ok(token.map(Credentials::token))
    }

    /// A Region instance finds its tenant by the `Host` header.
    fn configured(client: Client, access: Access<'_>) -> Result<Client, Failure> {
        Ok(match access.environment.text(HOST)? {
            Some(host) => client.with_host(host.trim())?,
            None => client,
        })
    }

    async fn body(
        flags: &Params,
        _environment: &Environment,
    ) -> Result<types::CreatePipelineRunParams, Failure> {
        flags.read().await
    }

    async fn find(
        place: &Place,
        client: &Client,
        before_a_start: Option<Duration>,
    ) -> Result<PipelineRef, Failure> {
        let organization = place.site.organization_id.as_deref();
        let list = client.pipelines(organization);
        let list = list.map_ok(|one| (one.pipeline_id, vec![one.pipeline_name]));
        Ok(match place.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => PipelineRef {
                organization_id: place.site.organization_id.clone(),
                pipeline_id: *id,
            },
            Meant::Name(name) => client.pipeline_named(organization, name).await?,
        })
    }

    async fn warnings(ready: &Ready<Self>) -> Vec<String> {
        flow::ignored(&ready.body, ready.client.pipeline(&ready.pipeline).await)
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        let organization = ready.place.site.organization_id.as_deref();
        let organization = organization.map(|id| ("--organization-id", id));
        let pipeline = ("--pipeline", ready.place.pipeline.text());
        organization.into_iter().chain([pipeline]).collect()
    }

    async fn pipelines(site: &Site, client: &Client) -> Result<PipelineList, Failure> {
        let list = client.pipelines(site.organization_id.as_deref());
        let listed =
            list.map_ok(|one| ListedPipeline::new(one.pipeline_id, one.pipeline_name, None));
        Ok(listed.boxed())
    }

    async fn list(place: &Place, client: &Client) -> Result<RunList, Failure> {
        let pipeline = Self::find(place, client, None).await?;
        Ok(client.list(&pipeline).boxed())
    }
}
