//! Providers that cheat, as attestation.md prices them: what they show instead of an honest trace, and what of it is
//! wrong.
//!
//! The demo runs them on a chain; the tests measure how often they are caught.

use std::{collections::BTreeMap, ops::Range};

use tequio_attestation::{Manifest, Operand, ShardTrace, Source, TensorId, element};
use tequio_tensor::{DType, Read, Type, eval};

/// The elements of every tensor of one shard, evaluated with [`tequio_tensor::eval`] alone, and which committed ones do
/// not follow from what they read.
pub struct Followed {
    pub trace: ShardTrace,
    /// By slot and element: whether a draw of it is caught.
    pub wrong: Vec<Vec<bool>>,
}

/// Evaluates a shard, but takes `claims` (bytes by slot) for what they are: later tensors are computed from them.
pub fn follow(manifest: &Manifest, inputs: &[Vec<u8>], claims: &BTreeMap<u32, Vec<u8>>) -> Followed {
    let mut values: Vec<Vec<i64>> = Vec::with_capacity(manifest.tensors.len());
    let slots = manifest.header.committed as usize;
    let mut followed = Followed { trace: ShardTrace { slots: vec![vec![]; slots] }, wrong: vec![vec![]; slots] };
    for (id, tensor) in manifest.tensors.iter().enumerate() {
        let mut value = match &tensor.source {
            Source::Input { .. } => decode(&inputs[id], tensor.ty.dtype),
            Source::Constant { .. } => decode(&manifest.constants[id], tensor.ty.dtype),
            Source::Committed { node, .. } | Source::Virtual { node } => {
                let mut operands = Operands { values: &values, operands: &node.operands };
                let types: Vec<Type> = node.operands.iter().map(|operand| operand_type(manifest, operand)).collect();
                (0..tensor.ty.shape.elements())
                    .map(|index| match eval(&node.op, &types, &tensor.ty, index, &mut operands) {
                        Ok(value) => value,
                        Err(never) => match never {},
                    })
                    .collect()
            }
        };
        if let Source::Committed { slot, .. } = tensor.source {
            let claim = claims.get(&slot).map(|bytes| decode(bytes, tensor.ty.dtype)).unwrap_or_else(|| value.clone());
            followed.wrong[slot as usize] =
                value.iter().zip(&claim).map(|(computed, claimed)| computed != claimed).collect();
            followed.trace.slots[slot as usize] = encode(&claim, tensor.ty.dtype);
            value = claim;
        }
        values.push(value);
    }
    followed
}

fn operand_type(manifest: &Manifest, operand: &Operand) -> Type {
    match *operand {
        Operand::Tensor(id) => manifest.descriptor(id).ty,
        Operand::Scalar { dtype, rank, .. } => Operand::scalar_type(dtype, rank),
    }
}

struct Operands<'a> {
    values: &'a [Vec<i64>],
    operands: &'a [Operand],
}

impl Read for Operands<'_> {
    type Error = std::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        Ok(match self.operands[operand] {
            Operand::Tensor(id) => self.values[id.0 as usize][index as usize],
            Operand::Scalar { value, .. } => value,
        })
    }
}

fn decode(bytes: &[u8], dtype: DType) -> Vec<i64> {
    bytes.chunks(dtype.bytes()).map(|word| element(word, 0, dtype)).collect()
}

fn encode(values: &[i64], dtype: DType) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()[..dtype.bytes()].to_vec()).collect()
}

/// *Skip*: fills the tensor in `slot` with plausible values, the honest ones in another order, and computes the rest
/// from there.
pub fn skip(manifest: &Manifest, inputs: &[Vec<u8>], honest: &ShardTrace, slot: u32) -> Followed {
    let width = manifest.descriptor(manifest.committed()[slot as usize].0).ty.dtype.bytes();
    let guess: Vec<u8> = honest.slots[slot as usize].rchunks(width).flatten().copied().collect();
    follow(manifest, inputs, &BTreeMap::from([(slot, guess)]))
}

/// *Replay*: computes the tensors below slot `cut` honestly, and shows `old`, the trace of another input, from there on.
pub fn replay(manifest: &Manifest, inputs: &[Vec<u8>], old: &ShardTrace, cut: u32) -> Followed {
    let claims = (cut..).zip(&old.slots[cut as usize..]).map(|(slot, bytes)| (slot, bytes.clone())).collect();
    follow(manifest, inputs, &claims)
}

/// The share of the whole cost, in 1/2³², that a replay from slot `cut` on saves: what is computed after the last tensor
/// before it.
pub fn saved_by_replay(manifest: &Manifest, cut: u32) -> u64 {
    let first = manifest.committed().get((cut as usize).wrapping_sub(1)).map_or(0, |(id, _)| id.0 + 1);
    share(manifest, first..manifest.header.tensors)
}

/// The share of the whole cost, in 1/2³², that skipping the tensor in `slot` saves: its own and that of the virtual
/// tensors since the one before.
pub fn saved_by_skip(manifest: &Manifest, slot: u32) -> u64 {
    let committed = manifest.committed();
    let first = committed.get((slot as usize).wrapping_sub(1)).map_or(0, |(id, _)| id.0 + 1);
    share(manifest, first..committed[slot as usize].0.0 + 1)
}

/// The slot whose tensor costs the most to compute.
pub fn heaviest(manifest: &Manifest) -> u32 {
    (0..manifest.header.committed).max_by_key(|slot| saved_by_skip(manifest, *slot)).unwrap_or(0)
}

/// The share of the whole cost, in 1/2³², that lies in a range of tensors.
fn share(manifest: &Manifest, tensors: Range<u32>) -> u64 {
    let cost = |id: u32| {
        let tensor = manifest.descriptor(TensorId(id));
        tensor.node().map_or(0, |node| {
            let types: Vec<Type> = node.operands.iter().map(|operand| operand_type(manifest, operand)).collect();
            tequio_tensor::cost(&node.op, &types, &tensor.ty) as u128 * tensor.ty.shape.elements() as u128
        })
    };
    ((tensors.map(cost).sum::<u128>() << 32) / manifest.header.cost.max(1) as u128) as u64
}

impl Followed {
    /// The chance, in 1/2³², that one draw of this shard falls on an element that is wrong.
    pub fn caught_by_one_draw(&self, manifest: &Manifest) -> u64 {
        let shares = manifest.tensors.iter().filter_map(|tensor| match tensor.source {
            Source::Committed { slot, interval, .. } => {
                let wrong = &self.wrong[slot as usize];
                let tickets = interval.last as u64 - interval.first as u64 + 1;
                let count = wrong.iter().filter(|wrong| **wrong).count() as u128;
                Some((tickets as u128 * count / wrong.len().max(1) as u128) as u64)
            }
            _ => None,
        });
        shares.sum()
    }
}
