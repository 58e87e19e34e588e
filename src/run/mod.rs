//! The one normalized answer: what a run is, whatever service it runs on.

mod gate;
mod log;
mod reference;
mod status;
mod step;
mod timestamp;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::secrets::Cleaner;
use crate::service::Service;

pub use gate::{Gate, GateKind};
pub use log::{Log, LogMark, LogPart};
pub(crate) use reference::check_path_value;
pub use reference::{InvalidPathValue, InvalidRunRef, RunRef};
pub use status::RunStatus;
pub use step::Step;
pub use timestamp::Timestamp;

/// A run of a pipeline, as its service described it last.
///
/// Fields that a vendor does not report are `None`. [`Run::vendor`] has the vendor's complete
/// answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// Names the run on any machine.
    pub reference: RunRef,
    /// The vendor's id of the run, the last part of the reference.
    pub id: String,
    /// The vendor's id of the pipeline, if it has one besides the name.
    pub pipeline_id: Option<String>,
    /// The pipeline's name, if the answer contains it.
    pub pipeline_name: Option<String>,
    /// What state the run is in.
    pub status: RunStatus,
    /// The word or words from which [`Run::status`] was read, as the vendor spells them.
    pub vendor_status: Option<String>,
    /// A page where a person can look at the run.
    pub url: Option<String>,
    /// When the run was asked for.
    pub created_at: Option<Timestamp>,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When it ended. Absent while it has not.
    pub finished_at: Option<Timestamp>,
    /// The branch, tag, commit or version that was asked for, in the vendor's form.
    pub requested_ref: Option<String>,
    /// What the vendor says about the result, or what the run is waiting for.
    pub message: Option<String>,
    /// What the run is waiting for, and who may act. Read by [`crate::Runs::get`]; lists and starts
    /// do not always have it. Other parts of the run may go on in the meantime.
    pub waits_for: Vec<Gate>,
    /// Sentences about what could not be read in the vendor's answer. The run exists nevertheless.
    pub warnings: Vec<String>,
    vendor: Vendor,
}

impl Run {
    /// A run with a reference and a status; the other fields can be set afterwards. For your own
    /// implementations of [`crate::Runs`], mostly in tests.
    pub fn new(reference: RunRef, status: RunStatus) -> Self {
        Run {
            id: reference.run_id().to_owned(),
            reference,
            pipeline_id: None,
            pipeline_name: None,
            status,
            vendor_status: None,
            url: None,
            created_at: None,
            started_at: None,
            finished_at: None,
            requested_ref: None,
            message: None,
            waits_for: Vec::new(),
            warnings: Vec::new(),
            vendor: Vendor(None),
        }
    }

    /// The same run, with the answer that it was read from, for [`Run::vendor`].
    pub fn with_vendor<T: Any + Send + Sync>(mut self, answer: T) -> Self {
        self.set_vendor(answer);
        self
    }

    pub(crate) fn set_vendor<T: Any + Send + Sync>(&mut self, answer: T) {
        self.vendor = Vendor(Some(Arc::new(answer)));
    }

    /// The same run with a sentence about what could not be read.
    pub(crate) fn warn(mut self, warning: impl AsRef<str>) -> Self {
        self.warnings.push(crate::text::one_line(warning.as_ref()));
        self
    }

    /// Takes the secrets out of all its texts. The reference stays unchanged: it was checked when it
    /// was read, and is needed unchanged.
    pub(crate) fn clean(&mut self, cleaner: &Cleaner) {
        let texts = [
            &mut self.pipeline_name,
            &mut self.vendor_status,
            &mut self.url,
            &mut self.requested_ref,
            &mut self.message,
        ];
        for text in texts.into_iter().flatten().chain(&mut self.warnings) {
            cleaner.clean_in_place(text);
        }
        for gate in &mut self.waits_for {
            gate.clean(cleaner);
        }
    }

    /// The service that the run is on.
    pub fn service(&self) -> Service {
        self.reference.service()
    }

    /// The vendor's complete typed answer, if it is a `T`.
    ///
    /// The documentation of each call says which type it puts here, for example
    /// `buddy::types::Execution`. `None` when the answer could not be decoded
    /// (see [`Run::warnings`]) or is of another type.
    pub fn vendor<T: Any>(&self) -> Option<&T> {
        self.vendor.0.as_deref()?.downcast_ref()
    }

    /// The pipeline in the vendor's own terms: its id, else its name.
    pub fn pipeline(&self) -> Option<&str> {
        self.pipeline_id
            .as_deref()
            .or(self.pipeline_name.as_deref())
    }
}

/// The vendor's answer, of whatever type. Left out of `Debug`: it may hold variables' values.
#[derive(Clone)]
struct Vendor(Option<Arc<dyn Any + Send + Sync>>);

impl fmt::Debug for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(..)" } else { "None" })
    }
}

/// One flat object with every key always there; absent values are `null`. Stable: keys are added,
/// never renamed or removed.
impl Serialize for Run {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("service", &self.service())?;
        map.serialize_entry("ref", &self.reference)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("pipeline", &self.pipeline())?;
        map.serialize_entry("pipeline_id", &self.pipeline_id)?;
        map.serialize_entry("pipeline_name", &self.pipeline_name)?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("vendor_status", &self.vendor_status)?;
        map.serialize_entry("url", &self.url)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("started_at", &self.started_at)?;
        map.serialize_entry("finished_at", &self.finished_at)?;
        map.serialize_entry("requested_ref", &self.requested_ref)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("waits_for", &self.waits_for)?;
        map.serialize_entry("warnings", &self.warnings)?;
        map.end()
    }
}
