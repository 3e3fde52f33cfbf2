//! Refute: from a shard that differs to the one element that shows it.

use std::collections::BTreeMap;

use tequio_attestation::{
    Digest, Evidence, Malformed, Position, ShardTrace, Statement, TensorId, shard_tree, tensor_tree, tree::Tree,
};
use tequio_backend::{Executable, RunError};
use tequio_protocol::verifier::{AttestationResponse, ExecuteMsg};

use crate::data::JobData;

#[derive(Debug, thiserror::Error)]
pub enum RefuteError {
    #[error("the trace of shard {shard} leads to {found}, attested is {attested}")]
    OtherTrace { shard: u64, found: Digest, attested: Digest },
    #[error("attestation {0} does not cover shard {1}")]
    Shard(tequio_protocol::AttestationId, u64),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("the element cannot be shown: {0}")]
    Opening(#[from] Malformed),
}

/// The message that refutes `attestation` by shard `shard` of the job; `None` if the shard was run as its program says.
/// `roots` are its shards' roots and `shown` is what its attester committed to in that shard: who has neither from the
/// attester cannot refute it.
///
/// In the first tensor that differs, in the order of the program, the first element that differs was made from what both
/// agree on. So it is false, whatever else is.
pub fn refute(
    data: &JobData,
    executable: &dyn Executable,
    attestation: &AttestationResponse,
    roots: Vec<Digest>,
    shard: u64,
    shown: ShardTrace,
) -> Result<Option<ExecuteMsg>, RefuteError> {
    let manifest = data.manifest();
    let index = shard.checked_sub(attestation.subject.first_shard);
    let attested = index.and_then(|index| roots.get(usize::try_from(index).ok()?).copied());
    let (Some(index), Some(attested)) = (index, attested) else {
        return Err(RefuteError::Shard(attestation.id, shard));
    };
    let found = root(data, &shown);
    if found != attested {
        return Err(RefuteError::OtherTrace { shard, found, attested });
    }
    let honest = executable.trace(&data.inputs, shard)?;
    let Some((tensor, element)) = first_difference(data, &honest, &shown) else { return Ok(None) };
    let statement = Statement { subject: attestation.subject.clone(), root: attestation.root, seed: Digest::default() };
    let evidence = Evidence {
        manifest,
        inputs: &data.inputs,
        input_tree: &data.input_tree,
        tree: &Tree::new(roots),
        traces: BTreeMap::from([(index, shown)]),
    };
    let opening = tequio_attestation::show(&statement, &evidence, tensor, Position { shard: index, element })?;
    let attestation = attestation.id;
    Ok(Some(ExecuteMsg::Refute { attestation, shard: shard.into(), element, opening: opening.into() }))
}

/// The root over a shard's committed tensors.
fn root(data: &JobData, trace: &ShardTrace) -> Digest {
    let manifest = data.manifest();
    let tree =
        |((id, layout), bytes): (&(TensorId, _), &Vec<u8>)| tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes);
    shard_tree(&manifest.committed().iter().zip(&trace.slots).map(tree).collect::<Vec<_>>()).root()
}

/// The first element of the first tensor, by id, that differs. Operands have lower ids than what reads them.
fn first_difference(data: &JobData, honest: &ShardTrace, shown: &ShardTrace) -> Option<(TensorId, u32)> {
    let mut committed: Vec<_> = data.manifest().committed().into_iter().enumerate().collect();
    committed.sort_by_key(|(_, (id, _))| *id);
    committed.into_iter().find_map(|(slot, (id, _))| {
        let width = data.manifest().descriptor(id).ty.dtype.bytes();
        let pairs = honest.slots[slot].chunks(width).zip(shown.slots[slot].chunks(width));
        let at = pairs.into_iter().position(|(own, other)| own != other)?;
        Some((id, u32::try_from(at).ok()?))
    })
}
