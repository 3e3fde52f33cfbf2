//! What can be asked of an attestation's commitments: one space of addresses, attestation → shard → tensor → node → leaf.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tequio_tensor::Type;

use crate::{
    Descriptor, Header, Layout, Malformed, Manifest, Source, Subject, TensorId,
    codec::{Reader, Writer},
    hash,
    layout::depth,
    roots::fold_rest,
    tree::{Address, Stack, fold},
};

/// Levels of a tree that one answer goes down: up to 256 digests.
pub const LEVELS: u8 = 8;
/// Adjacent leaves of one answer.
pub const LEAVES: u32 = 16;

/// What is asked for. No two address the same: depths are multiples of [`LEVELS`], first leaves of [`LEAVES`].
///
/// As text it is its words and numbers with slashes between them, as in `nodes/7/31/8/200`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wanted {
    /// Digests of the tree over shards: up to eight levels below the node that has this index at this depth.
    Shards {
        depth: u8,
        #[serde(with = "crate::decimal")]
        #[schemars(schema_with = "crate::decimal::schema")]
        index: u64,
    },
    /// The same of the tree over the committed tensors of a shard, as the job numbers it.
    Tensors {
        #[serde(with = "crate::decimal")]
        #[schemars(schema_with = "crate::decimal::schema")]
        shard: u64,
        depth: u8,
        index: u32,
    },
    /// The same of the tree over the leaves of one of its committed tensors.
    Nodes {
        #[serde(with = "crate::decimal")]
        #[schemars(schema_with = "crate::decimal::schema")]
        shard: u64,
        tensor: u32,
        depth: u8,
        index: u32,
    },
    /// Up to 16 leaves of one of its committed tensors, with their elements.
    Leaves {
        #[serde(with = "crate::decimal")]
        #[schemars(schema_with = "crate::decimal::schema")]
        shard: u64,
        tensor: u32,
        first: u32,
    },
    /// All leaves of all outputs of `count` shards, in parts: by shard, slot and leaf.
    Outputs {
        #[serde(with = "crate::decimal")]
        #[schemars(schema_with = "crate::decimal::schema")]
        first: u64,
        #[serde(with = "crate::decimal")]
        #[schemars(schema_with = "crate::decimal::schema")]
        count: u64,
    },
}

impl Wanted {
    /// The job's shard that must be run again for it; `None` if what is kept of a run is enough.
    pub fn shard(&self) -> Option<u64> {
        match *self {
            Self::Shards { .. } | Self::Outputs { .. } => None,
            Self::Tensors { shard, .. } | Self::Nodes { shard, .. } | Self::Leaves { shard, .. } => Some(shard),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Self::Shards { depth, index } => write!(f, "shards/{depth}/{index}"),
            Self::Tensors { shard, depth, index } => write!(f, "tensors/{shard}/{depth}/{index}"),
            Self::Nodes { shard, tensor, depth, index } => write!(f, "nodes/{shard}/{tensor}/{depth}/{index}"),
            Self::Leaves { shard, tensor, first } => write!(f, "leaves/{shard}/{tensor}/{first}"),
            Self::Outputs { first, count } => write!(f, "outputs/{first}/{count}"),
        }
    }
}

/// Text that is no [`Wanted`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is nothing that can be asked for")]
pub struct NotWanted(String);

impl FromStr for Wanted {
    type Err = NotWanted;

    fn from_str(text: &str) -> Result<Self, NotWanted> {
        let wanted = parse(text).ok_or_else(|| NotWanted(text.into()))?;
        // One text each: no zeros or signs before a number, and nothing after the last.
        if wanted.to_string() == text { Ok(wanted) } else { Err(NotWanted(text.into())) }
    }
}

fn parse(text: &str) -> Option<Wanted> {
    fn next<T: FromStr>(words: &mut dyn Iterator<Item = &str>) -> Option<T> {
        words.next()?.parse().ok()
    }
    let words = &mut text.split('/');
    Some(match words.next()? {
        "shards" => Wanted::Shards { depth: next(words)?, index: next(words)? },
        "tensors" => Wanted::Tensors { shard: next(words)?, depth: next(words)?, index: next(words)? },
        "nodes" => {
            Wanted::Nodes { shard: next(words)?, tensor: next(words)?, depth: next(words)?, index: next(words)? }
        }
        "leaves" => Wanted::Leaves { shard: next(words)?, tensor: next(words)?, first: next(words)? },
        "outputs" => Wanted::Outputs { first: next(words)?, count: next(words)? },
        _ => return None,
    })
}

impl Manifest {
    /// Bytes of a shard's outputs as they are delivered on demand: elements, and the digests that tie them to its root.
    pub fn delivery_bytes(&self) -> u64 {
        let path = 32 * u64::from(depth(self.header.committed.into()));
        let by_slot: BTreeMap<u32, Type> = self.outputs().iter().map(|output| (output.slot, output.ty)).collect();
        by_slot.values().map(|ty| path + bytes(ty)).sum()
    }
}

/// Bytes of all elements: 2³² or more are no `usize` in a contract.
fn bytes(ty: &Type) -> u64 {
    u64::from(ty.shape.elements()) * ty.dtype.bytes() as u64
}

/// A committed tensor, as its descriptor shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub slot: u64,
    pub tensor: TensorId,
    pub ty: Type,
    pub layout: Layout,
}

impl Slot {
    pub fn leaves(&self) -> u32 {
        self.layout.leaves(&self.ty)
    }
}

/// Where something lies: what an address means in one program and one attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    pub wanted: Wanted,
    /// Leaves, for outputs; else 1: everything comes in one answer.
    pub parts: u64,
    /// Most bytes that answering takes, the header, the descriptors and the levels above a shard not counted.
    pub bytes: u64,
    /// Number of the attestation's shards, and the first of them.
    count: u64,
    first: u64,
    /// Number of committed tensors.
    committed: u64,
    /// The tensors asked for, by slot.
    pub(crate) slots: Vec<Slot>,
}

/// Shows that an address lies in the program that is attested to: header, descriptors of the tensors asked for, and the
/// digests beside them. Nothing for an address above a shard.
///
/// The bytes are what [`located`] takes.
pub fn locate(manifest: &Manifest, wanted: &Wanted) -> Vec<u8> {
    let mut w = Writer::default();
    let tensors: BTreeSet<TensorId> = match *wanted {
        Wanted::Shards { .. } => return w.0,
        Wanted::Tensors { .. } => BTreeSet::new(),
        Wanted::Nodes { tensor, .. } | Wanted::Leaves { tensor, .. } => BTreeSet::from([TensorId(tensor)]),
        Wanted::Outputs { .. } => manifest.header.outputs.iter().copied().collect(),
    };
    w.bytes(&manifest.header.encode());
    // What is asked of a tensor that is not there shows the nearest one: its check fails.
    let last = manifest.header.tensors.saturating_sub(1);
    let tensors: BTreeSet<TensorId> = tensors.into_iter().map(|id| TensorId(id.0.min(last))).collect();
    for id in &tensors {
        w.bytes(&manifest.descriptor(*id).encode());
    }
    let stack = Stack { top: 1, middle: 1, leaves: |_| manifest.tree.leaves().len() as u64 };
    let leaves: Vec<_> = tensors.iter().map(|id| (stack.address(0, 0, id.0 as u64), hash::ABSENT)).collect();
    let mut beside = |at: Address| {
        if !stack.is_absent(at) {
            w.bytes(&manifest.tree.digest(at.part(0, at.depth()), at.depth()).0);
        }
        Ok::<_, Malformed>(hash::ABSENT)
    };
    let _ = fold(&leaves, Address::ROOT, &mut beside);
    w.0
}

/// Checks that an address lies in an attestation for `subject`, as [`locate`] shows it. An error says nothing about the
/// attestation.
pub fn located(subject: &Subject, wanted: &Wanted, shown: &[u8]) -> Result<Located, Malformed> {
    let mut reader = Reader::new(shown);
    let located = locate_from(subject, wanted, &mut reader)?;
    reader.finish()?;
    Ok(located)
}

pub(crate) fn locate_from(subject: &Subject, wanted: &Wanted, reader: &mut Reader) -> Result<Located, Malformed> {
    let (first, count) = (subject.first_shard, subject.count);
    let mut located = Located { wanted: *wanted, parts: 1, bytes: 0, count, first, committed: 1, slots: vec![] };
    if !matches!(wanted, Wanted::Shards { .. }) {
        program(subject, reader, &mut located)?;
    }
    let shard = |shard: u64| shard.checked_sub(first).filter(|index| *index < count).ok_or(Malformed::Address);
    match *wanted {
        Wanted::Shards { depth, index } => node(depth, index, count)?,
        Wanted::Tensors { shard: of, depth, index } => {
            shard(of)?;
            node(depth, index.into(), located.committed)?;
        }
        Wanted::Nodes { shard: of, depth, index, .. } => {
            shard(of)?;
            node(depth, index.into(), located.leaves().into())?;
        }
        Wanted::Leaves { shard: of, first: leaf, .. } => {
            shard(of)?;
            if leaf % LEAVES != 0 || leaf >= located.leaves() {
                return Err(Malformed::Address);
            }
        }
        Wanted::Outputs { first: of, count: shards } => {
            let within = shard(of)?.checked_add(shards).is_some_and(|end| end <= count);
            if shards == 0 || !within {
                return Err(Malformed::Address);
            }
            let leaves: u64 = located.slots.iter().map(|slot| u64::from(slot.leaves())).sum();
            located.parts = leaves.checked_mul(shards).ok_or(Malformed::Address)?;
        }
    }
    located.bytes = located.size();
    Ok(located)
}

/// Refuses an address that is not canonical, or below which nothing lies.
fn node(depth_: u8, index: u64, leaves: u64) -> Result<(), Malformed> {
    let below = depth(leaves).checked_sub(depth_).filter(|below| *below > 0 && depth_.is_multiple_of(LEVELS));
    // Up to 64 levels below a number of 64 bits.
    let first = below.map(|below| u128::from(index) << below);
    if first.is_some_and(|first| first < leaves.into()) { Ok(()) } else { Err(Malformed::Address) }
}

#[inline(never)]
fn program(subject: &Subject, reader: &mut Reader, located: &mut Located) -> Result<(), Malformed> {
    let header = Header::decode(reader)?;
    let asked: BTreeSet<TensorId> = match located.wanted {
        Wanted::Nodes { tensor, .. } | Wanted::Leaves { tensor, .. } => BTreeSet::from([TensorId(tensor)]),
        Wanted::Outputs { .. } => header.outputs.iter().copied().collect(),
        Wanted::Shards { .. } | Wanted::Tensors { .. } => BTreeSet::new(),
    };
    let mut digests = vec![];
    let stack = Stack { top: 1, middle: 1, leaves: |_| header.tensors as u64 };
    for tensor in asked {
        let from = reader.position();
        let descriptor = Descriptor::decode(reader)?;
        let Source::Committed { layout, slot, .. } = descriptor.source else {
            return Err(Malformed::NotDrawn { tensor: tensor.0 });
        };
        if tensor.0 >= header.tensors || slot >= header.committed {
            return Err(Malformed::Counts);
        }
        digests.push((stack.address(0, 0, tensor.0 as u64), hash::leaf(reader.since(from))));
        located.slots.push(Slot { slot: slot.into(), tensor, ty: descriptor.ty, layout });
    }
    located.slots.sort_by_key(|slot| slot.slot);
    if located.slots.windows(2).any(|pair| pair[0].slot == pair[1].slot) {
        return Err(Malformed::Counts);
    }
    located.committed = header.committed.into();
    let root = fold_rest(digests, &|at| stack.is_absent(at), reader)?;
    if header.program_id(&root) == subject.program_id { Ok(()) } else { Err(Malformed::Root { tree: "program" }) }
}

impl Located {
    /// Leaves of the one tensor asked for.
    fn leaves(&self) -> u32 {
        self.slots.first().map_or(0, Slot::leaves)
    }

    /// Where a shard, as the job numbers it, comes among the attestation's. That it is one of them was checked.
    fn index(&self, shard: u64) -> u64 {
        shard.saturating_sub(self.first)
    }

    /// The three stacked trees.
    pub(crate) fn stack(&self) -> Stack<impl Fn(u64) -> u64 + use<>> {
        let counts: Vec<(u64, u64)> = self.slots.iter().map(|slot| (slot.slot, slot.leaves().into())).collect();
        let leaves = move |slot| counts.iter().find(|known| known.0 == slot).map_or(0, |known| known.1);
        Stack { top: self.count, middle: self.committed, leaves }
    }

    /// The depth at which the tree asked about has its root.
    pub(crate) fn tree_depth(&self) -> u8 {
        let (top, middle) = (depth(self.count), depth(self.committed));
        match self.wanted {
            Wanted::Shards { .. } => 0,
            Wanted::Tensors { .. } => top,
            Wanted::Nodes { .. } | Wanted::Leaves { .. } | Wanted::Outputs { .. } => top + middle,
        }
    }

    /// Addresses of the digests asked for; none if elements are.
    pub(crate) fn digests(&self) -> Vec<Address> {
        let (top, middle) = (depth(self.count), depth(self.committed));
        let (above, node, bottom) = match self.wanted {
            Wanted::Shards { depth, index } => (Address::ROOT, (index, depth), top),
            Wanted::Tensors { shard, depth, index } => {
                (Address::ROOT.down(self.index(shard), top), (index.into(), depth), middle)
            }
            Wanted::Nodes { shard, depth: at, index, .. } => {
                let Some(slot) = self.slots.first() else { return vec![] };
                let tensor = Address::ROOT.down(self.index(shard), top).down(slot.slot, middle);
                (tensor, (index.into(), at), depth(slot.leaves().into()))
            }
            Wanted::Leaves { .. } | Wanted::Outputs { .. } => return vec![],
        };
        let (stack, node) = (self.stack(), above.down(node.0, node.1));
        let levels = bottom.saturating_sub(node.depth().saturating_sub(above.depth())).min(LEVELS);
        (0..1 << levels).map(|child| node.down(child, levels)).filter(|at| !stack.is_absent(*at)).collect()
    }

    /// The elements asked for, from part `from` on, at most `most` leaves: shard of the attestation, tensor and leaf.
    pub(crate) fn elements(&self, from: u64, most: u64) -> Vec<(u64, Slot, u32)> {
        match (self.wanted, self.slots.first()) {
            (Wanted::Leaves { shard, first, .. }, Some(slot)) => {
                let end = slot.leaves().min(first.saturating_add(LEAVES));
                (first..end).map(|leaf| (self.index(shard), *slot, leaf)).collect()
            }
            (Wanted::Outputs { first, .. }, Some(_)) => {
                let per_shard: u64 = self.slots.iter().map(|slot| u64::from(slot.leaves())).sum();
                let end = self.parts.min(from.saturating_add(most));
                let element = |part: u64| {
                    let (shard, mut leaf) = (part / per_shard, part % per_shard);
                    let slot = self.slots.iter().find(|slot| {
                        let here = leaf < u64::from(slot.leaves());
                        leaf -= if here { 0 } else { slot.leaves().into() };
                        here
                    });
                    slot.map(|slot| (self.index(first).saturating_add(shard), *slot, leaf as u32))
                };
                (from..end).filter_map(element).collect()
            }
            _ => vec![],
        }
    }

    /// Whose trees an answer takes: shards of the attestation, and tensors in them.
    pub(crate) fn touched(&self, elements: &[(u64, Slot, u32)]) -> Vec<(u64, Option<Slot>)> {
        let one = self.wanted.shard().map(|shard| (self.index(shard), self.slots.first().copied()));
        let mut touched: Vec<_> =
            one.into_iter().chain(elements.iter().map(|(shard, slot, _)| (*shard, Some(*slot)))).collect();
        touched.dedup();
        touched
    }

    fn size(&self) -> u64 {
        let path = 32 * u64::from(depth(self.committed));
        let digests = 32 * self.digests().len() as u64;
        let below = |slot: &Slot| 32 * u64::from(depth(slot.leaves().into()));
        match self.wanted {
            Wanted::Shards { .. } => digests,
            Wanted::Tensors { .. } => path + digests,
            Wanted::Nodes { .. } => path + digests + self.slots.iter().map(below).sum::<u64>(),
            Wanted::Leaves { .. } => {
                let leaf = |slot: &Slot| below(slot) + (u64::from(LEAVES) << slot.layout.leaf_log2);
                path + self.slots.iter().map(leaf).sum::<u64>()
            }
            Wanted::Outputs { count, .. } => {
                let each = self.slots.iter().map(|slot| path + bytes(&slot.ty)).sum::<u64>();
                each.saturating_mul(count)
            }
        }
    }
}
