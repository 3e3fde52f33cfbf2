//! Providers: honest ones run what they took, others show what their trick makes of it.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use cosmwasm_std::Addr;
use tequio_attestation::{Inputs, Manifest, ShardTrace};
use tequio_backend::{Executable, Flow, RunError, ShardResult};
use tequio_runner::pipeline::Work;

use crate::Model;

/// A registered provider. The owner key holds stake and pay, the operator key works.
#[derive(Clone)]
pub struct Provider {
    pub owner: Addr,
    pub operator: Addr,
    pub(crate) trick: Option<Trick>,
}

/// What a cheat shows instead of an honest trace.
pub(crate) type Trick = Arc<dyn Fn(&Scene) -> ShardTrace + Send + Sync>;

/// What a cheat has before it when it makes up a shard's trace.
pub struct Scene<'a> {
    pub model: &'a Model,
    pub work: &'a Work,
    /// The job's shard.
    pub shard: u64,
    pub inputs: Vec<Vec<u8>>,
    pub honest: ShardTrace,
}

impl Scene<'_> {
    pub fn manifest(&self) -> &Manifest {
        self.model.manifest()
    }

    /// The honest trace of another of the job's shards.
    pub fn old(&self, shard: u64) -> ShardTrace {
        self.model.trace(&owned(&self.work.inputs.shard(shard)))
    }
}

impl Provider {
    /// What this provider runs a job's shards with.
    pub(crate) fn executable(&self, model: &Arc<Model>, work: &Arc<Work>) -> Arc<dyn Executable> {
        let Some(trick) = self.trick.clone() else { return model.executable.clone() };
        let (model, work) = (model.clone(), work.clone());
        Arc::new(Rig { model, work, trick, shown: Mutex::default() })
    }
}

struct Rig {
    model: Arc<Model>,
    work: Arc<Work>,
    trick: Trick,
    /// What it showed of each shard: the same again when it opens.
    shown: Mutex<BTreeMap<u64, ShardTrace>>,
}

impl Executable for Rig {
    fn commit(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, ShardResult) -> Flow,
    ) -> Result<(), RunError> {
        for shard in shards {
            if sink(shard, ShardResult::of_trace(self.model.manifest(), &self.trace(inputs, shard)?)).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn trace(&self, inputs: &Inputs, shard: u64) -> Result<ShardTrace, RunError> {
        let made_up = || {
            let honest = self.model.executable.trace(inputs, shard)?;
            let inputs = owned(&inputs.shard(shard));
            Ok((self.trick)(&Scene { model: &self.model, work: &self.work, shard, inputs, honest }))
        };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match shown.entry(shard) {
            Entry::Occupied(shown) => Ok(shown.get().clone()),
            Entry::Vacant(none) => Ok(none.insert(made_up()?).clone()),
        }
    }
}

fn owned(inputs: &[&[u8]]) -> Vec<Vec<u8>> {
    inputs.iter().map(|input| input.to_vec()).collect()
}
