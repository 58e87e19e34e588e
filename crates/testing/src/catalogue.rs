//! What there is in the sandbox: pipelines, and where they are.

use serde::Serialize;

use runpipe::Service;

/// A pipeline that the sandbox has.
///
/// | service | place | id |
/// |---|---|---|
/// | Azure DevOps | organization, project | number |
/// | Matillion | project's id, project's name, environment | the pipeline's name |
/// | Aliyun | organization's id | number |
/// | Buddy | workspace, project | number |
///
/// ```
/// use runpipe::Service;
/// use runpipe_testing::Pipeline;
///
/// let nightly = Pipeline::new(Service::Buddy, ["acme", "shop"], "7", "nightly");
/// # let _ = nightly;
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pipeline {
    /// The service that it is on.
    pub service: Service,
    /// Where it is on the service, see the table above.
    pub place: Vec<String>,
    /// The vendor's id of it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it is switched off: starting it is refused.
    pub disabled: bool,
    /// Whether it runs on any ref that fits a pattern, so that a start has to name one (Buddy).
    pub any_ref: bool,
}

impl Pipeline {
    /// A pipeline that can be started.
    pub fn new<P: Into<String>>(
        service: Service,
        place: impl IntoIterator<Item = P>,
        id: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Pipeline {
            service,
            place: place.into_iter().map(Into::into).collect(),
            id: id.into(),
            name: name.into(),
            disabled: false,
            any_ref: false,
        }
    }

    /// Switches it off.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    /// Makes it one for any ref that fits a pattern.
    #[must_use]
    pub fn any_ref(mut self) -> Self {
        self.any_ref = true;
        self
    }

    /// The part of the place at an index, `""` beyond its end.
    pub(crate) fn part(&self, index: usize) -> &str {
        self.place.get(index).map_or("", String::as_str)
    }
}

/// Pipelines, for a sentence about one that is not there.
pub(super) fn listed(pipelines: &[Pipeline]) -> String {
    let one = |pipeline: &Pipeline| {
        let Pipeline {
            place, id, name, ..
        } = pipeline;
        format!("{}/{id} ({name})", place.join("/"))
    };
    pipelines.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The id of the Matillion project that every sandbox has.
pub(super) const MATILLION_PROJECT: &str = "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";
/// The id of the Aliyun organization that every sandbox has.
pub(super) const ALIYUN_ORGANIZATION: &str = "60d1c0ffee5ca1ab1e00feed";

/// What every sandbox has.
pub(super) fn always() -> Vec<Pipeline> {
    let azure = ["acme", "Website"];
    let matillion = |environment| [MATILLION_PROJECT, "Analytics", environment];
    let aliyun = [ALIYUN_ORGANIZATION];
    let buddy = ["acme", "website"];
    vec![
        Pipeline::new(Service::AzureDevops, azure, "42", "build"),
        Pipeline::new(Service::AzureDevops, azure, "43", "deploy"),
        Pipeline::new(
            Service::Matillion,
            matillion("Production"),
            "Load orders",
            "Load orders",
        ),
        Pipeline::new(
            Service::Matillion,
            matillion("Production"),
            "Old load",
            "Old load",
        )
        .disabled(),
        Pipeline::new(
            Service::Matillion,
            matillion("Test"),
            "Load orders",
            "Load orders",
        ),
        Pipeline::new(Service::Aliyun, aliyun, "123", "web-release"),
        Pipeline::new(Service::Aliyun, aliyun, "124", "web-nightly"),
        Pipeline::new(Service::Buddy, buddy, "1", "test"),
        Pipeline::new(Service::Buddy, buddy, "2", "deploy"),
        Pipeline::new(Service::Buddy, buddy, "3", "branches").any_ref(),
        Pipeline::new(Service::Buddy, buddy, "4", "old").disabled(),
    ]
}
