//! The table of services: the one place that a service is added to by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Hands the table to a macro, a row for each service: its variant; its name, which is also the
/// feature that enables it and the name of its document; its folder; its title; and the parts of a
/// reference to a run.
macro_rules! service_table {
    ($then:ident) => {
        $then! {
            /// Azure DevOps Pipelines (Microsoft).
            AzureDevops, "azure-devops", azure_devops, "Azure DevOps",
                ["organization", "project", "pipelineId", "runId"];
            /// Matillion Data Productivity Cloud.
            Matillion, "matillion", matillion, "Matillion",
                ["projectId", "executionId"];
            /// Aliyun Yunxiao Flow (阿里云云效).
            Aliyun, "aliyun", aliyun, "Aliyun Yunxiao",
                ["organizationId", "pipelineId", "runId"];
            /// Buddy.
            Buddy, "buddy", buddy, "Buddy",
                ["workspace", "project", "pipelineId", "executionId"];
            /// Aliyun Yunxiao Flow through its newer API, with personal access tokens.
            Yunxiao, "yunxiao", yunxiao, "Yunxiao",
                ["organizationId", "pipelineId", "runId"];
        }
    };
}
pub(crate) use service_table;

macro_rules! service {
    ($(
        $(#[$doc:meta])*
        $variant:ident, $name:literal, $folder:ident, $title:literal, [$($part:literal),*];
    )*) => {
        /// A service that runs pipelines.
        ///
        /// All are listed whatever features are enabled, so that a reference to a run can always be
        /// read; whether this build can talk to the service is another question
        /// ([`Service::document`]).
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[non_exhaustive]
        pub enum Service {
            $(
                $(#[$doc])*
                #[serde(rename = $name)]
                $variant,
            )*
        }

        impl Service {
            /// Every service.
            pub const ALL: [Service; [$($name),*].len()] = [$(Service::$variant),*];

            /// The name in references, on the command line and in JSON: `azure-devops`. It is also
            /// the name of the feature that enables the service.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Service::$variant => $name,)*
                }
            }

            /// The name for people: `Azure DevOps`.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Service::$variant => $title,)*
                }
            }

            /// What the parts of a reference to a run are, in their order, after the service's
            /// name.
            pub const fn reference_parts(self) -> &'static [&'static str] {
                match self {
                    $(Service::$variant => &[$($part),*],)*
                }
            }
        }
    };
}
service_table!(service);

impl Service {
    /// How many parts of a reference name the list that its run is on: the list of a project, or of
    /// a pipeline.
    pub(crate) const fn parts_of_list(self) -> usize {
        match self {
            Service::Matillion => 1,
            Service::AzureDevops | Service::Aliyun | Service::Yunxiao => 2,
            Service::Buddy => 3,
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
#[error("{0:?} is not a service: use one of {names}", names = Service::ALL.map(Service::name).join(", "))]
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
