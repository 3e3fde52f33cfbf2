//! Refute: from a shard that differs to the one element that shows it.

use std::collections::BTreeMap;

use tequio_attestation::{
    Digest, Evidence, Malformed, Outcome, Position, ShardTrace, Statement, TensorId, shard_tree, tensor_tree,
    tree::Tree,
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
    let side = Side::new(data, attestation, roots, shard, shown)?;
    let honest = executable.trace(&data.inputs, shard)?;
    let Some((tensor, element)) = first_difference(data, &honest, side.shown()) else { return Ok(None) };
    side.refutation(tensor, element)
}

/// An attestation, and what its attester committed to in one of its shards.
pub(super) struct Side<'a> {
    data: &'a JobData,
    attestation: &'a AttestationResponse,
    tree: Tree,
    /// The job's shard.
    shard: u64,
    /// The same, within the attestation: the only one there.
    traces: BTreeMap<u64, ShardTrace>,
}

impl<'a> Side<'a> {
    /// `roots` are the attestation's, of its shards. `shown` leads to that of `shard`.
    pub fn new(
        data: &'a JobData,
        attestation: &'a AttestationResponse,
        roots: Vec<Digest>,
        shard: u64,
        shown: ShardTrace,
    ) -> Result<Self, RefuteError> {
        let index = shard.checked_sub(attestation.subject.first_shard);
        let attested = index.and_then(|index| roots.get(usize::try_from(index).ok()?).copied());
        let (Some(index), Some(attested)) = (index, attested) else {
            return Err(RefuteError::Shard(attestation.id, shard));
        };
        let found = root(data, &shown);
        if found != attested {
            return Err(RefuteError::OtherTrace { shard, found, attested });
        }
        Ok(Self { data, attestation, tree: Tree::new(roots), shard, traces: BTreeMap::from([(index, shown)]) })
    }

    pub fn shown(&self) -> &ShardTrace {
        self.traces.values().next().expect("the trace that it was made with")
    }

    /// The message that refutes the attestation by this element; `None` if that follows from what it reads.
    pub fn refutation(self, tensor: TensorId, element: u32) -> Result<Option<ExecuteMsg>, RefuteError> {
        let Self { data, attestation, tree, shard, traces } = self;
        let (subject, root) = (attestation.subject.clone(), attestation.root);
        let position = Position { shard: shard - subject.first_shard, element };
        let statement = Statement { subject, root, seed: Digest::default() };
        let (manifest, inputs, input_tree) = (data.manifest(), &data.inputs, &data.input_tree);
        let evidence = Evidence { manifest, inputs, input_tree, tree: &tree, traces };
        let opening = tequio_attestation::show(&statement, &evidence, tensor, position)?;
        if let Outcome::Agreed { .. } = tequio_attestation::refute(&statement, position, &opening)? {
            return Ok(None);
        }
        let attestation = attestation.id;
        Ok(Some(ExecuteMsg::Refute { attestation, shard: shard.into(), element, opening: opening.into() }))
    }
}

/// The root over a shard's committed tensors.
fn root(data: &JobData, trace: &ShardTrace) -> Digest {
    let manifest = data.manifest();
    let tree =
        |((id, layout), bytes): (&(TensorId, _), &Vec<u8>)| tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes);
    shard_tree(&manifest.committed().iter().zip(&trace.slots).map(tree).collect::<Vec<_>>()).root()
}

/// The first element of the first tensor, by id, in which two traces differ. Operands have lower ids than what reads them.
pub(super) fn first_difference(data: &JobData, one: &ShardTrace, other: &ShardTrace) -> Option<(TensorId, u32)> {
    let mut committed: Vec<_> = data.manifest().committed().into_iter().enumerate().collect();
    committed.sort_by_key(|(_, (id, _))| *id);
    committed.into_iter().find_map(|(slot, (id, _))| {
        let width = data.manifest().descriptor(id).ty.dtype.bytes();
        let pairs = one.slots[slot].chunks(width).zip(other.slots[slot].chunks(width));
        let at = pairs.into_iter().position(|(one, other)| one != other)?;
        Some((id, u32::try_from(at).ok()?))
    })
}
