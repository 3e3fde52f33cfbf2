//! What a provider runs: from a trace and a seed to the bytes that open the drawn elements.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    ops::Range,
    rc::Rc,
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
    wanted::{Located, Slot},
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

impl<'a> Evidence<'a> {
    pub(crate) fn tensor(
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
    write(statement, evidence, &drawn.collect::<Result<Vec<_>, _>>()?, &NONE)
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

static NONE: BTreeMap<Address, Digest> = BTreeMap::new();

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
    let mut evaluator = Evaluator::new(Record { statement, evidence, opening, parts });
    for &(id, Position { shard, element }) in positions {
        evaluator.supply.opening.varint(id.0 as u64);
        let tensor = evaluator.tensor(id)?;
        let Source::Committed { layout, .. } = tensor.descriptor.source else {
            return Err(Malformed::NotDrawn { tensor: id.0 });
        };
        evaluator.claimed_and_computed(&tensor, layout, shard, element)?;
    }
    let Evaluator { supply: Record { opening, mut parts, .. }, known, leaves, .. } = evaluator;
    let mut siblings = Siblings { instead, ..Siblings::new(evidence, statement, opening) };
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

/// Appends the digests that the opened leaves lack.
pub(crate) struct Siblings<'a> {
    evidence: &'a Evidence<'a>,
    statement: &'a Statement,
    opening: Writer,
    /// Trees of tensors of which a leaf was opened, by tensor and shard.
    trees: BTreeMap<(TensorId, u64), Tree>,
    /// Digests of the attester's trees that are other than follows.
    instead: &'a BTreeMap<Address, Digest>,
}

impl<'a> Siblings<'a> {
    pub fn new(evidence: &'a Evidence<'a>, statement: &'a Statement, opening: Writer) -> Self {
        Self { evidence, statement, opening, trees: BTreeMap::new(), instead: &NONE }
    }

    /// How many bytes `append` appends.
    fn added(&mut self, append: impl FnOnce(&mut Self) -> Result<(), Malformed>) -> Result<usize, Malformed> {
        let before = self.opening.0.len();
        append(self)?;
        Ok(self.opening.0.len() - before)
    }

    /// The opening with everything that was appended.
    pub fn finish(self) -> Vec<u8> {
        self.opening.0
    }

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

    fn descriptors<'k>(&mut self, ids: impl Iterator<Item = &'k TensorId>) -> Result<(), Malformed> {
        let tree = &self.evidence.manifest.tree;
        let stack = Stack { top: 1, middle: 1, leaves: |_| tree.leaves().len() as u64 };
        let leaves = ids.map(|id| stack.address(0, 0, id.0 as u64)).collect();
        self.append(leaves, |at| (!stack.is_absent(at)).then(|| tree.digest(at.part(0, at.depth()), at.depth())));
        Ok(())
    }

    /// `ids` are the constants known, `keys` the leaves read.
    fn constants(&mut self, ids: &[TensorId], keys: &[LeafKey]) -> Result<(), Malformed> {
        for &tensor in ids {
            let tree = self.tree(LeafKey { tensor, shard: 0, leaf: 0 })?;
            let stack = Stack { top: 1, middle: 1, leaves: |_| tree.leaves().len() as u64 };
            let own = keys.iter().filter(|key| key.tensor == tensor);
            let leaves = own.map(|key| stack.address(0, 0, key.leaf as u64)).collect();
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
        self.stacked(keys, top, (first, slots), &|id| id.0 as u64, &NONE)
    }

    fn trace(&mut self, keys: &[LeafKey]) -> Result<(), Malformed> {
        let manifest = self.evidence.manifest;
        let slot = |id: TensorId| match manifest.descriptor(id).source {
            Source::Committed { slot, .. } => slot as u64,
            _ => 0,
        };
        self.stacked(keys, self.evidence.tree, (0, manifest.header.committed as u64), &slot, self.instead)
    }

    /// Appends digests of the attester's trees, and then those beside them and beside `elements`, which are shards of the
    /// attestation, slots and leaves.
    pub fn reveal(&mut self, located: &Located, elements: &[(u64, Slot, u32)]) -> Result<(), Malformed> {
        let mut levels = Levels {
            shard_depth: depth(self.statement.subject.count),
            slot_depth: depth(self.evidence.manifest.header.committed.into()),
            top: self.evidence.tree,
            shards: BTreeMap::new(),
            tensors: BTreeMap::new(),
            instead: self.instead,
        };
        for (shard, slot) in located.touched(elements) {
            let key = |tensor| LeafKey { tensor, shard, leaf: 0 };
            if let Some(Slot { slot, tensor, .. }) = slot {
                levels.tensors.insert((shard, slot), self.tree(key(tensor))?);
            }
            if let Entry::Vacant(vacant) = levels.shards.entry(shard)
                && let Some((first, _)) = self.evidence.manifest.committed().first()
            {
                vacant.insert(self.shard(key(*first), self.evidence.manifest.header.committed.into())?);
            }
        }
        let stack = located.stack();
        let mut leaves = located.digests();
        for at in &leaves {
            self.opening.bytes(&levels.digest(*at).0);
        }
        leaves.extend(elements.iter().map(|(shard, slot, leaf)| stack.address(*shard, slot.slot, (*leaf).into())));
        self.append(leaves, |at| (!stack.is_absent(at)).then(|| levels.digest(at)));
        Ok(())
    }

    /// Siblings in a tree of shards over tensors over leaves. `first` is the first of our shards, `slots` the number of
    /// tensors.
    fn stacked(
        &mut self,
        keys: &[LeafKey],
        top: &Tree,
        (first, slots): (u64, u64),
        slot: &dyn Fn(TensorId) -> u64,
        instead: &BTreeMap<Address, Digest>,
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
        let levels = Levels { shard_depth, slot_depth, top, shards, tensors, instead };
        self.append(leaves, |at| (!stack.is_absent(at)).then(|| levels.digest(at)));
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

/// Digests of trees stacked: shards over tensors over leaves.
struct Levels<'t> {
    shard_depth: u8,
    slot_depth: u8,
    top: &'t Tree,
    shards: BTreeMap<u64, Tree>,
    /// By shard and slot.
    tensors: BTreeMap<(u64, u64), Tree>,
    /// Those that are other than follows.
    instead: &'t BTreeMap<Address, Digest>,
}

impl Levels<'_> {
    fn digest(&self, at: Address) -> Digest {
        if let Some(digest) = self.instead.get(&at) {
            return *digest;
        }
        let (shard, len) = (at.part(0, self.shard_depth.min(at.depth())), at.depth());
        let above = self.shard_depth + self.slot_depth;
        if len <= self.shard_depth {
            self.top.digest(shard, len)
        } else if len <= above {
            self.shards[&shard].digest(at.part(self.shard_depth, len), len - self.shard_depth)
        } else {
            let slot = at.part(self.shard_depth, above);
            self.tensors[&(shard, slot)].digest(at.part(above, len), len - above)
        }
    }
}
