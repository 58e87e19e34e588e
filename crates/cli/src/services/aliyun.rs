//! Aliyun Yunxiao, with access keys.

use std::time::Duration;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use runpipe::Rehearsal;
use runpipe::aliyun::{Client, Credentials, PipelineRef, types};
use runpipe::auth::acs3::{SigningRequest, canonical_request, string_to_sign};

use crate::flags::fields::Fields;
use crate::flags::pipeline::Meant;
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::vendor::proof::Proof;
use crate::vendor::{ListedPipeline, PipelineList, Ready, RunList, Signature, Vendor, Words};

use super::flow::{self, FIELDS, Params};

/// The variables of an access key.
const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// Aliyun Yunxiao (Flow).
pub struct Aliyun;

/// An organization of Aliyun Yunxiao.
#[derive(Args)]
pub struct Site {
    /// The organization's id, as in the console's address after /organization/.
    #[arg(long)]
    organization_id: String,
}

type Place = flow::Place<Site>;

impl Vendor for Aliyun {
    const PLACE_FLAGS: Words = &["--organization-id"];
    const EXAMPLE: Words = &["--env", "GREETING=hello", "--comment", "example"];
    const PROOF: Proof = Proof {
        ways: &[&[ID, SECRET]],
        also: &[TOKEN],
        from: "in the RAM console, as a user's AccessKey (a temporary one also has \
               ALIBABA_CLOUD_SECURITY_TOKEN)",
        allows: "devops:StartPipelineRun",
    };
    const FIELDS: Fields = FIELDS;

    type Client = Client;
    type Site = Site;
    type Place = Place;
    type Listing = Place;
    type Request = Params;

    /// The credentials for Aliyun: an access key, lasting or temporary.
    fn credentials(environment: &Environment) -> Result<Option<Credentials>, Failure> {
        let (Some(id), Some(secret)) = (environment.text(ID)?, environment.secret(SECRET)?) else {
            return Ok(None);
        };
        let id = id.trim();
        Ok(Some(match environment.secret(TOKEN)? {
            Some(token) => Credentials::temporary_access_key(id, secret, token),
            None => Credentials::access_key(id, secret),
        }))
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
        let organization = &place.site.organization_id;
        let list = client.pipelines(organization);
        let list = list.map_ok(|one| (one.pipeline_id, vec![one.pipeline_name]));
        Ok(match place.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => PipelineRef::new(organization, *id),
            Meant::Name(name) => client.pipeline_named(organization, name).await?,
        })
    }

    fn signature(rehearsal: &Rehearsal) -> Option<Signature> {
        let request = rehearsal.request();
        let claimed = request.headers().get("authorization")?.to_str().ok()?;
        let (header, _) = claimed.rsplit_once("Signature=")?;
        let (_, names) = header.split_once("SignedHeaders=")?;
        let names: Vec<&str> = names.trim_end_matches(',').split(';').collect();
        let (uri, host) = (request.uri(), request.uri().authority()?.as_str());
        let signed = SigningRequest::new(request.method().as_str(), host, uri.path())
            .with_query(uri.query().unwrap_or_default())
            .with_headers(request.headers())
            .with_body(request.body());
        let canonical = canonical_request(&signed, &names).ok()?;
        Some(Signature {
            string_to_sign: string_to_sign(&canonical),
            canonical: canonical.text,
            header: format!("{header}Signature="),
            secret: SECRET,
        })
    }

    async fn warnings(ready: &Ready<Self>) -> Vec<String> {
        flow::ignored(&ready.body, ready.client.pipeline(&ready.pipeline).await)
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        vec![
            ("--organization-id", &ready.place.site.organization_id),
            ("--pipeline", ready.place.pipeline.text()),
        ]
    }

    async fn pipelines(site: &Site, client: &Client) -> Result<PipelineList, Failure> {
        let list = client.pipelines(&site.organization_id);
        let listed =
            list.map_ok(|one| ListedPipeline::new(one.pipeline_id, one.pipeline_name, None));
        Ok(listed.boxed())
    }

    async fn list(place: &Place, client: &Client) -> Result<RunList, Failure> {
        let pipeline = Self::find(place, client, None).await?;
        Ok(client.list(&pipeline).boxed())
    }
}
