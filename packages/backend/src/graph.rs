//! A manifest as every backend sees it: checked, who reads what, and which tensors are only another name for one.

use tequio_attestation::{Descriptor, Manifest, Node, Operand, Source};
use tequio_tensor::{Op, Type, changes_nothing, check};

use crate::Unsupported;

/// A checked program. Tensors are named by index; identities, reshapes and clamps that change nothing are views: they share
/// the bytes of what they read, so every tensor has an *origin* that holds its elements in the same flat order.
pub struct Graph<'a> {
    pub manifest: &'a Manifest,
    /// For each tensor its origin: itself, if it is no view.
    pub origin: Vec<usize>,
    /// For each origin the tensors that are computed from it and reach a committed one, each once per operand.
    pub readers: Vec<Vec<usize>>,
    /// Whether a committed tensor is it, or follows from it.
    pub needed: Vec<bool>,
    /// For each origin whether it is committed, or a view of it is.
    pub shown: Vec<bool>,
}

impl<'a> Graph<'a> {
    /// Checks a manifest; whatever is not as a compiler writes it is [`Unsupported`].
    pub fn new(manifest: &'a Manifest) -> Result<Self, Unsupported> {
        let tensors = &manifest.tensors;
        for (tensor, descriptor) in tensors.iter().enumerate() {
            checked(manifest, tensor, descriptor)?;
        }
        check_committed(manifest)?;
        let mut origin: Vec<usize> = (0..tensors.len()).collect();
        for (tensor, descriptor) in tensors.iter().enumerate() {
            if let Some(node) = descriptor.node()
                && is_same(&node.op, &descriptor.ty)
                && let [Operand::Tensor(id)] = node.operands[..]
            {
                origin[tensor] = origin[id.0 as usize];
            }
        }
        let mut needed: Vec<bool> = tensors.iter().map(committed).collect();
        for tensor in (0..tensors.len()).rev() {
            if needed[tensor] {
                operands(&tensors[tensor]).for_each(|id| needed[id] = true);
            }
        }
        let mut readers = vec![Vec::new(); tensors.len()];
        for tensor in (0..tensors.len()).filter(|&tensor| needed[tensor] && origin[tensor] == tensor) {
            operands(&tensors[tensor]).for_each(|id| readers[origin[id]].push(tensor));
        }
        let mut shown = vec![false; tensors.len()];
        for tensor in (0..tensors.len()).filter(|&tensor| committed(&tensors[tensor])) {
            shown[origin[tensor]] = true;
        }
        Ok(Self { manifest, origin, readers, needed, shown })
    }

    /// Number of tensors.
    pub fn tensors(&self) -> usize {
        self.origin.len()
    }

    pub fn node(&self, tensor: usize) -> Option<&'a Node> {
        self.manifest.tensors[tensor].node()
    }

    pub fn ty(&self, tensor: usize) -> &'a Type {
        &self.manifest.tensors[tensor].ty
    }

    pub fn is_view(&self, tensor: usize) -> bool {
        self.origin[tensor] != tensor
    }

    pub fn is_committed(&self, tensor: usize) -> bool {
        committed(&self.manifest.tensors[tensor])
    }

    pub fn operand_type(&self, operand: &Operand) -> Type {
        self.manifest.operand_type(operand)
    }

    /// The origin of a tensor operand.
    pub fn operand_origin(&self, operand: &Operand) -> Option<usize> {
        match operand {
            Operand::Tensor(id) => Some(self.origin[id.0 as usize]),
            Operand::Scalar { .. } => None,
        }
    }

    /// Whether all elements of an operand are known.
    pub fn is_constant(&self, operand: &Operand) -> bool {
        let known = |origin: usize| matches!(self.manifest.tensors[origin].source, Source::Constant { .. });
        self.operand_origin(operand).is_none_or(known)
    }

    /// All elements of a constant operand.
    pub fn constant(&self, operand: &Operand) -> Option<Vec<i64>> {
        let Some(origin) = self.operand_origin(operand) else {
            let Operand::Scalar { value, .. } = operand else { return None };
            return Some(vec![*value]);
        };
        let dtype = self.ty(origin).dtype;
        let bytes = &self.manifest.constants[origin];
        self.is_constant(operand).then(|| bytes.chunks(dtype.bytes()).map(|word| dtype.read(word)).collect())
    }

    /// Type of each input.
    pub fn inputs(&self) -> Vec<Type> {
        self.manifest.tensors.iter().take(self.manifest.header.inputs as usize).map(|input| input.ty).collect()
    }

    /// For each output, in the header's order, its slot among the committed tensors.
    pub fn outputs(&self) -> Vec<usize> {
        self.manifest.outputs().iter().map(|output| output.slot as usize).collect()
    }
}

/// Whether an operator's elements of `ty` are those of its operand, in the same flat order.
fn is_same(op: &Op, ty: &Type) -> bool {
    *op == Op::Reshape || changes_nothing(op, ty.dtype)
}

fn committed(descriptor: &Descriptor) -> bool {
    matches!(descriptor.source, Source::Committed { .. })
}

fn operands(descriptor: &Descriptor) -> impl Iterator<Item = usize> {
    let operands = descriptor.node().map_or(&[][..], |node| &node.operands);
    operands.iter().filter_map(|operand| match operand {
        Operand::Tensor(id) => Some(id.0 as usize),
        Operand::Scalar { .. } => None,
    })
}

fn checked(manifest: &Manifest, tensor: usize, descriptor: &Descriptor) -> Result<(), Unsupported> {
    if let Source::Constant { .. } = descriptor.source {
        let (found, wanted) = (manifest.constants.get(tensor).map_or(0, Vec::len), descriptor.ty.bytes());
        return if found == wanted { Ok(()) } else { Err(Unsupported::Constant { tensor, found, wanted }) };
    }
    if let Source::Input { .. } = descriptor.source {
        let inputs = manifest.header.inputs as usize;
        return if tensor < inputs { Ok(()) } else { Err(Unsupported::Input { tensor, inputs }) };
    }
    let Some(node) = descriptor.node() else { return Ok(()) };
    if let Some(operand) = operands(descriptor).find(|&id| id >= tensor) {
        return Err(Unsupported::Order { tensor, operand });
    }
    let types: Vec<Type> = node.operands.iter().map(|operand| manifest.operand_type(operand)).collect();
    check(&node.op, &types, &descriptor.ty).map_err(|reason| Unsupported::Op { tensor, reason })
}

/// Every output is committed, and the slots of committed tensors are numbered without gaps.
fn check_committed(manifest: &Manifest) -> Result<(), Unsupported> {
    let mut outputs = manifest.header.outputs.iter().map(|id| id.0 as usize);
    if let Some(tensor) = outputs.find(|&tensor| !manifest.tensors.get(tensor).is_some_and(committed)) {
        return Err(Unsupported::Output { tensor });
    }
    let by_slot = manifest.committed();
    for (tensor, descriptor) in manifest.tensors.iter().enumerate() {
        let Source::Committed { slot, .. } = descriptor.source else { continue };
        let slot = slot as usize;
        if by_slot.get(slot).is_none_or(|(id, _)| id.0 as usize != tensor) {
            return Err(Unsupported::Slot { tensor, slot, committed: by_slot.len() });
        }
    }
    Ok(())
}
