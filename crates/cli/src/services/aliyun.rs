//! Aliyun Yunxiao, with access keys.

use std::time::Duration;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use runpipe::Service;
use runpipe::aliyun::{Client, Credentials, PipelineRef, types};

use crate::environment::Environment;
use crate::exit::Failure;
use crate::pipeline::{Meant, Pipeline};
use crate::proof::Proof;
use crate::vendor::{Ready, RunList, Vendor, Words};

use super::flow::Params;

/// Aliyun Yunxiao (Flow).
pub struct Aliyun;

/// A pipeline of Aliyun Yunxiao.
#[derive(Args)]
pub struct Place {
    /// The organization's id, as in the console's address after /organization/.
    #[arg(long)]
    organization_id: String,

    /// The pipeline's number or name; id:7 or name:007 where it could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pipeline: Pipeline,
}

impl Vendor for Aliyun {
    const PLACE_FLAGS: Words = &["--organization-id"];
    const EXAMPLE: Words = &["--env", "GREETING=hello", "--comment", "example"];
    const PROOF: Proof = Proof {
        ways: &[&[
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        ]],
        from: "in the RAM console, as a user's AccessKey (a temporary one has ALIBABA_CLOUD_SECURITY_TOKEN too)",
        allows: "devops:StartPipelineRun",
    };

    type Client = Client;
    type Place = Place;
    type Listing = Place;
    type Request = Params;

    /// The credentials for Aliyun: an access key, lasting or temporary.
    fn credentials(environment: &Environment) -> Result<Credentials, Failure> {
        let names = [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        ];
        let [id, secret] = names;
        let (Some(id), Some(secret)) = (environment.text(id)?, environment.secret(secret)?) else {
            return Err(Self::PROOF.missing(Service::Aliyun));
        };
        let id = id.trim();
        Ok(match environment.secret("ALIBABA_CLOUD_SECURITY_TOKEN")? {
            Some(token) => Credentials::temporary_access_key(id, secret, token),
            None => Credentials::access_key(id, secret),
        })
    }

    async fn body(
        flags: &Params,
        _environment: &Environment,
    ) -> Result<types::StartPipelineRunParams, Failure> {
        flags.read().await
    }

    async fn find(
        place: &Place,
        client: &Client,
        before_a_start: Option<Duration>,
    ) -> Result<PipelineRef, Failure> {
        let organization = &place.organization_id;
        let list = client.pipelines(organization);
        let list = list.map_ok(|one| (one.pipeline_id, vec![one.pipeline_name]));
        Ok(match place.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => PipelineRef::new(organization, *id),
            Meant::Name(name) => client.pipeline_named(organization, name).await?,
        })
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        vec![
            ("--organization-id", &ready.place.organization_id),
            ("--pipeline", ready.place.pipeline.text()),
        ]
    }

    async fn list(place: &Place, client: &Client) -> Result<RunList, Failure> {
        let pipeline = Self::find(place, client, None).await?;
        Ok(client.list(&pipeline).boxed())
    }
}
