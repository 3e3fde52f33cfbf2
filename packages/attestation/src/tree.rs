//! Binary Merkle trees whose shape follows from counts, and one proof for many leaves of a tree.

use crate::{
    Digest,
    hash::{ABSENT, node},
    layout::depth,
};

/// All digests of a tree over a list of leaf digests. Depth is the least that holds them; absent subtrees are
/// [`ABSENT`].
#[derive(Clone, Debug)]
pub struct Tree {
    /// Leaves first, root last.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// Builds the tree over at least one leaf digest.
    pub fn new(leaves: Vec<Digest>) -> Self {
        let mut levels = vec![leaves];
        for _ in 0..depth(levels[0].len() as u64) {
            let below = &levels[levels.len() - 1];
            let level = below.chunks(2).map(|pair| node(&pair[0], pair.get(1).unwrap_or(&ABSENT))).collect();
            levels.push(level);
        }
        Self { levels }
    }

    pub fn root(&self) -> Digest {
        self.levels[self.levels.len() - 1].first().copied().unwrap_or(ABSENT)
    }

    pub fn depth(&self) -> u8 {
        (self.levels.len() - 1) as u8
    }

    pub fn leaves(&self) -> &[Digest] {
        &self.levels[0]
    }

    /// The digest at `path` (the first `len` bits of a leaf's index) below the root; [`ABSENT`] past the end.
    pub fn digest(&self, path: u64, len: u8) -> Digest {
        let level = &self.levels[(self.depth() - len) as usize];
        level.get(path as usize).copied().unwrap_or(ABSENT)
    }
}

/// A place in a tree: the turns from the root down to it, left 0, right 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// Turns from the highest bit down; the rest are 0.
    turns: u128,
    len: u8,
}

impl Address {
    pub const ROOT: Address = Address { turns: 0, len: 0 };

    /// The place `depth` turns further down that has `index` there. At most 128 turns in all.
    pub fn down(self, index: u64, depth: u8) -> Self {
        if depth == 0 {
            return self;
        }
        let len = self.len + depth;
        Self { turns: self.turns | (index as u128) << (128 - len), len }
    }

    /// The place above. The root has none: it is the root.
    pub fn up(self) -> Self {
        let len = self.len.saturating_sub(1);
        let kept = if len == 0 { 0 } else { u128::MAX << (128 - len) };
        Self { turns: self.turns & kept, len }
    }

    /// The two places below the place above, of which this is one.
    pub fn and_beside(self) -> [Self; 2] {
        [0, 1].map(|turn| self.up().down(turn, 1))
    }

    /// Turns from the root.
    pub fn depth(self) -> u8 {
        self.len
    }

    /// The turns between depth `from` and depth `to`, at most 64 of them, as a number.
    pub fn part(self, from: u8, to: u8) -> u64 {
        if from == to { 0 } else { (self.turns << from >> (128 - (to - from))) as u64 }
    }

    fn turn(self, at: u8) -> bool {
        self.turns << at >> 127 == 1
    }
}

/// Several trees stacked: the leaves of one are the roots of the next. A shard's tree is shards over tensors over
/// leaves.
pub struct Stack<F: Fn(u64) -> u64> {
    /// Number of subtrees at the top.
    pub top: u64,
    /// Number of tensors in each.
    pub middle: u64,
    /// Leaves of the tensor in a slot; asked only for slots of which a leaf is opened.
    pub leaves: F,
}

impl<F: Fn(u64) -> u64> Stack<F> {
    /// Where leaf `leaf` of tensor `slot` of subtree `top` is.
    pub fn address(&self, top: u64, slot: u64, leaf: u64) -> Address {
        Address::ROOT.down(top, depth(self.top)).down(slot, depth(self.middle)).down(leaf, depth((self.leaves)(slot)))
    }

    /// Whether nothing lies at or below `at`.
    pub fn is_absent(&self, at: Address) -> bool {
        let (first, second) = (depth(self.top), depth(self.top) + depth(self.middle));
        let past = |from: u8, depth: u8, count: u64| at.part(from, at.len) << (from + depth - at.len) >= count;
        if at.len <= first {
            past(0, first, self.top)
        } else if at.len <= second {
            past(first, second - first, self.middle)
        } else {
            let leaves = (self.leaves)(at.part(first, second));
            past(second, depth(leaves), leaves)
        }
    }
}

/// Folds leaf digests, sorted by address, up to the root. `other` gives the digest of each subtree without an opened
/// leaf, asked left to right: from a proof when checking, into one when opening.
///
/// `None` if two addresses are the same or one lies below another.
pub fn fold<E>(
    leaves: &[(Address, Digest)],
    at: Address,
    other: &mut impl FnMut(Address) -> Result<Digest, E>,
) -> Result<Option<Digest>, E> {
    match leaves {
        [] => return other(at).map(Some),
        [(address, digest)] if address.len == at.len => return Ok(Some(*digest)),
        _ => {}
    }
    if leaves.iter().any(|(address, _)| address.len <= at.len) {
        return Ok(None);
    }
    let (left, right) = leaves.split_at(leaves.partition_point(|(address, _)| !address.turn(at.len)));
    let left = fold(left, at.down(0, 1), other)?;
    let right = fold(right, at.down(1, 1), other)?;
    Ok(left.zip(right).map(|(left, right)| node(&left, &right)))
}
