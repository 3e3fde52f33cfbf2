//! The canonical description of one tensor of a program: where it comes from, and whether it is committed.

use tequio_tensor::{DType, MAX_RANK, Op, Shape, Type};

use crate::{
    Digest, Layout, Malformed,
    codec::{Reader, Writer},
    opcode::{decode_op, encode_op},
};

/// Index of a tensor in its program. Inputs come first; every operand's id is below its consumer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TensorId(pub u32);

/// Most operands of one op.
pub const MAX_OPERANDS: usize = 64;

/// One tensor of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    pub ty: Type,
    pub source: Source,
}

/// Where a tensor's elements come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An input of the program; the tensor's id is its slot. Opened under the job's input root.
    Input { layout: Layout, scope: Scope },
    /// A constant. Opened under the root of its own tree.
    Constant { layout: Layout, root: Digest },
    /// Computed by the provider, who commits to every element.
    Committed { node: Node, layout: Layout, slot: u32, interval: Interval },
    /// Computed, and recomputed wherever it is read.
    Virtual { node: Node },
}

/// For what an input has one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Scope {
    Shard = 0,
    /// All shards of a job.
    Job = 1,
}

/// An op and what it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub op: Op,
    pub operands: Vec<Operand>,
}

/// What an op reads at one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    Tensor(TensorId),
    /// A constant of one element, written where it is used. `rank` dimensions of 1.
    Scalar {
        dtype: DType,
        rank: u8,
        value: i64,
    },
}

/// The share of 2³² draws that fall on a committed tensor, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub first: u32,
    pub last: u32,
}

impl Interval {
    pub fn contains(&self, ticket: u32) -> bool {
        (self.first..=self.last).contains(&ticket)
    }
}

impl Descriptor {
    pub fn node(&self) -> Option<&Node> {
        match &self.source {
            Source::Committed { node, .. } | Source::Virtual { node } => Some(node),
            _ => None,
        }
    }

    /// The layout of a tensor that has a tree.
    pub fn layout(&self) -> Option<Layout> {
        match self.source {
            Source::Input { layout, .. } | Source::Constant { layout, .. } | Source::Committed { layout, .. } => {
                Some(layout)
            }
            Source::Virtual { .. } => None,
        }
    }

    /// Whether it is an input with one value for all shards of a job.
    pub fn is_of_job(&self) -> bool {
        matches!(self.source, Source::Input { scope: Scope::Job, .. })
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::default();
        let tag = match self.source {
            Source::Input { .. } => 0,
            Source::Constant { .. } => 1,
            Source::Committed { .. } => 2,
            Source::Virtual { .. } => 3,
        };
        w.u8(tag);
        w.u8(self.ty.dtype as u8);
        w.u8(self.ty.shape.rank() as u8);
        for &dim in self.ty.shape.dims() {
            w.varint(dim as u64);
        }
        if let Some(layout) = self.layout() {
            w.u8(layout.leaf_log2);
            w.varint(layout.row as u64);
        }
        match &self.source {
            Source::Input { scope, .. } => w.u8(*scope as u8),
            Source::Constant { root, .. } => w.bytes(&root.0),
            Source::Committed { node, slot, interval, .. } => {
                w.varint(*slot as u64);
                w.u32(interval.first);
                w.u32(interval.last);
                encode_node(&mut w, node, self.ty.shape.rank());
            }
            Source::Virtual { node } => encode_node(&mut w, node, self.ty.shape.rank()),
        }
        w.0
    }

    /// As an opening shows it: a constant without its root, which follows from what is shown of the constant.
    pub fn encode_shown(&self) -> Vec<u8> {
        let mut bytes = self.encode();
        if let Source::Constant { root, .. } = &self.source {
            bytes.truncate(bytes.len() - root.0.len());
        }
        bytes
    }

    /// Decodes one descriptor from the front of `r`. It is canonical: [`Self::encode`] gives the same bytes.
    pub fn decode(r: &mut Reader) -> Result<Self, Malformed> {
        let mut descriptor = Self::decode_shown(r)?;
        if let Source::Constant { root, .. } = &mut descriptor.source {
            *root = r.digest()?;
        }
        Ok(descriptor)
    }

    /// Decodes what [`Self::encode_shown`] gives. The root of a constant is zeros.
    pub fn decode_shown(r: &mut Reader) -> Result<Self, Malformed> {
        let tag = r.u8()?;
        let dtype = decode_dtype(r)?;
        let rank = decode_rank(r)?;
        let mut dims = [1; MAX_RANK];
        for dim in &mut dims[..rank] {
            *dim = r.varint32()?;
        }
        let ty = Type::new(dtype, &dims[..rank]).map_err(|_| Malformed::Shape)?;
        let layout = |r: &mut Reader| Layout::new(r.u8()?, r.varint32()?, &ty);
        let source = match tag {
            0 => Source::Input { layout: layout(r)?, scope: decode_scope(r)? },
            1 => Source::Constant { layout: layout(r)?, root: Digest::default() },
            2 => {
                let layout = layout(r)?;
                let slot = r.varint32()?;
                let interval = Interval { first: r.u32()?, last: r.u32()? };
                Source::Committed { node: decode_node(r, rank)?, layout, slot, interval }
            }
            3 => Source::Virtual { node: decode_node(r, rank)? },
            _ => return Err(Malformed::Tag { tag }),
        };
        Ok(Self { ty, source })
    }
}

fn decode_scope(r: &mut Reader) -> Result<Scope, Malformed> {
    match r.u8()? {
        0 => Ok(Scope::Shard),
        1 => Ok(Scope::Job),
        tag => Err(Malformed::Tag { tag }),
    }
}

fn decode_dtype(r: &mut Reader) -> Result<DType, Malformed> {
    let tag = r.u8()?;
    DType::ALL.get(tag as usize).copied().ok_or(Malformed::Tag { tag })
}

fn decode_rank(r: &mut Reader) -> Result<usize, Malformed> {
    let rank = r.u8()? as usize;
    if rank > MAX_RANK { Err(Malformed::Shape) } else { Ok(rank) }
}

fn encode_node(w: &mut Writer, node: &Node, rank: usize) {
    encode_op(w, &node.op, rank);
    w.varint(node.operands.len() as u64);
    for operand in &node.operands {
        match *operand {
            Operand::Tensor(id) => w.varint((id.0 as u64) << 1),
            Operand::Scalar { dtype, rank, value } => {
                w.varint(1);
                w.u8(dtype as u8);
                w.u8(rank);
                w.signed(value);
            }
        }
    }
}

fn decode_node(r: &mut Reader, rank: usize) -> Result<Node, Malformed> {
    let op = decode_op(r, rank)?;
    let count = r.varint32()? as usize;
    if count > MAX_OPERANDS {
        return Err(Malformed::Operands { count });
    }
    let operands = (0..count).map(|_| decode_operand(r)).collect::<Result<_, _>>()?;
    Ok(Node { op, operands })
}

/// A tensor is twice its id; an odd number, always 1, announces a scalar.
fn decode_operand(r: &mut Reader) -> Result<Operand, Malformed> {
    let word = r.varint()?;
    if word & 1 == 0 {
        let id = u32::try_from(word >> 1).map_err(|_| Malformed::Varint)?;
        return Ok(Operand::Tensor(TensorId(id)));
    }
    if word != 1 {
        return Err(Malformed::Varint);
    }
    let (dtype, rank, value) = (decode_dtype(r)?, decode_rank(r)? as u8, r.signed()?);
    if dtype.wrap(value) != value {
        return Err(Malformed::Scalar { value });
    }
    Ok(Operand::Scalar { dtype, rank, value })
}

impl Operand {
    /// The type of a scalar operand.
    pub fn scalar_type(dtype: DType, rank: u8) -> Type {
        Type { dtype, shape: Shape::ones(rank as usize) }
    }
}
