//! What a provider runs: from a trace and a seed to the bytes that open the drawn elements.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    ops::Range,
};

use tequio_tensor::Type;

use crate::{
    Descriptor, Digest, Inputs, Layout, Malformed, Manifest, Position, Source, Statement, TensorId,
    codec::Writer,
    commit::{ShardTrace, payload, tensor_tree},
    evaluate::{Evaluator, LeafKey, Supply},
    hash,
    layout::depth,
    tree::{Address, Stack, Tree, fold},
};

/// What an opening is made from.
pub struct Evidence<'a> {
    pub manifest: &'a Manifest,
    /// Those of all the job's shards.
    pub inputs: &'a Inputs,
    /// The tree over them.
    pub input_tree: &'a Tree,
    /// The tree over the attestation's shards.
    pub tree: &'a Tree,
    /// For every drawn shard, numbered within the attestation, what was committed to: [`drawn_traces`] collects them.
    pub traces: BTreeMap<u64, ShardTrace>,
}

/// The shards, numbered within the attestation, that `draws` fall on.
pub fn drawn_shards(statement: &Statement, draws: Range<u32>) -> BTreeSet<u64> {
    draws.map(|number| statement.draw(number).shard).collect()
}

/// The traces that opening `draws` takes. `trace` runs a shard, numbered as the job has it, once more.
pub fn drawn_traces<E>(
    statement: &Statement,
    draws: Range<u32>,
    mut trace: impl FnMut(u64) -> Result<ShardTrace, E>,
) -> Result<BTreeMap<u64, ShardTrace>, E> {
    let first = statement.subject.first_shard;
    drawn_shards(statement, draws).into_iter().map(|shard| Ok((shard, trace(first + shard)?))).collect()
}

/// Writes descriptors and leaves into the opening as they are first needed.
struct Record<'a> {
    statement: &'a Statement,
    evidence: &'a Evidence<'a>,
    opening: Writer,
}

impl<'a> Supply<'a> for Record<'a> {
    fn descriptor(&mut self, id: TensorId) -> Result<Descriptor, Malformed> {
        let descriptor = self.evidence.manifest.descriptor(id).clone();
        self.opening.bytes(&descriptor.encode());
        Ok(descriptor)
    }

    fn leaf(&mut self, key: LeafKey, tensor: &Descriptor, len: usize) -> Result<&'a [u8], Malformed> {
        let (layout, bytes) = self.evidence.tensor(self.statement, key, tensor)?;
        let payload = payload(&tensor.ty, layout, bytes, key.leaf);
        debug_assert_eq!(payload.len(), len);
        self.opening.bytes(payload);
        Ok(payload)
    }
}

impl<'a> Evidence<'a> {
    fn tensor(
        &'a self,
        statement: &Statement,
        key: LeafKey,
        tensor: &Descriptor,
    ) -> Result<(Layout, &'a [u8]), Malformed> {
        let bytes = match tensor.source {
            Source::Constant { layout, .. } => {
                return Ok((layout, &self.manifest.constants[key.tensor.0 as usize]));
            }
            Source::Input { .. } => {
                let shard = statement.subject.first_shard.saturating_add(key.shard);
                self.inputs.shard(shard).get(key.tensor.0 as usize).copied()
            }
            Source::Committed { slot, .. } => {
                self.traces.get(&key.shard).and_then(|trace| trace.slots.get(slot as usize)).map(Vec::as_slice)
            }
            Source::Virtual { .. } => None,
        };
        let missing = Malformed::Evidence { tensor: key.tensor.0, shard: key.shard };
        let expected = tensor.ty.bytes();
        tensor.layout().zip(bytes.filter(|bytes| bytes.len() == expected)).ok_or(missing)
    }

    fn drawn(&self, ticket: u32) -> Option<(TensorId, Type)> {
        (0u32..).zip(&self.manifest.tensors).find_map(|(id, tensor)| match tensor.source {
            Source::Committed { interval, .. } if interval.contains(ticket) => Some((TensorId(id), tensor.ty)),
            _ => None,
        })
    }
}

/// Opens `draws` of an attestation.
///
/// The bytes are what [`crate::check`] takes, whether or not the elements agree. Errors if the evidence lacks a shard
/// that is drawn or has a tensor of the wrong length.
pub fn open(statement: &Statement, evidence: &Evidence, draws: Range<u32>) -> Result<Vec<u8>, Malformed> {
    let drawn = draws.map(|number| {
        let draw = statement.draw(number);
        let (id, ty) = evidence.drawn(draw.ticket).ok_or(Malformed::Counts)?;
        Ok((id, Position { shard: draw.shard, element: draw.element(ty.shape.elements()) }))
    });
    write(statement, evidence, &drawn.collect::<Result<Vec<_>, _>>()?)
}

/// Opens one element of a committed tensor, drawn or not.
///
/// The bytes are what [`crate::refute`] takes. Errors if the evidence lacks the shard, has a tensor of the wrong length,
/// or `tensor` is not committed to.
pub fn show(
    statement: &Statement,
    evidence: &Evidence,
    tensor: TensorId,
    position: Position,
) -> Result<Vec<u8>, Malformed> {
    write(statement, evidence, &[(tensor, position)])
}

fn write(statement: &Statement, evidence: &Evidence, positions: &[(TensorId, Position)]) -> Result<Vec<u8>, Malformed> {
    let mut opening = Writer::default();
    opening.bytes(&evidence.manifest.header.encode());
    opening.varint(positions.len() as u64);
    let mut evaluator = Evaluator::new(Record { statement, evidence, opening });
    for &(id, Position { shard, element }) in positions {
        evaluator.supply.opening.varint(id.0 as u64);
        let tensor = evaluator.tensor(id)?;
        let Source::Committed { layout, .. } = tensor.descriptor.source else {
            return Err(Malformed::NotDrawn { tensor: id.0 });
        };
        evaluator.claimed_and_computed(&tensor, layout, shard, element)?;
    }
    let Evaluator { supply, known, leaves, .. } = evaluator;
    let mut siblings = Siblings { evidence, statement, opening: supply.opening, trees: BTreeMap::new() };
    siblings.descriptors(known.keys());
    let of = |wanted: fn(&Source) -> bool| {
        let source = |id: &TensorId| &known[id].descriptor.source;
        leaves.keys().filter(|key| wanted(source(&key.tensor))).copied().collect::<Vec<_>>()
    };
    siblings.constants(&of(|source| matches!(source, Source::Constant { .. })))?;
    siblings.inputs(&of(|source| matches!(source, Source::Input { .. })))?;
    siblings.trace(&of(|source| matches!(source, Source::Committed { .. })))?;
    Ok(siblings.opening.0)
}

/// Appends the digests that the opened leaves lack.
struct Siblings<'a> {
    evidence: &'a Evidence<'a>,
    statement: &'a Statement,
    opening: Writer,
    /// Trees of tensors of which a leaf was opened, by tensor and shard.
    trees: BTreeMap<(TensorId, u64), Tree>,
}

impl Siblings<'_> {
    /// Folds without values: only which digests are asked for matters.
    fn append(&mut self, mut leaves: Vec<Address>, digest: impl Fn(Address) -> Option<Digest>) {
        leaves.sort();
        let leaves: Vec<_> = leaves.into_iter().map(|address| (address, hash::ABSENT)).collect();
        let mut other = |at| {
            if let Some(digest) = digest(at) {
                self.opening.bytes(&digest.0);
            }
            Ok::<_, Malformed>(hash::ABSENT)
        };
        let _ = fold(&leaves, Address::ROOT, &mut other);
    }

    fn descriptors<'k>(&mut self, ids: impl Iterator<Item = &'k TensorId>) {
        let tree = &self.evidence.manifest.tree;
        let stack = Stack { top: 1, middle: 1, leaves: |_| tree.leaves().len() as u64 };
        let leaves = ids.map(|id| stack.address(0, 0, id.0 as u64)).collect();
        self.append(leaves, |at| (!stack.is_absent(at)).then(|| tree.digest(at.part(0, at.depth()), at.depth())));
    }

    fn constants(&mut self, keys: &[LeafKey]) -> Result<(), Malformed> {
        let mut by_tensor = BTreeMap::<TensorId, Vec<LeafKey>>::new();
        for key in keys {
            by_tensor.entry(key.tensor).or_default().push(*key);
        }
        for keys in by_tensor.values() {
            let tree = self.tree(keys[0])?;
            let stack = Stack { top: 1, middle: 1, leaves: |_| tree.leaves().len() as u64 };
            let leaves = keys.iter().map(|key| stack.address(0, 0, key.leaf as u64)).collect();
            self.append(leaves, |at| (!stack.is_absent(at)).then(|| tree.digest(at.part(0, at.depth()), at.depth())));
        }
        Ok(())
    }

    fn inputs(&mut self, keys: &[LeafKey]) -> Result<(), Malformed> {
        if keys.is_empty() {
            return Ok(());
        }
        let Evidence { manifest, inputs, input_tree, .. } = self.evidence;
        self.opening.u64(input_tree.leaves().len() as u64);
        let (job, shards): (Vec<LeafKey>, Vec<LeafKey>) =
            keys.iter().partition(|key| manifest.descriptor(key.tensor).is_of_job());
        let (first, slots) = (self.statement.subject.first_shard, manifest.header.inputs as u64);
        self.inputs_of(&shards, input_tree, first, slots)?;
        if manifest.header.job == 0 {
            return Ok(());
        }
        let top = Tree::new(vec![inputs.job(manifest).root()]);
        self.inputs_of(&job, &top, 0, slots)
    }

    /// The digests beside leaves of inputs of one scope, or its root if there are none.
    fn inputs_of(&mut self, keys: &[LeafKey], top: &Tree, first: u64, slots: u64) -> Result<(), Malformed> {
        if keys.is_empty() {
            self.opening.bytes(&top.root().0);
            return Ok(());
        }
        self.stacked(keys, top, first, slots, &|id| id.0 as u64)
    }

    fn trace(&mut self, keys: &[LeafKey]) -> Result<(), Malformed> {
        let manifest = self.evidence.manifest;
        let slot = |id: TensorId| match manifest.descriptor(id).source {
            Source::Committed { slot, .. } => slot as u64,
            _ => 0,
        };
        self.stacked(keys, self.evidence.tree, 0, manifest.header.committed as u64, &slot)
    }

    /// Siblings in a tree of shards (the first of ours is `first`) over `slots` tensors over leaves.
    fn stacked(
        &mut self,
        keys: &[LeafKey],
        top: &Tree,
        first: u64,
        slots: u64,
        slot: &dyn Fn(TensorId) -> u64,
    ) -> Result<(), Malformed> {
        let mut shards = BTreeMap::new();
        let mut tensors = BTreeMap::new();
        for key in keys {
            tensors.insert((key.shard + first, slot(key.tensor)), self.tree(*key)?);
            if let Entry::Vacant(shard) = shards.entry(key.shard + first) {
                shard.insert(self.shard(*key, slots)?);
            }
        }
        let leaf_counts: BTreeMap<u64, u64> =
            tensors.iter().map(|((_, slot), tree)| (*slot, tree.leaves().len() as u64)).collect();
        let stack = Stack {
            top: top.leaves().len() as u64,
            middle: slots,
            leaves: |slot| leaf_counts.get(&slot).copied().unwrap_or(0),
        };
        let leaves =
            keys.iter().map(|key| stack.address(key.shard + first, slot(key.tensor), key.leaf as u64)).collect();
        let (shard_depth, slot_depth) = (depth(stack.top), depth(slots));
        self.append(leaves, |at| {
            if stack.is_absent(at) {
                return None;
            }
            let (shard, len) = (at.part(0, shard_depth.min(at.depth())), at.depth());
            Some(if len <= shard_depth {
                top.digest(shard, len)
            } else if len <= shard_depth + slot_depth {
                shards[&shard].digest(at.part(shard_depth, len), len - shard_depth)
            } else {
                let above = shard_depth + slot_depth;
                tensors[&(shard, at.part(shard_depth, above))].digest(at.part(above, len), len - above)
            })
        });
        Ok(())
    }

    /// The tree over the tensors of the shard that `key` lies in.
    fn shard(&mut self, key: LeafKey, slots: u64) -> Result<Tree, Malformed> {
        let manifest = self.evidence.manifest;
        let is_input = matches!(manifest.descriptor(key.tensor).source, Source::Input { .. });
        let ids: Vec<TensorId> = if is_input {
            (0..slots as u32).map(TensorId).collect()
        } else {
            manifest.committed().into_iter().map(|(id, _)| id).collect()
        };
        let is_of_job = |id: TensorId| manifest.descriptor(id).is_of_job();
        let root = |tensor: TensorId| match is_input && is_of_job(tensor) != is_of_job(key.tensor) {
            true => Ok(hash::ABSENT),
            false => self.tree(LeafKey { tensor, ..key }).map(|tree| tree.root()),
        };
        Ok(Tree::new(ids.into_iter().map(root).collect::<Result<_, _>>()?))
    }

    fn tree(&mut self, key: LeafKey) -> Result<Tree, Malformed> {
        if let Some(tree) = self.trees.get(&(key.tensor, key.shard)) {
            return Ok(tree.clone());
        }
        let descriptor = self.evidence.manifest.descriptor(key.tensor);
        let (layout, bytes) = self.evidence.tensor(self.statement, key, descriptor)?;
        let tree = tensor_tree(&descriptor.ty, layout, bytes);
        self.trees.insert((key.tensor, key.shard), tree.clone());
        Ok(tree)
    }
}
