//! The providers: what each shows instead of an honest run.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use cosmwasm_std::Addr;
use tequio_adversary::{Followed, heaviest, replay, skip};
use tequio_attestation::{Manifest, ShardTrace, Source, shard_tree, tensor_tree};
use tequio_runner::{
    Engine, RunError, ShardResult,
    pipeline::{Backend, Run, Work},
};

use super::cast::Role;

/// One provider of the story.
pub struct Provider {
    pub name: String,
    pub role: Role,
    /// Holds the stake and the pay.
    pub owner: Addr,
    /// Works.
    pub operator: Addr,
    pub backend: Rc<dyn Backend>,
    /// The same, if it cheats.
    pub cheat: Option<Rc<Cheat>>,
    /// Has lost stake and takes no more shards.
    pub retired: bool,
}

/// What a provider that cheats runs shards with, if this role does.
pub fn cheat(role: Role, engine: &Rc<Engine>, work: &Rc<Work>) -> Result<Option<Rc<Cheat>>, RunError> {
    let strategy = match role {
        Role::Lazy => Strategy::Skip(heaviest(work.manifest())),
        Role::Replay => Strategy::Replay(engine.trace_shard(&work.shard(0), &mut engine.workspace())?),
        Role::Honest | Role::Copier | Role::Vanish => return Ok(None),
    };
    let (engine, work) = (engine.clone(), work.clone());
    Ok(Some(Rc::new(Cheat { strategy, engine, work, shown: RefCell::default() })))
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
    engine: Rc<Engine>,
    work: Rc<Work>,
    /// What it showed of each shard.
    shown: RefCell<BTreeMap<u64, Rc<Followed>>>,
}

impl Cheat {
    fn show(&self, shard: u64, inputs: &[&[u8]]) -> Result<Rc<Followed>, RunError> {
        if let Some(shown) = self.shown.borrow().get(&shard) {
            return Ok(shown.clone());
        }
        let manifest = self.work.manifest();
        let owned: Vec<Vec<u8>> = inputs.iter().map(|input| input.to_vec()).collect();
        let followed = Rc::new(match &self.strategy {
            Strategy::Skip(slot) => {
                let honest = self.engine.trace_shard(inputs, &mut self.engine.workspace())?;
                skip(manifest, &owned, &honest, *slot)
            }
            Strategy::Replay(old) => replay(manifest, &owned, old, 1),
        });
        self.shown.borrow_mut().insert(shard, followed.clone());
        Ok(followed)
    }

    /// The chance that one draw over shards it has shown falls on an element that is wrong.
    pub fn caught_by_one_draw(&self, shards: std::ops::Range<u64>) -> f64 {
        let shown = self.shown.borrow();
        let count = (shards.end - shards.start).max(1) as f64;
        let chance = |followed: &Rc<Followed>| followed.caught_by_one_draw(self.work.manifest()) as f64 / 2f64.powi(32);
        shown.range(shards).map(|(_, followed)| chance(followed)).sum::<f64>() / count
    }
}

impl Backend for Cheat {
    fn run(&self, first: u64, shards: &[Vec<&[u8]>]) -> Result<Vec<ShardResult>, RunError> {
        let show = |(shard, inputs): (u64, &Vec<&[u8]>)| {
            self.show(shard, inputs).map(|shown| result(self.work.manifest(), &shown.trace))
        };
        (first..).zip(shards).map(show).collect()
    }

    fn trace(&self, shard: u64, inputs: &[&[u8]]) -> Result<ShardTrace, RunError> {
        Ok(self.show(shard, inputs)?.trace.clone())
    }
}

/// What running would have given if the trace were right.
fn result(manifest: &Manifest, trace: &ShardTrace) -> ShardResult {
    let trees: Vec<_> = manifest
        .committed()
        .iter()
        .zip(&trace.slots)
        .map(|((id, layout), bytes)| tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes))
        .collect();
    let output = |id: &tequio_attestation::TensorId| match manifest.descriptor(*id).source {
        Source::Committed { slot, .. } => trace.slots[slot as usize].clone(),
        _ => vec![],
    };
    ShardResult {
        outputs: manifest.header.outputs.iter().map(output).collect(),
        roots: trees.iter().map(|tree| tree.root()).collect(),
        root: Some(shard_tree(&trees).root()),
    }
}

/// What a provider holds of an assignment while it lasts.
pub struct Held {
    pub run: Run,
    /// Where its outputs were delivered.
    pub delivered: String,
}
