//! Run: compute an assignment's shards, keeping 32 bytes of each and its outputs.

use tequio_attestation::{Digest, ShardTrace, tree::Tree};
use tequio_protocol::escrow::AssignmentResponse;

use super::fetch::Work;
use crate::backend::cpu::{Engine, RunError, ShardResult};

/// What runs shards.
pub trait Backend {
    /// Runs shards with commitments; the first is the job's shard `first`.
    fn run(&self, first: u64, shards: &[Vec<&[u8]>]) -> Result<Vec<ShardResult>, RunError>;

    /// Runs the job's shard `shard` again and keeps every committed tensor, to open it.
    fn trace(&self, shard: u64, inputs: &[&[u8]]) -> Result<ShardTrace, RunError>;
}

impl Backend for Engine {
    fn run(&self, _: u64, shards: &[Vec<&[u8]>]) -> Result<Vec<ShardResult>, RunError> {
        self.run_many(shards, true)
    }

    fn trace(&self, _: u64, inputs: &[&[u8]]) -> Result<ShardTrace, RunError> {
        self.trace_shard(inputs, &mut self.workspace())
    }
}

/// What is kept of an assignment that was run.
pub struct Run {
    /// The tree over its shards' roots: 32 bytes a shard, and as much again for the nodes.
    pub tree: Tree,
    /// For each shard the roots of its committed tensors, by slot, and its outputs: what is delivered.
    pub shards: Vec<ShardResult>,
}

impl Run {
    /// What is attested to.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }
}

/// Runs an assignment.
pub fn run(work: &Work, backend: &dyn Backend, assignment: &AssignmentResponse) -> Result<Run, RunError> {
    let shards: Vec<_> =
        (assignment.first..assignment.first + assignment.count).map(|shard| work.shard(shard)).collect();
    let shards = backend.run(assignment.first, &shards)?;
    let tree = Tree::new(shards.iter().map(|shard| shard.root.unwrap_or_default()).collect());
    Ok(Run { tree, shards })
}
