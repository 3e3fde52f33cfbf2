//! Roots of committed tensors, many leaves and nodes at once.
//!
//! The same digests as [`tequio_attestation::hash`] gives one by one: every leaf and node is a single BLAKE3 chunk, so
//! the crate's SIMD entry point hashes as many as the machine has lanes. The upper levels of many trees go together: each
//! of them alone would leave most lanes empty. No tree is kept; what a call needs lies in the [`TreeHasher`] and is used
//! again by the next.

use blake3::{IncrementCounter, platform::Platform};
use tequio_attestation::{
    Digest, Layout,
    hash::{ABSENT, LEAF_KEY, NODE_KEY},
};
use tequio_tensor::Type;

/// BLAKE3's domain flags: keyed hash; chunk start; chunk end and root.
const KEYED: u8 = 16;
const START: u8 = 1;
const END_ROOT: u8 = 2 | 8;
/// Messages of one call, many times what any platform hashes at once.
const BATCH: usize = 64;
/// Nodes of a level from which a tree goes together with others.
const FEW: usize = 256;
const DIGEST: usize = 32;
const BLOCK: usize = 64;

/// Computes tree roots, reusing its memory from call to call. One for each worker.
#[derive(Debug)]
pub struct TreeHasher {
    platform: Platform,
    /// The level being built, and the one below it.
    level: Vec<u8>,
    below: Vec<u8>,
    /// Payloads that had to be padded.
    padded: Vec<u8>,
    /// A level of each tree that was added, one behind the other, and how many digests it has.
    trees: Vec<u8>,
    counts: Vec<usize>,
    /// Nodes whose right digest is absent.
    odd: Vec<[u8; BLOCK]>,
}

impl Default for TreeHasher {
    fn default() -> Self {
        Self {
            platform: Platform::detect(),
            level: Vec::new(),
            below: Vec::new(),
            padded: Vec::new(),
            trees: Vec::new(),
            counts: Vec::new(),
            odd: Vec::new(),
        }
    }
}

impl TreeHasher {
    /// Adds the tree over a tensor's canonical bytes (row-major, little-endian, rows not padded).
    pub fn add(&mut self, bytes: &[u8], ty: &Type, layout: Layout) {
        self.level.resize(layout.leaves(ty) as usize * DIGEST, 0);
        let row = layout.row as usize * ty.dtype.bytes();
        let leaf = layout.leaf_elements(ty) as usize * ty.dtype.bytes();
        let (full, rest) = (row / leaf, row % leaf);
        if rest == 0 {
            self.even(bytes, leaf);
        } else if full == 0 {
            self.even(bytes, row);
        } else {
            self.uneven(bytes, row, leaf);
        }
        self.plant();
    }

    /// Roots of the trees that were added since the last call, in that order.
    pub fn roots(&mut self) -> Vec<Digest> {
        let mut roots = vec![ABSENT; self.counts.len()];
        let mut growing: Vec<Growing> = Vec::with_capacity(roots.len());
        let mut first = 0;
        for (tree, count) in self.counts.drain(..).enumerate() {
            growing.push(Growing { tree, first, count });
            first += count;
        }
        loop {
            growing.retain(|&Growing { tree, first, count }| {
                let root = self.trees[first * DIGEST..].first_chunk().filter(|_| count == 1);
                roots[tree] = root.copied().map_or(ABSENT, Digest);
                count > 1
            });
            if growing.is_empty() {
                self.trees.clear();
                return roots;
            }
            self.climb(&mut growing);
        }
    }

    /// Root of the tree over a tensor's canonical bytes.
    pub fn root(&mut self, bytes: &[u8], ty: &Type, layout: Layout) -> Digest {
        self.add(bytes, ty, layout);
        self.roots().swap_remove(0)
    }

    /// Root of the tree whose leaf digests are `digests`: a shard's over its committed tensors, an assignment's over its
    /// shards.
    pub fn merge(&mut self, digests: &[Digest]) -> Digest {
        self.level.clear();
        digests.iter().for_each(|digest| self.level.extend_from_slice(&digest.0));
        self.plant();
        self.roots().swap_remove(0)
    }

    /// Leaves that all have `size` bytes.
    fn even(&mut self, bytes: &[u8], size: usize) {
        if size.is_multiple_of(BLOCK) {
            return hash_each(self.platform, bytes, size, &mut self.level);
        }
        let padded = pad(&mut self.padded, bytes.chunks_exact(size), size);
        hash_each(self.platform, &self.padded, padded, &mut self.level);
    }

    /// Rows of at least one full leaf and a shorter one.
    fn uneven(&mut self, bytes: &[u8], row: usize, leaf: usize) {
        let full = row / leaf;
        let rows = || bytes.chunks_exact(row);
        let digests = (full + 1) * DIGEST;
        for (row, level) in rows().zip(self.level.chunks_exact_mut(digests)) {
            let body = &row[..full * leaf];
            if leaf.is_multiple_of(BLOCK) {
                hash_each(self.platform, body, leaf, &mut level[..full * DIGEST]);
            } else {
                let padded = pad(&mut self.padded, body.chunks_exact(leaf), leaf);
                hash_each(self.platform, &self.padded, padded, &mut level[..full * DIGEST]);
            }
        }
        let padded = pad(&mut self.padded, rows().map(|row| &row[full * leaf..]), row % leaf);
        self.below.resize(bytes.len() / row * DIGEST, 0);
        hash_each(self.platform, &self.padded, padded, &mut self.below);
        for (level, digest) in self.level.chunks_exact_mut(digests).zip(self.below.chunks_exact(DIGEST)) {
            level[full * DIGEST..].copy_from_slice(digest);
        }
    }

    /// Adds a tree whose leaves' digests are the level.
    fn plant(&mut self) {
        while self.level.len() > FEW * DIGEST {
            std::mem::swap(&mut self.level, &mut self.below);
            if !self.below.len().is_multiple_of(BLOCK) {
                self.below.extend_from_slice(&ABSENT.0);
            }
            self.level.resize(self.below.len() / 2, 0);
            many::<BLOCK>(self.platform, &self.below, &NODE_KEY, &mut self.level);
        }
        self.trees.extend_from_slice(&self.level);
        self.counts.push(self.level.len() / DIGEST);
    }

    /// From one level of trees that have more than a root to the next.
    fn climb(&mut self, growing: &mut [Growing]) {
        // The last digest of an odd count has an absent sibling.
        self.odd.clear();
        for tree in growing.iter().filter(|tree| tree.count % 2 == 1) {
            let mut node = [0; BLOCK];
            node[..DIGEST].copy_from_slice(&self.trees[(tree.first + tree.count - 1) * DIGEST..][..DIGEST]);
            node[DIGEST..].copy_from_slice(&ABSENT.0);
            self.odd.push(node);
        }
        let mut odd = self.odd.iter();
        let nodes = growing.iter().flat_map(|tree| {
            let whole = &self.trees[tree.first * DIGEST..][..tree.count / 2 * BLOCK];
            let last = if tree.count % 2 == 1 { odd.next() } else { None };
            whole.as_chunks().0.iter().chain(last)
        });
        let count = growing.iter().map(|tree| tree.count.div_ceil(2)).sum::<usize>();
        self.below.resize(count * DIGEST, 0);
        each::<BLOCK>(self.platform, nodes, &NODE_KEY, &mut self.below);
        std::mem::swap(&mut self.trees, &mut self.below);
        let mut first = 0;
        for tree in growing {
            (tree.first, tree.count) = (first, tree.count.div_ceil(2));
            first += tree.count;
        }
    }
}

/// A tree: which, and where the level lies that it has grown to, in digests.
struct Growing {
    tree: usize,
    first: usize,
    count: usize,
}

/// Lays the payloads out one behind the other, each padded with zeros from `size` to a whole number of blocks, which it
/// returns.
fn pad<'a>(padded: &mut Vec<u8>, payloads: impl Iterator<Item = &'a [u8]>, size: usize) -> usize {
    let to = size.next_multiple_of(BLOCK);
    padded.clear();
    for payload in payloads {
        padded.extend_from_slice(payload);
        padded.resize(padded.len() + to - size, 0);
    }
    to
}

/// Leaf digests of the payloads of `size` bytes that `bytes` consists of.
fn hash_each(platform: Platform, bytes: &[u8], size: usize, out: &mut [u8]) {
    macro_rules! sizes {
        ($($blocks:literal)*) => {
            match size / BLOCK {
                $($blocks => many::<{ $blocks * BLOCK }>(platform, bytes, &LEAF_KEY, out),)*
                _ => unreachable!("a leaf has 1 to 16 blocks"),
            }
        };
    }
    sizes!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
}

fn many<const N: usize>(platform: Platform, bytes: &[u8], key: &[u8; DIGEST], out: &mut [u8]) {
    each::<N>(platform, bytes.as_chunks().0.iter(), key, out);
}

/// Digests of messages of a single chunk, one behind the other.
fn each<'a, const N: usize>(
    platform: Platform,
    mut messages: impl Iterator<Item = &'a [u8; N]>,
    key: &[u8; DIGEST],
    mut out: &mut [u8],
) {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(key.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let none = [0; N];
    let mut batch = [&none; BATCH];
    loop {
        let mut count = 0;
        for (message, next) in batch.iter_mut().zip(&mut messages) {
            *message = next;
            count += 1;
        }
        if count == 0 {
            return;
        }
        let (digests, behind) = out.split_at_mut(count * DIGEST);
        let hash = |messages: &[&[u8; N]], digests: &mut [u8]| {
            platform.hash_many(messages, &words, 0, IncrementCounter::No, KEYED, START, END_ROOT, digests);
        };
        // What doesn't fill the machine's lanes goes in halves, quarters and so on of them, one after the other: with some that
        // nobody needs it goes at once.
        let left = count % platform.simd_degree();
        let all = count - left + if left > 0 { left.next_power_of_two() } else { 0 };
        if all > count {
            let mut more = [0; BATCH * DIGEST];
            hash(&batch[..all], &mut more[..all * DIGEST]);
            digests.copy_from_slice(&more[..count * DIGEST]);
        } else {
            hash(&batch[..count], digests);
        }
        out = behind;
    }
}
