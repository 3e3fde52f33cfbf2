//! A narrow tensor made to be what it was for another input, with as little changed as that takes.

use std::convert::Infallible;

use tequio_attestation::{Manifest, Node, Operand, TensorId};
use tequio_tensor::{Read, Type, eval};

use crate::element::{decode, encode};

/// *Steer*: the elements of the tensor in `slot` with as few changed as it takes for `narrow`, which reads no other
/// tensor, to be what it is for `old`. `narrow` must fall or rise with every element it reads.
pub fn steer(manifest: &Manifest, narrow: TensorId, slot: u32, honest: &[u8], old: &[u8]) -> Vec<u8> {
    let wide = manifest.descriptor(manifest.committed()[slot as usize].0).ty;
    let (tensor, mut values) = (manifest.descriptor(narrow), decode(honest, wide.dtype));
    let (Some(node), old) = (tensor.node(), decode(old, wide.dtype)) else { return honest.to_vec() };
    for index in 0..tensor.ty.shape.elements() {
        let target = Narrowing { node, manifest, values: &old, reads: vec![] }.at(&tensor.ty, index).0;
        let mut changed = vec![];
        loop {
            let (now, mut reads) = Narrowing { node, manifest, values: &values, reads: vec![] }.at(&tensor.ty, index);
            if now == target {
                break;
            }
            // The one with the most room, all the way, or just so far that it fits.
            let (end, up) = if now < target { (wide.dtype.max(), true) } else { (wide.dtype.min(), false) };
            reads.retain(|read| !changed.contains(read));
            let Some(&most) = reads.iter().max_by_key(|read| values[**read as usize].abs_diff(end)) else { break };
            changed.push(most);
            let mut from = values[most as usize];
            values[most as usize] = end;
            let far = Narrowing { node, manifest, values: &values, reads: vec![] }.at(&tensor.ty, index).0;
            if (far > target) != up || far == target {
                continue;
            }
            let mut to = end;
            while from != to {
                let middle = (from + to).div_euclid(2);
                values[most as usize] = middle;
                let found = Narrowing { node, manifest, values: &values, reads: vec![] }.at(&tensor.ty, index).0;
                match found.cmp(&target) {
                    std::cmp::Ordering::Equal => break,
                    order if (order == std::cmp::Ordering::Greater) == up => to = middle + i64::from(!up),
                    _ => from = middle + i64::from(up),
                }
                if from == to {
                    values[most as usize] = from;
                }
            }
        }
    }
    encode(&values, wide.dtype)
}

/// An op over one tensor's values, and which of them it reads.
struct Narrowing<'a> {
    node: &'a Node,
    manifest: &'a Manifest,
    values: &'a [i64],
    reads: Vec<u32>,
}

impl Narrowing<'_> {
    fn at(mut self, ty: &Type, index: u32) -> (i64, Vec<u32>) {
        let types: Vec<Type> = self.node.operands.iter().map(|operand| self.manifest.operand_type(operand)).collect();
        let node = self.node;
        match eval(&node.op, &types, ty, index, &mut self) {
            Ok(value) => (value, self.reads),
            Err(never) => match never {},
        }
    }
}

impl Read for Narrowing<'_> {
    type Error = Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Infallible> {
        Ok(match self.node.operands[operand] {
            Operand::Tensor(_) => {
                self.reads.push(index);
                self.values[index as usize]
            }
            Operand::Scalar { value, .. } => value,
        })
    }
}
