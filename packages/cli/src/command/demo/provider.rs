//! The providers: what each shows instead of an honest run.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use cosmwasm_std::Addr;
use tequio_adversary::{Followed, heaviest, replay, skip};
use tequio_attestation::{Inputs, ShardTrace};
use tequio_backend::{Executable, Flow, RunError, ShardResult};
use tequio_runner::pipeline::{Run, Work};

use super::cast::Role;

/// One provider of the story.
pub struct Provider {
    pub name: String,
    pub role: Role,
    /// Holds the stake and the pay.
    pub owner: Addr,
    /// Works.
    pub operator: Addr,
    pub executable: Arc<dyn Executable>,
    /// The same, if it cheats.
    pub cheat: Option<Arc<Cheat>>,
    /// Has lost stake and takes no more shards.
    pub retired: bool,
}

/// What a provider that cheats runs shards with, if this role does.
pub fn cheat(role: Role, honest: &Arc<dyn Executable>, work: &Arc<Work>) -> Result<Option<Arc<Cheat>>, RunError> {
    let strategy = match role {
        Role::Lazy => Strategy::Skip(heaviest(work.manifest())),
        Role::Replay => Strategy::Replay(honest.trace(&work.inputs, 0)?),
        Role::Honest | Role::Copier | Role::Vanish => return Ok(None),
    };
    let (honest, work) = (honest.clone(), work.clone());
    Ok(Some(Arc::new(Cheat { strategy, honest, work, shown: Mutex::default() })))
}

enum Strategy {
    /// Of the tensor in this slot.
    Skip(u32),
    /// Of this trace, from the second committed tensor on.
    Replay(ShardTrace),
}

/// Shows something else than what follows from the inputs.
pub struct Cheat {
    strategy: Strategy,
    honest: Arc<dyn Executable>,
    work: Arc<Work>,
    /// What it showed of each shard.
    shown: Mutex<BTreeMap<u64, Arc<Followed>>>,
}

impl Cheat {
    fn shown(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Arc<Followed>>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, inputs: &Inputs, shard: u64) -> Result<Arc<Followed>, RunError> {
        if let Some(shown) = self.shown().get(&shard) {
            return Ok(shown.clone());
        }
        let manifest = self.work.manifest();
        let owned: Vec<Vec<u8>> = inputs.shard(shard).into_iter().map(<[u8]>::to_vec).collect();
        let followed = Arc::new(match &self.strategy {
            Strategy::Skip(slot) => skip(manifest, &owned, &self.honest.trace(inputs, shard)?, *slot),
            Strategy::Replay(old) => replay(manifest, &owned, old, 1),
        });
        self.shown().insert(shard, followed.clone());
        Ok(followed)
    }

    /// The chance that one draw over shards it has shown falls on an element that is wrong.
    pub fn caught_by_one_draw(&self, shards: Range<u64>) -> f64 {
        let shown = self.shown();
        let count = (shards.end - shards.start).max(1) as f64;
        let chance =
            |followed: &Arc<Followed>| followed.caught_by_one_draw(self.work.manifest()) as f64 / 2f64.powi(32);
        shown.range(shards).map(|(_, followed)| chance(followed)).sum::<f64>() / count
    }
}

impl Executable for Cheat {
    fn commit(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, ShardResult) -> Flow,
    ) -> Result<(), RunError> {
        for shard in shards {
            let shown = self.show(inputs, shard)?;
            if sink(shard, ShardResult::of_trace(self.work.manifest(), &shown.trace)).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn trace(&self, inputs: &Inputs, shard: u64) -> Result<ShardTrace, RunError> {
        Ok(self.show(inputs, shard)?.trace.clone())
    }
}

/// What a provider holds of an assignment while it lasts.
pub struct Held {
    pub run: Run,
    /// Where its outputs were delivered.
    pub delivered: String,
}
