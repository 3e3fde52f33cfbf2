//! The digests beside what an opening or an answer shows.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::{
    Digest, Evidence, Malformed, Source, Statement, TensorId,
    codec::Writer,
    commit::tensor_tree,
    evaluate::LeafKey,
    hash,
    layout::depth,
    tree::{Address, Stack, Tree, fold},
    wanted::{Located, Slot},
};

static NONE: BTreeMap<Address, Digest> = BTreeMap::new();

/// Appends the digests that the opened leaves lack.
pub(crate) struct Siblings<'a> {
    evidence: &'a Evidence<'a>,
    statement: &'a Statement,
    opening: Writer,
    /// Trees of tensors of which a leaf was opened, by tensor and shard.
    trees: BTreeMap<(TensorId, u64), Tree>,
    /// Digests of the attester's trees that are other than follows.
    pub instead: &'a BTreeMap<Address, Digest>,
}

impl<'a> Siblings<'a> {
    pub fn new(evidence: &'a Evidence<'a>, statement: &'a Statement, opening: Writer) -> Self {
        Self { evidence, statement, opening, trees: BTreeMap::new(), instead: &NONE }
    }

    /// How many bytes `append` appends.
    pub fn added(&mut self, append: impl FnOnce(&mut Self) -> Result<(), Malformed>) -> Result<usize, Malformed> {
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

    pub fn descriptors<'k>(&mut self, ids: impl Iterator<Item = &'k TensorId>) -> Result<(), Malformed> {
        let tree = &self.evidence.manifest.tree;
        let stack = Stack { top: 1, middle: 1, leaves: |_| tree.leaves().len() as u64 };
        let leaves = ids.map(|id| stack.address(0, 0, id.0 as u64)).collect();
        self.append(leaves, |at| (!stack.is_absent(at)).then(|| tree.digest(at.part(0, at.depth()), at.depth())));
        Ok(())
    }

    /// `ids` are the constants known, `keys` the leaves read.
    pub fn constants(&mut self, ids: &[TensorId], keys: &[LeafKey]) -> Result<(), Malformed> {
        for &tensor in ids {
            let tree = self.tree(LeafKey { tensor, shard: 0, leaf: 0 })?;
            let stack = Stack { top: 1, middle: 1, leaves: |_| tree.leaves().len() as u64 };
            let own = keys.iter().filter(|key| key.tensor == tensor);
            let leaves = own.map(|key| stack.address(0, 0, key.leaf as u64)).collect();
            self.append(leaves, |at| (!stack.is_absent(at)).then(|| tree.digest(at.part(0, at.depth()), at.depth())));
        }
        Ok(())
    }

    pub fn inputs(&mut self, keys: &[LeafKey]) -> Result<(), Malformed> {
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

    pub fn trace(&mut self, keys: &[LeafKey]) -> Result<(), Malformed> {
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
