//! Everything that an opening shows must lie under the roots that the statement names.

use std::{collections::BTreeMap, rc::Rc};

use crate::{
    Digest, Header, Malformed, Source, Statement, TensorId,
    codec::Reader,
    evaluate::{Known, LeafKey},
    hash,
    header::input_root,
    tree::{Address, Stack, fold},
};

/// What was taken from an opening, and what is left of it: the digests that complete the trees.
pub(crate) struct Taken<'a> {
    /// Constants' without their roots, until these are known.
    pub descriptors: BTreeMap<TensorId, Vec<u8>>,
    pub known: BTreeMap<TensorId, Rc<Known>>,
    pub leaves: BTreeMap<LeafKey, Rc<[u8]>>,
    pub rest: Reader<'a>,
}

/// A leaf and its digest.
type Leaf = (LeafKey, Digest);

// Each tree's part stays a function of its own in the contract: a virtual machine refuses one with over 100 locals.
impl Taken<'_> {
    /// Folds everything up to its root, in the order of the opening: constants by id, descriptors, inputs, trace.
    /// Nothing may be left over.
    pub fn lies_under(mut self, statement: &Statement, header: &Header) -> Result<(), Malformed> {
        let (mut constants, mut inputs, mut trace) = (BTreeMap::<TensorId, Vec<Leaf>>::new(), vec![], vec![]);
        for (id, known) in &self.known {
            if let Source::Constant { .. } = known.descriptor.source {
                constants.insert(*id, vec![]);
            }
        }
        // Taken apart as it is read: nothing below needs payloads, and there may be very many of them.
        for (key, payload) in std::mem::take(&mut self.leaves) {
            let leaf = (key, hash::leaf(&payload));
            match self.known[&key.tensor].descriptor.source {
                Source::Constant { .. } => constants.entry(key.tensor).or_default().push(leaf),
                Source::Input { .. } => inputs.push(leaf),
                _ => trace.push(leaf),
            }
        }
        constants.into_iter().try_for_each(|(id, leaves)| self.constant(id, &leaves))?;
        self.program(statement, header)?;
        if !inputs.is_empty() {
            self.inputs(statement, header, &inputs)?;
        }
        self.trace(statement, header, &trace)?;
        self.rest.finish()
    }

    #[inline(never)]
    fn program(&mut self, statement: &Statement, header: &Header) -> Result<(), Malformed> {
        if self.descriptors.keys().any(|id| id.0 >= header.tensors) {
            return Err(Malformed::Counts);
        }
        let stack = Stack { top: 1, middle: 1, leaves: |_| header.tensors as u64 };
        let leaf = |(id, bytes): (&TensorId, &Vec<u8>)| (stack.address(0, 0, id.0 as u64), hash::leaf(bytes));
        let leaves = self.descriptors.iter().map(leaf).collect();
        let root = fold_rest(leaves, &|at| stack.is_absent(at), &mut self.rest)?;
        expect("program", header.program_id(&root) == statement.subject.program_id)
    }

    /// Completes a constant's descriptor by the root, which comes next in the opening if no leaf was opened.
    #[inline(never)]
    fn constant(&mut self, id: TensorId, leaves: &[Leaf]) -> Result<(), Malformed> {
        let count = self.leaf_count(id);
        let stack = Stack { top: 1, middle: 1, leaves: |_| count };
        let leaves = leaves.iter().map(|(key, digest)| (stack.address(0, 0, key.leaf as u64), *digest)).collect();
        let root = fold_rest(leaves, &|at| stack.is_absent(at), &mut self.rest)?;
        self.descriptors.entry(id).or_default().extend(root.0);
        Ok(())
    }

    #[inline(never)]
    fn inputs(&mut self, statement: &Statement, header: &Header, leaves: &[Leaf]) -> Result<(), Malformed> {
        let shards = self.rest.u64()?;
        let end = statement.subject.first_shard.checked_add(statement.subject.count);
        let slots = header.inputs as u64;
        if end.is_none_or(|end| end > shards) || leaves.iter().any(|(key, _)| key.tensor.0 as u64 >= slots) {
            return Err(Malformed::Counts);
        }
        let is_of_job = |key: &LeafKey| self.known[&key.tensor].descriptor.is_of_job();
        let (job, of_shards): (Vec<Leaf>, Vec<Leaf>) = leaves.iter().partition(|(key, _)| is_of_job(key));
        if header.job == 0 && !job.is_empty() {
            return Err(Malformed::Counts);
        }
        let root = self.inputs_of(&of_shards, shards, statement.subject.first_shard, slots)?;
        let root = if header.job == 0 { root } else { hash::node(&root, &self.inputs_of(&job, 1, 0, slots)?) };
        expect("input", input_root(shards, &root) == statement.subject.input_root)
    }

    /// The root over the inputs of one scope; it comes next in the opening if no leaf of it was opened.
    #[inline(never)]
    fn inputs_of(&mut self, leaves: &[Leaf], shards: u64, first: u64, slots: u64) -> Result<Digest, Malformed> {
        if leaves.is_empty() {
            return self.rest.digest();
        }
        let mut counts = BTreeMap::new();
        for (key, _) in leaves {
            counts.insert(key.tensor.0 as u64, self.leaf_count(key.tensor));
        }
        let stack = Stack { top: shards, middle: slots, leaves: |slot| counts.get(&slot).copied().unwrap_or(0) };
        let place = |key: &LeafKey| stack.address(first + key.shard, key.tensor.0 as u64, key.leaf as u64);
        let leaves = leaves.iter().map(|(key, digest)| (place(key), *digest)).collect();
        fold_rest(leaves, &|at| stack.is_absent(at), &mut self.rest)
    }

    #[inline(never)]
    fn trace(&mut self, statement: &Statement, header: &Header, leaves: &[Leaf]) -> Result<(), Malformed> {
        let mut slots = BTreeMap::new();
        let mut counts = BTreeMap::new();
        for (key, _) in leaves {
            let Source::Committed { slot, .. } = self.known[&key.tensor].descriptor.source else {
                return Err(Malformed::Counts);
            };
            slots.insert(key.tensor, slot as u64);
            counts.insert(slot as u64, self.leaf_count(key.tensor));
        }
        // Two tensors in one slot would make two meanings of one leaf.
        if counts.len() != slots.len() || slots.values().any(|slot| *slot >= header.committed as u64) {
            return Err(Malformed::Counts);
        }
        let stack = Stack {
            top: statement.subject.count,
            middle: header.committed as u64,
            leaves: |slot| counts.get(&slot).copied().unwrap_or(0),
        };
        let address = |key: &LeafKey| stack.address(key.shard, slots[&key.tensor], key.leaf as u64);
        let leaves = leaves.iter().map(|(key, digest)| (address(key), *digest)).collect();
        let root = fold_rest(leaves, &|at| stack.is_absent(at), &mut self.rest)?;
        expect("trace", root == statement.root)
    }

    fn leaf_count(&self, id: TensorId) -> u64 {
        let descriptor = &self.known[&id].descriptor;
        descriptor.layout().map_or(0, |layout| layout.leaves(&descriptor.ty) as u64)
    }
}

fn expect(tree: &'static str, holds: bool) -> Result<(), Malformed> {
    if holds { Ok(()) } else { Err(Malformed::Root { tree }) }
}

/// The root over opened leaves; the digests of what lies beside them come next in the opening.
pub(crate) fn fold_rest(
    mut leaves: Vec<(Address, Digest)>,
    absent: &dyn Fn(Address) -> bool,
    rest: &mut Reader,
) -> Result<Digest, Malformed> {
    leaves.sort_by_key(|(address, _)| *address);
    let mut beside = |at| if absent(at) { Ok(hash::ABSENT) } else { rest.digest() };
    fold(&leaves, Address::ROOT, &mut beside)?.ok_or(Malformed::Counts)
}
