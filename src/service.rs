//! The list of services: the one place that a new service is added to by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A service that runs pipelines.
///
/// All are listed whatever features are enabled, so that a reference to a run can always be read;
/// whether this build can talk to the service is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Service {
    /// Azure DevOps Pipelines (Microsoft).
    AzureDevops,
    /// Matillion Data Productivity Cloud.
    Matillion,
    /// Aliyun Yunxiao Flow (阿里云云效).
    Aliyun,
    /// Buddy.
    Buddy,
}

impl Service {
    /// Every service.
    pub const ALL: [Service; 4] = [
        Service::AzureDevops,
        Service::Matillion,
        Service::Aliyun,
        Service::Buddy,
    ];

    /// The name in references, on the command line and in JSON: `azure-devops`.
    pub const fn name(self) -> &'static str {
        match self {
            Service::AzureDevops => "azure-devops",
            Service::Matillion => "matillion",
            Service::Aliyun => "aliyun",
            Service::Buddy => "buddy",
        }
    }

    /// The name for people: `Azure DevOps`.
    pub const fn title(self) -> &'static str {
        match self {
            Service::AzureDevops => "Azure DevOps",
            Service::Matillion => "Matillion",
            Service::Aliyun => "Aliyun Yunxiao",
            Service::Buddy => "Buddy",
        }
    }

    /// What the parts of a reference to a run are, in their order, after the service's name.
    pub const fn reference_parts(self) -> &'static [&'static str] {
        match self {
            Service::AzureDevops => &["organization", "project", "pipelineId", "runId"],
            Service::Matillion => &["projectId", "executionId"],
            Service::Aliyun => &["organizationId", "pipelineId", "runId"],
            Service::Buddy => &["workspace", "project", "pipelineId", "executionId"],
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names none of the services.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a service: use one of azure-devops, matillion, aliyun, buddy")]
pub struct UnknownService(String);

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Service::ALL
            .into_iter()
            .find(|service| service.name() == text)
            .ok_or_else(|| UnknownService(text.to_owned()))
    }
}
