//! A backend that shows something else than what follows from the inputs.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use tequio_attestation::{Inputs, Manifest, ShardTrace};
use tequio_backend::{Backend, Executable, Flow, RunError, ShardResult, Unsupported};

/// What a cheat shows instead of an honest trace.
pub type Trick = Arc<dyn Fn(&Scene) -> Result<ShardTrace, RunError> + Send + Sync>;

/// What a cheat has before it when it makes up a shard's trace.
pub struct Scene<'a> {
    pub manifest: &'a Manifest,
    /// The job's shard.
    pub shard: u64,
    /// Its inputs, in graph order.
    pub inputs: Vec<Vec<u8>>,
    /// What an honest provider would show.
    pub honest: ShardTrace,
    executable: &'a dyn Executable,
    /// Of all the job's shards.
    all: &'a Inputs,
}

impl<'a> Scene<'a> {
    fn new(
        manifest: &'a Manifest,
        executable: &'a dyn Executable,
        all: &'a Inputs,
        shard: u64,
    ) -> Result<Self, RunError> {
        let inputs = all.shard(shard).into_iter().map(<[u8]>::to_vec).collect();
        Ok(Self { manifest, shard, inputs, honest: executable.trace(all, shard)?, executable, all })
    }

    /// The honest trace of another of the job's shards.
    pub fn old(&self, shard: u64) -> Result<ShardTrace, RunError> {
        self.executable.trace(self.all, shard)
    }
}

/// Runs programs as another backend does, and shows what a trick makes of it.
pub struct Cheating {
    honest: Arc<dyn Backend>,
    trick: Trick,
}

impl Cheating {
    pub fn new(honest: Arc<dyn Backend>, trick: Trick) -> Self {
        Self { honest, trick }
    }
}

impl Backend for Cheating {
    fn prepare(&self, manifest: Arc<Manifest>) -> Result<Arc<dyn Executable>, Unsupported> {
        let (honest, trick) = (self.honest.prepare(manifest.clone())?, self.trick.clone());
        Ok(Arc::new(CheatingExecutable { manifest, honest, trick, shown: Mutex::default() }))
    }
}

struct CheatingExecutable {
    manifest: Arc<Manifest>,
    honest: Arc<dyn Executable>,
    trick: Trick,
    /// What it showed of each shard: the same again when it opens.
    shown: Mutex<BTreeMap<u64, ShardTrace>>,
}

impl Executable for CheatingExecutable {
    fn commit(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, ShardResult) -> Flow,
    ) -> Result<(), RunError> {
        for shard in shards {
            let result = ShardResult::of_trace(&self.manifest, &self.trace(inputs, shard)?);
            if sink(shard, result).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn trace(&self, inputs: &Inputs, shard: u64) -> Result<ShardTrace, RunError> {
        match self.shown.lock().unwrap_or_else(PoisonError::into_inner).entry(shard) {
            Entry::Occupied(shown) => Ok(shown.get().clone()),
            Entry::Vacant(none) => {
                let scene = Scene::new(&self.manifest, &*self.honest, inputs, shard)?;
                Ok(none.insert((self.trick)(&scene)?).clone())
            }
        }
    }
}
