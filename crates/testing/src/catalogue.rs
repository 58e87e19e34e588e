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
/// | Yunxiao's token API | organization's id, `-` on a Region instance | number |
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
    /// Its name.
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

    /// Its place and its id: what the numbers of its runs count within.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.place.join("/"), self.id)
    }

    /// The part of the place at an index, `""` beyond its end.
    pub(crate) fn part(&self, index: usize) -> &str {
        self.place.get(index).map_or("", String::as_str)
    }
}

/// Pipelines, for a sentence about one that is not there.
pub(super) fn listed(pipelines: &[Pipeline]) -> String {
    let one = |pipeline: &Pipeline| format!("{} ({})", pipeline.path(), pipeline.name);
    pipelines.iter().map(one).collect::<Vec<_>>().join(", ")
}
