//! Run: compute an assignment's shards, keeping 32 bytes of each.

use tequio_attestation::{Digest, tree::Tree};
use tequio_backend::{Executable, Flow, RunError, ShardResult};
use tequio_protocol::escrow::AssignmentResponse;

use crate::data::JobData;

/// What is kept of an assignment that was run.
pub struct Run {
    /// The tree over its shards' roots: 32 bytes a shard, and as much again for the nodes.
    pub tree: Tree,
}

impl Run {
    /// What is attested to.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }
}

/// Runs an assignment. `deliver` takes what each shard gave, in order, and stops the run with an error.
pub fn run<E: From<RunError>>(
    data: &JobData,
    executable: &dyn Executable,
    assignment: &AssignmentResponse,
    mut deliver: impl FnMut(ShardResult) -> Result<(), E>,
) -> Result<Run, E> {
    let (mut roots, mut failed) = (vec![], None);
    let shards = assignment.first..assignment.first + assignment.count;
    executable.commit(&data.inputs, shards, &mut |_, result| {
        roots.push(result.root);
        failed = deliver(result).err();
        if failed.is_some() { Flow::Break(()) } else { Flow::Continue(()) }
    })?;
    failed.map_or_else(|| Ok(Run { tree: Tree::new(roots) }), Err)
}
