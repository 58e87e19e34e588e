//! Callers are alike: worlds that differ in nothing but their names are explored once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;

use super::world::{At, CALLERS, Caller, Entry, NAMES, World};

impl World {
    /// The same for all worlds that are alike. Of a million states, two that are not share it once in
    /// many million explorations.
    pub fn digest(&self) -> u64 {
        let mut order: [usize; CALLERS] = std::array::from_fn(|number| number);
        order.sort_by_cached_key(|number| self.likeness(*number));
        let place = |caller: usize| order.iter().position(|one| *one == caller);
        let mut hasher = DefaultHasher::new();
        for number in order {
            hash_caller(&self.callers[number], place, &mut hasher);
        }
        hash_entry(self.entry.as_ref(), place, &mut hasher);
        let wire = self.wire.iter().map(|(sender, age)| (place(*sender), *age));
        let mut wire: Vec<_> = wire.collect();
        wire.sort_unstable();
        (wire, &self.runs, self.deaths, self.stops).hash(&mut hasher);
        hasher.finish()
    }

    /// All that tells a caller from the others, without names.
    fn likeness(&self, number: usize) -> u64 {
        let is_it = |caller: usize| caller == number;
        let mut hasher = DefaultHasher::new();
        hash_caller(&self.callers[number], is_it, &mut hasher);
        hash_entry(self.entry.as_ref(), is_it, &mut hasher);
        for (sender, age) in &self.wire {
            is_it(*sender).then_some(age).hash(&mut hasher);
        }
        hasher.finish()
    }
}

fn hash_caller<N: Hash>(caller: &Caller, name: impl Fn(usize) -> N, hasher: &mut DefaultHasher) {
    match &caller.at {
        At::Read(entry) => hash_entry(entry.as_ref(), name, hasher),
        at => at.hash(hasher),
    }
    (
        discriminant(&caller.at),
        caller.watch,
        &caller.looked,
        caller.stopped,
    )
        .hash(hasher);
}

fn hash_entry<N: Hash>(
    entry: Option<&Entry>,
    name: impl Fn(usize) -> N,
    hasher: &mut DefaultHasher,
) {
    let Some(Entry { stage, version }) = entry else {
        return 0_u8.hash(hasher);
    };
    version.hash(hasher);
    match stage.lease() {
        Some(lease) => {
            let owner = NAMES.iter().position(|name| *name == lease.owner);
            (discriminant(stage), owner.map(name)).hash(hasher);
        }
        None => stage.hash(hasher),
    }
}
