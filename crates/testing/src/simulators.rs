//! All simulators of a sandbox together: what its ports, its handle and its control endpoint share.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalogue::listed;
use super::clock::Clock;
use super::script::{InvalidScript, Script};
use super::seeded_run::{SeededRun, UnknownPipeline};
use super::simulator::Simulator;
use runpipe::Service;

/// The simulators of all services that are served, and the clock that they share.
pub(super) struct Simulators {
    pub clock: Clock,
    pub by_service: BTreeMap<Service, Arc<Simulator>>,
}

impl Simulators {
    pub fn get(&self, service: Service) -> Option<&Simulator> {
        self.by_service.get(&service).map(Arc::as_ref)
    }

    pub fn all(&self) -> impl Iterator<Item = &Simulator> {
        self.by_service.values().map(Arc::as_ref)
    }

    /// Adds the rules of a script, or none of them.
    pub fn play(&self, script: &Script) -> Result<(), InvalidScript> {
        script.check()?;
        for (rule, number) in script.rules.iter().zip(1..) {
            let of = |simulator: &&Simulator| rule.service.is_none_or(|of| of == simulator.service);
            let Some(operation) = rule.operation.as_deref().filter(|name| *name != "token") else {
                continue;
            };
            let mut known = self.all().filter(of);
            if !known.any(|simulator| simulator.document.operation(operation).is_some()) {
                let nearest = nearest_operation(self.all().filter(of), operation);
                return Err(InvalidScript(format!(
                    "rule {number}: there is no operation {operation:?}{nearest}"
                )));
            }
        }
        for simulator in self.all() {
            simulator.lock().rules.add(script, simulator.service);
        }
        Ok(())
    }

    /// Adds a run that no client started; gives its id.
    pub fn seed(&self, run: &SeededRun) -> Result<String, UnknownPipeline> {
        let simulator = self.get(run.service);
        let added = simulator.and_then(|simulator| simulator.seed(run));
        added.ok_or_else(|| {
            let pipelines = simulator.map(|simulator| listed(&simulator.pipelines));
            UnknownPipeline(format!(
                "{} has no pipeline {}/{}; the sandbox has {}",
                run.service.title(),
                run.place.join("/"),
                run.pipeline,
                pipelines.unwrap_or_default()
            ))
        })
    }

    pub fn reset(&self) {
        for simulator in self.all() {
            simulator.lock().reset();
        }
    }
}

fn nearest_operation<'s>(among: impl Iterator<Item = &'s Simulator>, wanted: &str) -> String {
    let known = among.flat_map(|simulator| simulator.document.operations());
    let scored =
        known.map(|operation| (strsim::jaro_winkler(&operation.id, wanted), &operation.id));
    let nearest = scored.max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map_or_else(String::new, |(_, id)| format!("; the nearest is {id:?}"))
}
