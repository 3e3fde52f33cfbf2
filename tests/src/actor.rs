//! Providers: honest ones run what they took, others show what their trick makes of it.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc};

use cosmwasm_std::Addr;
use tequio_attestation::{Manifest, ShardTrace, Source, shard_tree, tensor_tree};
use tequio_runner::{
    RunError, ShardResult,
    pipeline::{Backend, Work},
};

use crate::Model;

/// A registered provider. The owner key holds stake and pay, the operator key works.
#[derive(Clone)]
pub struct Provider {
    pub owner: Addr,
    pub operator: Addr,
    pub(crate) trick: Option<Trick>,
}

/// What a cheat shows instead of an honest trace.
pub(crate) type Trick = Rc<dyn Fn(&Scene) -> ShardTrace>;

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
        self.model.trace(&owned(&self.work.shard(shard)))
    }
}

impl Provider {
    /// What this provider runs a job's shards with.
    pub(crate) fn backend(&self, model: &Arc<Model>, work: &Rc<Work>) -> Rc<dyn Backend> {
        let (model, work, trick) = (model.clone(), work.clone(), self.trick.clone());
        Rc::new(Rig { model, work, trick, shown: RefCell::default() })
    }
}

struct Rig {
    model: Arc<Model>,
    work: Rc<Work>,
    trick: Option<Trick>,
    /// What it showed of each shard: the same again when it opens.
    shown: RefCell<BTreeMap<u64, ShardTrace>>,
}

impl Rig {
    fn show(&self, shard: u64, trick: &Trick) -> ShardTrace {
        let make = || {
            let inputs = owned(&self.work.shard(shard));
            let honest = self.model.trace(&inputs);
            trick(&Scene { model: &self.model, work: &self.work, shard, inputs, honest })
        };
        self.shown.borrow_mut().entry(shard).or_insert_with(make).clone()
    }
}

impl Backend for Rig {
    fn run(&self, first: u64, shards: &[Vec<&[u8]>]) -> Result<Vec<ShardResult>, RunError> {
        let Some(trick) = &self.trick else { return self.model.engine.run(first, shards) };
        let made_up = |(shard, _)| result(self.model.manifest(), &self.show(shard, trick));
        Ok((first..).zip(shards).map(made_up).collect())
    }

    fn trace(&self, shard: u64, inputs: &[&[u8]]) -> Result<ShardTrace, RunError> {
        match &self.trick {
            None => self.model.engine.trace(shard, inputs),
            Some(trick) => Ok(self.show(shard, trick)),
        }
    }
}

/// What a run would have given that left this trace behind.
fn result(manifest: &Manifest, trace: &ShardTrace) -> ShardResult {
    let committed = manifest.committed();
    let tree = |((id, layout), bytes): (&(_, _), &Vec<u8>)| tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes);
    let trees: Vec<_> = committed.iter().zip(&trace.slots).map(tree).collect();
    let output = |id: &_| match manifest.descriptor(*id).source {
        Source::Committed { slot, .. } => trace.slots[slot as usize].clone(),
        _ => vec![],
    };
    ShardResult {
        outputs: manifest.header.outputs.iter().map(output).collect(),
        roots: trees.iter().map(|tree| tree.root()).collect(),
        root: Some(shard_tree(&trees).root()),
    }
}

fn owned(inputs: &[&[u8]]) -> Vec<Vec<u8>> {
    inputs.iter().map(|input| input.to_vec()).collect()
}
