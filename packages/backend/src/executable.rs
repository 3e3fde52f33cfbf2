use std::{
    ops::{ControlFlow, Range},
    sync::Arc,
};

use tequio_attestation::{Digest, Inputs, Manifest, ShardTrace, Source, TensorId, shard_tree, tensor_tree};

use crate::{RunError, Unsupported};

/// A kind of device, or of code for one.
pub trait Backend: Send + Sync {
    /// Does all the work that shards have in common. A manifest in which only the outputs are committed will do.
    fn prepare(&self, manifest: Arc<Manifest>) -> Result<Arc<dyn Executable>, Unsupported>;
}

/// Whether whoever takes results wants the next one.
pub type Flow = ControlFlow<()>;

/// Canonical bytes of every output of a shard, in the header's order.
pub type Outputs = Vec<Vec<u8>>;

/// A program that is ready to run.
///
/// Results are given to `sink` as they are there, in the order of the shards, each with its number. Only a few wait for
/// their turn at a time, however many there are to come. After `Break` there are no more, which is no error.
pub trait Executable: Send + Sync {
    /// Runs shards `shards` of `inputs` with commitments.
    fn commit(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, ShardResult) -> Flow,
    ) -> Result<(), RunError>;

    /// Runs shards without commitments.
    fn run(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, Outputs) -> Flow,
    ) -> Result<(), RunError> {
        self.commit(inputs, shards, &mut |shard, result| sink(shard, result.outputs))
    }

    /// Runs one shard again and keeps every committed tensor, to open it.
    fn trace(&self, inputs: &Inputs, shard: u64) -> Result<ShardTrace, RunError>;
}

/// What running a shard with commitments gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardResult {
    pub outputs: Outputs,
    /// Root of every committed tensor's tree by slot.
    pub roots: Vec<Digest>,
    /// The shard root: root of the tree whose leaf digests are `roots`.
    pub root: Digest,
}

impl ShardResult {
    /// What a run gives that leaves `trace` behind, tree by tree: for one shard, where speed doesn't matter.
    pub fn of_trace(manifest: &Manifest, trace: &ShardTrace) -> Self {
        let committed = manifest.committed();
        let tree = |((id, layout), bytes): (&(TensorId, _), &Vec<u8>)| {
            tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes)
        };
        let trees: Vec<_> = committed.iter().zip(&trace.slots).map(tree).collect();
        let output = |id: &TensorId| match manifest.descriptor(*id).source {
            Source::Committed { slot, .. } => trace.slots[slot as usize].clone(),
            _ => vec![],
        };
        Self {
            outputs: manifest.header.outputs.iter().map(output).collect(),
            roots: trees.iter().map(|tree| tree.root()).collect(),
            root: shard_tree(&trees).root(),
        }
    }
}
