//! Revealing what is asked for, and checking that it lies under the attested root.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Digest, Evidence, Malformed, Manifest, Statement, Subject, Wanted,
    codec::{Reader, Writer},
    commit::payload,
    evaluate::LeafKey,
    hash,
    siblings::Siblings,
    tree::{Address, fold},
    wanted::{LEAVES, Located, Slot, locate, locate_from, located},
};

/// Most leaves of outputs in one answer.
pub const OUTPUT_LEAVES: u64 = 4_096;

/// What an answer shows, all of it under the attested root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revealed<'a> {
    pub located: Located,
    /// Digests by address: those asked for, and those beside the paths to them.
    pub digests: Vec<(Address, Digest)>,
    /// Elements, leaf by leaf.
    pub leaves: Vec<RevealedLeaf<'a>>,
    /// Parts shown by now: all, if it is [`Located::parts`].
    pub parts: u64,
}

/// A leaf of a committed tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevealedLeaf<'a> {
    /// Index among the attestation's shards.
    pub shard: u64,
    pub tensor: u32,
    pub leaf: u32,
    /// The first of its elements, and their bytes.
    pub element: u32,
    pub payload: &'a [u8],
}

/// Reveals what is asked for; of outputs, from part `from` on, as many as `bytes` hold, but at least one.
///
/// The bytes are what [`revealed`] takes. Errors if the evidence lacks a shard that is asked for, the address is none, or no part
/// is left.
pub fn reveal(
    statement: &Statement,
    evidence: &Evidence,
    asked: &Wanted,
    from: u64,
    bytes: usize,
) -> Result<Vec<u8>, Malformed> {
    let shown = locate(evidence.manifest, asked);
    let located = located(&statement.subject, asked, &shown)?;
    let mut w = Writer::default();
    w.bytes(&shown);
    let elements = fitting(&located, from, bytes);
    if matches!(asked, Wanted::Outputs { .. }) {
        if elements.is_empty() {
            return Err(Malformed::Counts);
        }
        w.varint(elements.len() as u64);
    }
    for &(shard, slot, leaf) in &elements {
        let (tensor, key) = (slot.tensor, LeafKey { tensor: slot.tensor, shard, leaf });
        let tensor = evidence.manifest.descriptor(tensor);
        let (layout, bytes) = evidence.tensor(statement, key, tensor)?;
        w.bytes(payload(&tensor.ty, layout, bytes, leaf));
    }
    let mut siblings = Siblings::new(evidence, statement, w);
    siblings.reveal(&located, &elements)?;
    Ok(siblings.finish())
}

/// The elements of one answer: of outputs, the leaves that fit into so many bytes, each with a digest beside it.
fn fitting(located: &Located, from: u64, bytes: usize) -> Vec<(u64, Slot, u32)> {
    let mut elements = located.elements(from, OUTPUT_LEAVES);
    if matches!(located.wanted, Wanted::Outputs { .. }) {
        let sums = elements.iter().scan(0usize, |sum, (_, slot, leaf)| {
            *sum += slot.layout.payload_len(&slot.ty, *leaf) + 32;
            Some(*sum)
        });
        let fit = sums.take_while(|sum| *sum <= bytes).count();
        elements.truncate(fit.max(1));
    }
    elements
}

/// The attestation's shards whose traces [`reveal`] takes for this answer.
pub fn touched_shards(
    subject: &Subject,
    manifest: &Manifest,
    asked: &Wanted,
    from: u64,
    bytes: usize,
) -> Result<BTreeSet<u64>, Malformed> {
    let located = located(subject, asked, &locate(manifest, asked))?;
    let touched = located.touched(&fitting(&located, from, bytes));
    Ok(touched.into_iter().map(|(shard, _)| shard).collect())
}

/// Checks an answer to what was asked for, of which `from` parts were shown before.
///
/// An error says nothing about the attestation: these bytes do not answer. Exactly one string of bytes answers, but for how
/// many leaves of outputs it shows.
pub fn revealed<'a>(
    statement: &Statement,
    asked: &Wanted,
    from: u64,
    bytes: &'a [u8],
) -> Result<Revealed<'a>, Malformed> {
    let mut reader = Reader::new(bytes);
    let located = locate_from(&statement.subject, asked, &mut reader)?;
    let (most, parts) = match asked {
        Wanted::Outputs { .. } => {
            let shown = reader.varint()?;
            let parts = from.checked_add(shown).filter(|parts| *parts <= located.parts);
            let within = (1..=OUTPUT_LEAVES).contains(&shown);
            (shown, parts.filter(|_| within).ok_or(Malformed::Counts)?)
        }
        _ => (LEAVES.into(), 1),
    };
    let mut digests = vec![];
    for at in located.digests() {
        digests.push((at, reader.digest()?));
    }
    let (stack, mut leaves, mut shown) = (located.stack(), vec![], digests.clone());
    for (shard, slot, leaf) in located.elements(from, most) {
        let payload = reader.bytes(slot.layout.payload_len(&slot.ty, leaf))?;
        shown.push((stack.address(shard, slot.slot, leaf.into()), hash::leaf(payload)));
        let (tensor, element) = (slot.tensor.0, slot.layout.span(&slot.ty, leaf).0);
        leaves.push(RevealedLeaf { shard, tensor, leaf, element, payload });
    }
    let mut beside = |at| {
        if stack.is_absent(at) {
            return Ok(hash::ABSENT);
        }
        let digest = reader.digest()?;
        digests.push((at, digest));
        Ok(digest)
    };
    let root = fold(&shown, Address::ROOT, &mut beside)?.ok_or(Malformed::Counts)?;
    reader.finish()?;
    if root != statement.root {
        return Err(Malformed::Root { tree: "trace" });
    }
    Ok(Revealed { located, digests, leaves, parts })
}

impl Revealed<'_> {
    /// The digests asked for, each with its place in its level of its tree.
    pub fn children(&self) -> impl Iterator<Item = (u64, Digest)> {
        let root = self.located.tree_depth();
        let asked = self.digests.iter().take(self.located.digests().len());
        asked.map(move |(at, digest)| (at.part(root, at.depth()), *digest))
    }

    /// Every digest that follows from what was shown, by address: what stands in place of one's own.
    pub fn known(&self) -> BTreeMap<Address, Digest> {
        let stack = self.located.stack();
        let leaf = |leaf: &RevealedLeaf| {
            let slot = self.located.slots.iter().find(|slot| slot.tensor.0 == leaf.tensor)?;
            Some((stack.address(leaf.shard, slot.slot, leaf.leaf.into()), hash::leaf(leaf.payload)))
        };
        let mut known: BTreeMap<_, _> =
            self.digests.iter().copied().chain(self.leaves.iter().filter_map(leaf)).collect();
        let deepest = known.keys().map(|at| at.depth()).max().unwrap_or(0);
        for depth in (1..=deepest).rev() {
            let here: Vec<_> = known.keys().filter(|at| at.depth() == depth).copied().collect();
            for at in here {
                let [left, right] = at.and_beside().map(|at| match stack.is_absent(at) {
                    true => Some(hash::ABSENT),
                    false => known.get(&at).copied(),
                });
                if let (Some(left), Some(right)) = (left, right) {
                    known.insert(at.up(), hash::node(&left, &right));
                }
            }
        }
        known
    }
}
