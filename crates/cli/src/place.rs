//! What names a pipeline on each service: by number, or as people call it.

use std::time::Duration;

use clap::Args;
use futures_util::TryStreamExt;
use runpipe::aliyun;
use runpipe::azure_devops;
use runpipe::buddy;
use runpipe::matillion;

use super::exit::Failure;
use super::pipeline::{Meant, Pipeline};
use super::text::{one_line, shell_word};

/// A pipeline of Azure DevOps.
#[derive(Args, Clone, Debug)]
pub struct AzureDevopsPlace {
    /// The organization; on a server of your own, the collection.
    #[arg(long)]
    organization: String,

    /// The project's name or GUID.
    #[arg(long)]
    project: String,

    /// The pipeline's number (definitionId in its page's address) or name; id:7 or name:007 where it
    /// could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pipeline: Pipeline,
}

impl AzureDevopsPlace {
    /// The pipeline; a name is looked up, and before a start digits are.
    pub async fn find(
        &self,
        client: &azure_devops::Client,
        before_a_start: Option<Duration>,
    ) -> Result<azure_devops::PipelineRef, Failure> {
        let (organization, project) = (&self.organization, &self.project);
        let list = client.pipelines(organization, project);
        let list = list.map_ok(|pipeline| (pipeline.id, vec![pipeline.name]));
        Ok(match self.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => azure_devops::PipelineRef::new(organization, project, *id),
            Meant::Name(name) => client.pipeline_named(organization, project, name).await?,
        })
    }

    /// The command that lists its runs.
    pub fn list_command(&self) -> String {
        list_command(
            "azure-devops",
            &[
                ("--organization", &self.organization),
                ("--project", &self.project),
                ("--pipeline", self.pipeline.text()),
            ],
        )
    }
}

/// A project of Matillion. Its pipelines go by their names, which are a part of requests.
#[derive(Args, Clone, Debug)]
pub struct MatillionPlace {
    /// The project's id (a UUID) or name.
    #[arg(long, alias = "project", value_name = "UUID|NAME")]
    project_id: String,
}

impl MatillionPlace {
    /// The project; its id is looked up where a name is given.
    pub async fn find(&self, client: &matillion::Client) -> runpipe::Result<matillion::ProjectRef> {
        if is_uuid(&self.project_id) {
            Ok(matillion::ProjectRef::new(&self.project_id))
        } else {
            client.project_named(&self.project_id).await
        }
    }

    /// The command that lists the runs of a pipeline in an environment of it.
    pub fn list_command(&self, environment: &str, pipeline: &str) -> String {
        list_command(
            "matillion",
            &[
                ("--project-id", &self.project_id),
                ("--environment", environment),
                ("--pipeline", pipeline),
            ],
        )
    }
}

/// Whether a text has the form of a UUID.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(hex)
}

/// A pipeline of Aliyun Yunxiao.
#[derive(Args, Clone, Debug)]
pub struct AliyunPlace {
    /// The organization's id, as in the console's address after /organization/.
    #[arg(long)]
    organization_id: String,

    /// The pipeline's number or name; id:7 or name:007 where it could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pipeline: Pipeline,
}

impl AliyunPlace {
    /// The pipeline; a name is looked up, and before a start digits are.
    pub async fn find(
        &self,
        client: &aliyun::Client,
        before_a_start: Option<Duration>,
    ) -> Result<aliyun::PipelineRef, Failure> {
        let organization = &self.organization_id;
        let list = client.pipelines(organization);
        let list = list.map_ok(|pipeline| (pipeline.pipeline_id, vec![pipeline.pipeline_name]));
        Ok(match self.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => aliyun::PipelineRef::new(organization, *id),
            Meant::Name(name) => client.pipeline_named(organization, name).await?,
        })
    }

    /// The command that lists its runs.
    pub fn list_command(&self) -> String {
        let flags = [
            ("--organization-id", self.organization_id.as_str()),
            ("--pipeline", self.pipeline.text()),
        ];
        list_command("aliyun", &flags)
    }
}

/// A pipeline of Buddy.
#[derive(Args, Clone, Debug)]
pub struct BuddyPlace {
    /// The workspace's handle, as in the address of its pages.
    #[arg(long)]
    workspace: String,

    /// The project's handle.
    #[arg(long)]
    project: String,

    /// The pipeline's number, identifier or name; id:7 or name:007 where it could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pipeline: Pipeline,
}

impl BuddyPlace {
    /// The pipeline; a name is looked up, and before a start digits are.
    pub async fn find(
        &self,
        client: &buddy::Client,
        before_a_start: Option<Duration>,
    ) -> Result<buddy::PipelineRef, Failure> {
        let (workspace, project) = (&self.workspace, &self.project);
        let list = client.pipelines(workspace, project);
        let list = list.map_ok(|one| (one.id, vec![one.name, one.identifier]));
        Ok(match self.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => buddy::PipelineRef::new(workspace, project, *id),
            Meant::Name(name) => client.pipeline_named(workspace, project, name).await?,
        })
    }

    /// The command that lists its runs.
    pub fn list_command(&self) -> String {
        list_command(
            "buddy",
            &[
                ("--workspace", &self.workspace),
                ("--project", &self.project),
                ("--pipeline", self.pipeline.text()),
            ],
        )
    }
}

fn list_command(service: &str, flags: &[(&str, &str)]) -> String {
    let mut command = format!("runpipe list {service}");
    for (flag, value) in flags {
        let value = shell_word(&one_line(value));
        command = format!("{command} {flag} {value}");
    }
    command
}
