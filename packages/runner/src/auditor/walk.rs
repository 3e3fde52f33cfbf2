//! Walk: from a shard that differs to the one element that shows it, asking for as little of the other trace as it takes.

use std::{collections::BTreeMap, sync::Arc};

use tequio_attestation::{
    Digest, Evidence, LEAVES, LEVELS, Layout, Malformed, Outcome, Position, Revealed, ShardTrace, Statement, TensorId,
    Wanted, depth, revealed, shard_tree, tensor_tree,
    tree::{Address, Tree},
};
use tequio_backend::{Executable, RunError};
use tequio_protocol::{
    AttestationId,
    verifier::{AttestationResponse, ExecuteMsg},
};

use crate::data::JobData;

#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    #[error("attestation {0} does not cover shard {1}")]
    Shard(AttestationId, u64),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("the answer to {wanted} is not what was attested: {reason}")]
    Answer { wanted: Wanted, reason: Malformed },
    #[error("the element cannot be shown: {0}")]
    Opening(#[from] Malformed),
    #[error("element {element} of tensor {tensor} differs, but follows from what it reads")]
    Follows { tensor: u32, element: u32 },
}

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// This must be answered first.
    Ask(Wanted),
    /// The message that refutes the attestation.
    Refute(ExecuteMsg),
    /// What was attested to is what follows.
    Same,
}

/// A shard run again, beside one that was attested to.
///
/// Nothing is kept between steps: answers lie with whoever served them or on the chain, so that a walk goes on wherever it
/// was broken off.
pub struct Walk {
    data: Arc<JobData>,
    statement: Statement,
    attestation: AttestationId,
    /// The job's, and its index in the attestation.
    shard: u64,
    index: u64,
    own: ShardTrace,
    tensors: Vec<Tree>,
    tree: Tree,
}

impl Walk {
    /// Runs the shard.
    pub fn new(
        data: Arc<JobData>,
        executable: &dyn Executable,
        attestation: &AttestationResponse,
        shard: u64,
    ) -> Result<Self, WalkError> {
        let AttestationResponse { id, subject, root, .. } = attestation.clone();
        let index = shard.checked_sub(subject.first_shard).filter(|index| *index < subject.count);
        let index = index.ok_or(WalkError::Shard(id, shard))?;
        let own = executable.trace(&data.inputs, shard)?;
        let manifest = data.manifest();
        let tree = |((tensor, layout), bytes): (&(TensorId, Layout), &Vec<u8>)| {
            tensor_tree(&manifest.descriptor(*tensor).ty, *layout, bytes)
        };
        let tensors: Vec<Tree> = manifest.committed().iter().zip(&own.slots).map(tree).collect();
        let tree = shard_tree(&tensors);
        let statement = Statement { subject, root, seed: Digest::default() };
        Ok(Self { data, statement, attestation: id, shard, index, own, tensors, tree })
    }

    /// The root that follows from the inputs.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// What comes next, given the answers so far.
    ///
    /// In the first tensor that differs, in the order of the program (which is that of the slots), the first element that
    /// differs was made from what both agree on: so it is false, whatever else is.
    pub fn step(&self, answers: &BTreeMap<Wanted, Vec<u8>>) -> Result<Step, WalkError> {
        let shard = self.shard;
        let mut known = BTreeMap::new();
        let tensors = |depth, index: u64| Wanted::Tensors { shard, depth, index: index as u32 };
        let slot = match self.descend(&self.tree, 0, answers, &mut known, tensors)? {
            Down::At(slot) => slot as usize,
            Down::Step(step) => return Ok(step),
        };
        let Some((tensor, layout)) = self.data.manifest().committed().get(slot).copied() else {
            return Ok(Step::Same);
        };
        let nodes = |depth, index: u64| Wanted::Nodes { shard, tensor: tensor.0, depth, index: index as u32 };
        let group = depth(LEAVES.into());
        let first = match self.descend(&self.tensors[slot], group, answers, &mut known, nodes)? {
            Down::At(leaf) => leaf as u32 / LEAVES * LEAVES,
            Down::Step(step) => return Ok(step),
        };
        let wanted = Wanted::Leaves { shard, tensor: tensor.0, first };
        let Some(answer) = answers.get(&wanted) else { return Ok(Step::Ask(wanted)) };
        let answer = self.check(&wanted, answer)?;
        known.extend(answer.known());
        self.refute(tensor, slot, layout, &answer, &known)
    }

    /// From a tree's root to the first node that differs `above` levels above the leaves, or to the first leaf.
    fn descend(
        &self,
        own: &Tree,
        above: u8,
        answers: &BTreeMap<Wanted, Vec<u8>>,
        known: &mut BTreeMap<Address, Digest>,
        wanted: impl Fn(u8, u64) -> Wanted,
    ) -> Result<Down, WalkError> {
        let (mut at, mut index) = (0, 0);
        while own.depth() - at > above {
            let wanted = wanted(at, index);
            let Some(answer) = answers.get(&wanted) else { return Ok(Down::Step(Step::Ask(wanted))) };
            let answer = self.check(&wanted, answer)?;
            at += LEVELS.min(own.depth() - at);
            let differs = answer.children().find(|(child, digest)| *digest != own.digest(*child, at));
            let Some((child, _)) = differs else { return Ok(Down::Step(Step::Same)) };
            index = child;
            known.extend(answer.known());
        }
        Ok(Down::At(index << (own.depth() - at)))
    }

    fn check<'b>(&self, wanted: &Wanted, answer: &'b [u8]) -> Result<Revealed<'b>, WalkError> {
        let wanted = *wanted;
        revealed(&self.statement, &wanted, 0, answer).map_err(|reason| WalkError::Answer { wanted, reason })
    }

    /// The message for the first element that differs among the leaves of an answer.
    fn refute(
        &self,
        tensor: TensorId,
        slot: usize,
        layout: Layout,
        answer: &Revealed,
        known: &BTreeMap<Address, Digest>,
    ) -> Result<Step, WalkError> {
        let manifest = self.data.manifest();
        let ty = manifest.descriptor(tensor).ty;
        let (mut trace, width) = (self.own.clone(), ty.dtype.bytes());
        let mut first = None;
        for leaf in &answer.leaves {
            let (element, count) = layout.span(&ty, leaf.leaf);
            let range = element as usize * width..(element + count) as usize * width;
            let own = &self.own.slots[slot][range.clone()];
            let differs = own.chunks(width).zip(leaf.payload.chunks(width)).position(|(own, other)| own != other);
            first = first.or(differs.map(|at| element + at as u32));
            trace.slots[slot][range].copy_from_slice(leaf.payload);
        }
        let Some(element) = first else { return Ok(Step::Same) };
        let position = Position { shard: self.index, element };
        let evidence = Evidence {
            manifest,
            inputs: &self.data.inputs,
            input_tree: &self.data.input_tree,
            // Whatever is needed of it is known.
            tree: &Tree::new(vec![Digest::default(); self.statement.subject.count as usize]),
            traces: BTreeMap::from([(self.index, trace)]),
        };
        let opening = tequio_attestation::show(&self.statement, &evidence, tensor, position, known)?;
        match tequio_attestation::refute(&self.statement, position, &opening)? {
            Outcome::Disagreed(_) => {
                let (attestation, shard) = (self.attestation, self.shard.into());
                Ok(Step::Refute(ExecuteMsg::Refute { attestation, shard, element, opening: opening.into() }))
            }
            Outcome::Agreed { .. } => Err(WalkError::Follows { tensor: tensor.0, element }),
        }
    }
}

/// Where going down a tree leads.
enum Down {
    At(u64),
    Step(Step),
}
