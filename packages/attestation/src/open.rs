//! What a provider runs: from a trace and a seed to the bytes that open the drawn elements.

use std::{collections::BTreeMap, ops::Range, rc::Rc};

use crate::{
    Descriptor, Digest, Evidence, Malformed, Position, Source, Statement, TensorId,
    codec::Writer,
    commit::payload,
    evaluate::{Evaluator, LeafKey, Supply},
    siblings::Siblings,
    tree::Address,
};

/// Bytes of an opening, by what they are. The rest of it are the number of draws and the ids of the drawn tensors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub header: usize,
    pub descriptors: usize,
    /// Leaves of constants, of inputs and of committed tensors.
    pub leaves: [usize; 3],
    /// Digests beside descriptors.
    pub beside_descriptors: usize,
    /// Digests beside leaves of constants, of inputs (with their number) and of committed tensors.
    pub beside_leaves: [usize; 3],
}

/// Writes descriptors and leaves into the opening as they are first needed.
struct Record<'a> {
    statement: &'a Statement,
    evidence: &'a Evidence<'a>,
    opening: Writer,
    parts: Parts,
}

impl Supply for Record<'_> {
    fn descriptor(&mut self, id: TensorId) -> Result<Descriptor, Malformed> {
        let descriptor = self.evidence.manifest.descriptor(id).clone();
        let bytes = descriptor.encode_shown();
        self.parts.descriptors += bytes.len();
        self.opening.bytes(&bytes);
        Ok(descriptor)
    }

    fn leaf(&mut self, key: LeafKey, tensor: &Descriptor, len: usize) -> Result<Rc<[u8]>, Malformed> {
        let (layout, bytes) = self.evidence.tensor(self.statement, key, tensor)?;
        let payload = payload(&tensor.ty, layout, bytes, key.leaf);
        debug_assert_eq!(payload.len(), len);
        let before = self.opening.0.len();
        self.opening.leaf(payload);
        if let Some(kind) = kind(&tensor.source) {
            self.parts.leaves[kind] += self.opening.0.len() - before;
        }
        Ok(payload.into())
    }
}

/// Place among the [`Parts::leaves`].
fn kind(source: &Source) -> Option<usize> {
    match source {
        Source::Constant { .. } => Some(0),
        Source::Input { .. } => Some(1),
        Source::Committed { .. } => Some(2),
        Source::Virtual { .. } => None,
    }
}

/// Opens `draws` of an attestation.
///
/// The bytes are what [`crate::check`] takes, whether or not the elements agree. Errors if the evidence lacks a shard
/// that is drawn or has a tensor of the wrong length.
pub fn open(statement: &Statement, evidence: &Evidence, draws: Range<u32>) -> Result<Vec<u8>, Malformed> {
    open_in_parts(statement, evidence, draws).map(|(opening, _)| opening)
}

/// As [`open`], with how many bytes are what.
pub fn open_in_parts(
    statement: &Statement,
    evidence: &Evidence,
    draws: Range<u32>,
) -> Result<(Vec<u8>, Parts), Malformed> {
    let drawn = draws.map(|number| {
        let draw = statement.draw(number);
        let (id, ty) = evidence.drawn(draw.ticket).ok_or(Malformed::Counts)?;
        Ok((id, Position { shard: draw.shard, element: draw.element(ty.shape.elements()) }))
    });
    write(statement, evidence, &drawn.collect::<Result<Vec<_>, _>>()?, &BTreeMap::new())
}

/// Opens one element of a committed tensor, drawn or not.
///
/// The bytes are what [`crate::refute`] takes. Errors if the evidence lacks the shard, has a tensor of the wrong length,
/// or `tensor` is not committed to. `instead` are digests of the attester's trees that stand for those which follow from the
/// evidence, of whom knows only some ([`crate::Revealed::known`]); else none.
pub fn show(
    statement: &Statement,
    evidence: &Evidence,
    tensor: TensorId,
    position: Position,
    instead: &BTreeMap<Address, Digest>,
) -> Result<Vec<u8>, Malformed> {
    write(statement, evidence, &[(tensor, position)], instead).map(|(opening, _)| opening)
}

fn write(
    statement: &Statement,
    evidence: &Evidence,
    positions: &[(TensorId, Position)],
    instead: &BTreeMap<Address, Digest>,
) -> Result<(Vec<u8>, Parts), Malformed> {
    let mut opening = Writer::default();
    opening.bytes(&evidence.manifest.header.encode());
    let parts = Parts { header: opening.0.len(), ..Parts::default() };
    opening.varint(positions.len() as u64);
    let mut evaluator = Evaluator::new(Record { statement, evidence, opening, parts }, statement);
    for &(id, Position { shard, element }) in positions {
        evaluator.supply.opening.varint(id.0 as u64);
        let tensor = evaluator.tensor(id)?;
        let Source::Committed { .. } = tensor.descriptor.source else {
            return Err(Malformed::NotDrawn { tensor: id.0 });
        };
        evaluator.claimed_and_computed(&tensor, shard, element)?;
    }
    let Evaluator { supply: Record { opening, mut parts, .. }, known, leaves, .. } = evaluator;
    let mut siblings = Siblings::new(evidence, statement, opening);
    siblings.instead = instead;
    let [constants, inputs, committed] = [0, 1, 2].map(|wanted| {
        let is_wanted = |key: &&LeafKey| kind(&known[&key.tensor].descriptor.source) == Some(wanted);
        leaves.keys().filter(is_wanted).copied().collect::<Vec<_>>()
    });
    let is_constant = |id: &TensorId| kind(&known[id].descriptor.source) == Some(0);
    let ids: Vec<TensorId> = known.keys().copied().filter(is_constant).collect();
    let beside_constants = siblings.added(|siblings| siblings.constants(&ids, &constants))?;
    parts.beside_descriptors = siblings.added(|siblings| siblings.descriptors(known.keys()))?;
    parts.beside_leaves = [
        beside_constants,
        siblings.added(|siblings| siblings.inputs(&inputs))?,
        siblings.added(|siblings| siblings.trace(&committed))?,
    ];
    Ok((siblings.finish(), parts))
}
