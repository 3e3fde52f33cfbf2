//! What the contract runs: recompute the drawn elements from an opening, and compare.

use std::collections::BTreeMap;

use crate::{
    Descriptor, Digest, Header, Malformed, Source, Statement, TensorId,
    codec::Reader,
    evaluate::{Evaluator, LeafKey, Supply},
    hash,
    header::input_root,
    layout::depth,
    tree::{Address, Stack, fold},
};

/// What an opening shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next `draws` draws were opened and each agrees.
    Agreed { draws: u32 },
    /// A drawn element does not follow from what it reads.
    Disagreed(Mismatch),
}

/// The first drawn element that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub draw: u32,
    /// The job's shard.
    pub shard: u64,
    pub tensor: u32,
    pub element: u32,
    pub claimed: i64,
    pub computed: i64,
}

/// Takes descriptors and leaves from an opening as they are first needed.
struct Stream<'a> {
    opening: Reader<'a>,
    /// Digest of every descriptor taken.
    descriptors: BTreeMap<TensorId, Digest>,
}

impl<'a> Supply<'a> for Stream<'a> {
    fn descriptor(&mut self, id: TensorId) -> Result<Descriptor, Malformed> {
        let from = self.opening.position();
        let descriptor = Descriptor::decode(&mut self.opening)?;
        self.descriptors.insert(id, hash::leaf(self.opening.since(from)));
        Ok(descriptor)
    }

    fn leaf(&mut self, _: LeafKey, _: &Descriptor, len: usize) -> Result<&'a [u8], Malformed> {
        self.opening.bytes(len)
    }
}

/// Checks the opening of an attestation's next draws, `opened` of which were opened before.
///
/// An error says nothing about the attestation: these bytes do not open it. Exactly one string of bytes opens given
/// draws of a given attestation.
pub fn check(statement: &Statement, opened: u32, opening: &[u8]) -> Result<Outcome, Malformed> {
    let mut reader = Reader::new(opening);
    let header = Header::decode(&mut reader)?;
    let draws = reader.varint32()?;
    if draws == 0 || draws > statement.draws.saturating_sub(opened) {
        return Err(Malformed::Draws { draws });
    }
    let mut evaluator = Evaluator::new(Stream { opening: reader, descriptors: BTreeMap::new() });
    let mut mismatch = None;
    for number in opened..opened + draws {
        let found = check_draw(statement, &mut evaluator, number)?;
        mismatch = mismatch.or(found);
    }
    check_roots(statement, &header, evaluator)?;
    Ok(mismatch.map_or(Outcome::Agreed { draws }, Outcome::Disagreed))
}

fn check_draw<'a>(
    statement: &Statement,
    evaluator: &mut Evaluator<'a, Stream<'a>>,
    number: u32,
) -> Result<Option<Mismatch>, Malformed> {
    let draw = statement.draw(number);
    let id = TensorId(evaluator.supply.opening.varint32()?);
    let tensor = evaluator.tensor(id)?;
    let Source::Committed { layout, interval, .. } = tensor.descriptor.source else {
        return Err(Malformed::NotDrawn { tensor: id.0 });
    };
    if !interval.contains(draw.ticket) {
        return Err(Malformed::NotDrawn { tensor: id.0 });
    }
    let element = draw.element(tensor.descriptor.ty.shape.elements());
    let (claimed, computed) = evaluator.claimed_and_computed(&tensor, layout, draw.shard, element)?;
    let shard = statement.first_shard.saturating_add(draw.shard);
    let mismatch = Mismatch { draw: number, shard, tensor: id.0, element, claimed, computed };
    Ok((claimed != computed).then_some(mismatch))
}

/// Everything taken must lie under the roots that the statement names, and nothing may be left over.
fn check_roots(
    statement: &Statement,
    header: &Header,
    evaluator: Evaluator<Stream>,
) -> Result<(), Malformed> {
    let Evaluator { supply: Stream { mut opening, descriptors }, known, leaves, .. } = evaluator;
    check_descriptors(statement, header, &descriptors, &mut opening)?;
    let (mut constants, mut inputs, mut trace) = (BTreeMap::<TensorId, Vec<_>>::new(), vec![], vec![]);
    for (key, payload) in &leaves {
        let leaf = (key, hash::leaf(payload));
        match known[&key.tensor].descriptor.source {
            Source::Constant { .. } => constants.entry(key.tensor).or_default().push(leaf),
            Source::Input { .. } => inputs.push(leaf),
            _ => trace.push(leaf),
        }
    }
    for (id, leaves) in constants {
        let descriptor = &known[&id].descriptor;
        let Source::Constant { layout, root } = descriptor.source else { continue };
        let stack = Stack { top: 1, middle: 1, leaves: |_| layout.leaves(&descriptor.ty) as u64 };
        let leaves = leaves.iter().map(|(key, digest)| (stack.address(0, 0, key.leaf as u64), *digest));
        if fold_opening(leaves.collect(), |at| stack.is_absent(at), &mut opening)? != root {
            return Err(Malformed::Root { tree: "constant" });
        }
    }
    let leaf_count = |id: TensorId| {
        let descriptor = &known[&id].descriptor;
        descriptor.layout().map_or(0, |layout| layout.leaves(&descriptor.ty) as u64)
    };
    if !inputs.is_empty() {
        let shards = opening.u64()?;
        if statement.first_shard.checked_add(statement.count).is_none_or(|end| end > shards) {
            return Err(Malformed::Counts);
        }
        let inputs_of = header.inputs as u64;
        let stack = Stack { top: shards, middle: inputs_of, leaves: |slot| leaf_count(TensorId(slot as u32)) };
        let leaves: Option<Vec<_>> = inputs
            .iter()
            .map(|(key, digest)| {
                let (shard, slot) = (statement.first_shard + key.shard, key.tensor.0 as u64);
                (slot < inputs_of).then(|| (stack.address(shard, slot, key.leaf as u64), *digest))
            })
            .collect();
        let root = fold_opening(leaves.ok_or(Malformed::Counts)?, |at| stack.is_absent(at), &mut opening)?;
        if input_root(shards, &root) != statement.input_root {
            return Err(Malformed::Root { tree: "input" });
        }
    }
    let mut slots = BTreeMap::new();
    for (key, _) in &trace {
        if let Source::Committed { slot, .. } = known[&key.tensor].descriptor.source {
            let other = slots.insert(slot as u64, key.tensor);
            if slot >= header.committed || other.is_some_and(|other| other != key.tensor) {
                return Err(Malformed::Counts);
            }
        }
    }
    let tensors: BTreeMap<_, _> = slots.iter().map(|(slot, id)| (*id, *slot)).collect();
    let stack = Stack {
        top: statement.count,
        middle: header.committed as u64,
        leaves: |slot| slots.get(&slot).map_or(0, |id| leaf_count(*id)),
    };
    let leaves = trace
        .iter()
        .map(|(key, digest)| (stack.address(key.shard, tensors[&key.tensor], key.leaf as u64), *digest))
        .collect();
    if fold_opening(leaves, |at| stack.is_absent(at), &mut opening)? != statement.root {
        return Err(Malformed::Root { tree: "trace" });
    }
    opening.finish()
}

fn check_descriptors(
    statement: &Statement,
    header: &Header,
    descriptors: &BTreeMap<TensorId, Digest>,
    opening: &mut Reader,
) -> Result<(), Malformed> {
    if descriptors.keys().any(|id| id.0 >= header.tensors) {
        return Err(Malformed::Counts);
    }
    let stack = Stack { top: 1, middle: 1, leaves: |_| header.tensors as u64 };
    let leaves = descriptors.iter().map(|(id, digest)| (stack.address(0, 0, id.0 as u64), *digest)).collect();
    let root = fold_opening(leaves, |at| stack.is_absent(at), opening)?;
    if header.program_id(&root) != statement.program_id {
        return Err(Malformed::Root { tree: "program" });
    }
    Ok(())
}

/// The root over opened leaves, the rest taken from the opening.
fn fold_opening(
    mut leaves: Vec<(Address, Digest)>,
    absent: impl Fn(Address) -> bool,
    opening: &mut Reader,
) -> Result<Digest, Malformed> {
    leaves.sort_by_key(|(address, _)| *address);
    let mut other = |at| if absent(at) { Ok(hash::ABSENT) } else { opening.array() };
    fold(&leaves, Address::ROOT, &mut other)?.ok_or(Malformed::Counts)
}

/// Bytes that the levels above a shard add to one draw's opening: of the attester's tree and of the inputs' tree.
pub fn shard_path_bytes(count: u64, total_shards: u64) -> u64 {
    32 * (depth(count) as u64 + depth(total_shards) as u64)
}
