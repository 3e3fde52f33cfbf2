//! What lives becomes a graph: constants folded, ids given.

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::{Op, Type, changes_nothing};

use super::{
    fold::Folding,
    translate::{Definition, Program},
    zero_point,
};
use crate::{
    graph::{Graph, Tensor, TensorSource},
    refused::Refused,
    values::Values,
};

pub fn graph(program: Program<'_, '_>) -> Result<Graph, Refused> {
    let Program { names, inputs, outputs, mut definitions } = program;
    let types: Vec<Type> = names.tensors.iter().map(|entry| entry.ty).collect();
    retain_live(&mut definitions, &outputs, types.len());
    let mut folding = Folding::default();
    let mut constants: Vec<Option<Vec<u8>>> = vec![None; types.len()];
    let mut ops = Vec::new();
    for (tensor, definition) in definitions {
        match definition {
            Definition::Constant(bytes) => constants[tensor] = Some(bytes),
            Definition::Op { op, operands } => {
                let known: Vec<_> = operands.iter().map(|&operand| constants[operand].as_deref()).collect();
                let read: Vec<Type> = operands.iter().map(|&operand| types[operand]).collect();
                zero_point::check(names.tensors[tensor].name, &op, &read, &types[tensor], &known)?;
                if let Some(known) = known.into_iter().collect::<Option<Vec<_>>>() {
                    let values: Vec<_> =
                        known.iter().zip(&read).map(|(bytes, ty)| Values::Constant(ty.dtype, bytes)).collect();
                    let name = names.tensors[tensor].name;
                    constants[tensor] = Some(folding.evaluate(name, &op, &read, &types[tensor], &values)?);
                } else {
                    ops.push((tensor, Definition::Op { op, operands }));
                }
            }
        }
    }
    retain_live(&mut ops, &outputs, types.len());
    let name = |tensor: usize| names.tensors[tensor].name.to_owned();
    let mut graph = Builder::new(&types, &constants, name);
    graph.build(&inputs, ops, &outputs)
}

/// Drops what no output needs.
fn retain_live(definitions: &mut Vec<(usize, Definition)>, outputs: &[usize], tensors: usize) {
    let mut live = vec![false; tensors];
    outputs.iter().for_each(|&output| live[output] = true);
    for (tensor, definition) in definitions.iter().rev() {
        if let Definition::Op { operands, .. } = definition
            && live[*tensor]
        {
            operands.iter().for_each(|&operand| live[operand] = true);
        }
    }
    definitions.retain(|(tensor, _)| live[*tensor]);
}

struct Builder<'a, N> {
    types: &'a [Type],
    constants: &'a [Option<Vec<u8>>],
    name: N,
    /// Ids by index in the file.
    ids: Vec<Option<TensorId>>,
    tensors: Vec<Tensor>,
}

impl<'a, N: Fn(usize) -> String> Builder<'a, N> {
    fn new(types: &'a [Type], constants: &'a [Option<Vec<u8>>], name: N) -> Self {
        Self { types, constants, name, ids: vec![None; types.len()], tensors: Vec::new() }
    }

    /// Inputs first, then ops in the file's order, each preceded by the constants it is the first to read: what one
    /// check is shown lies together.
    fn build(&mut self, inputs: &[usize], ops: Vec<(usize, Definition)>, outputs: &[usize]) -> Result<Graph, Refused> {
        for &input in inputs {
            self.push(input, TensorSource::Input);
        }
        for (tensor, definition) in ops {
            if let Definition::Op { op, operands } = definition {
                if changes_nothing(&op, self.types[tensor].dtype)
                    && !outputs.contains(&tensor)
                    && let Some(id) = operands.first().and_then(|operand| self.ids[*operand])
                {
                    self.ids[tensor] = Some(id);
                    continue;
                }
                let operands = operands.into_iter().map(|operand| self.operand(operand)).collect::<Result<_, _>>()?;
                self.push(tensor, TensorSource::Op(Node { op, operands }));
            }
        }
        let outputs = outputs.iter().map(|&output| self.output(output)).collect::<Result<_, _>>()?;
        Ok(Graph { tensors: core::mem::take(&mut self.tensors), inputs: inputs.len(), outputs })
    }

    fn push(&mut self, tensor: usize, source: TensorSource) -> TensorId {
        let id = TensorId(self.tensors.len() as u32);
        self.ids[tensor] = Some(id);
        self.tensors.push(Tensor { name: (self.name)(tensor), ty: self.types[tensor], source });
        id
    }

    fn operand(&mut self, tensor: usize) -> Result<Operand, Refused> {
        if let Some(id) = self.ids[tensor] {
            return Ok(Operand::Tensor(id));
        }
        let ty = &self.types[tensor];
        // Every operand is an input, an op before or a constant: the scope saw to that.
        let bytes = self.constants[tensor]
            .as_ref()
            .ok_or_else(|| Refused::Undefined { name: (self.name)(tensor), by: "an op".into() })?;
        if ty.shape.elements() == 1 {
            let value = ty.dtype.read(bytes);
            return Ok(Operand::Scalar { dtype: ty.dtype, rank: ty.shape.rank() as u8, value });
        }
        Ok(Operand::Tensor(self.push(tensor, TensorSource::Constant(bytes.clone()))))
    }

    /// An output that no op computes gets one that copies it, because outputs are committed.
    fn output(&mut self, tensor: usize) -> Result<TensorId, Refused> {
        let id = self.ids[tensor].filter(|id| self.tensors[id.0 as usize].node().is_some());
        if let Some(id) = id {
            return Ok(id);
        }
        let node = Node { op: Op::Identity, operands: vec![self.operand(tensor)?] };
        let id = TensorId(self.tensors.len() as u32);
        let (name, ty) = ((self.name)(tensor), self.types[tensor]);
        self.tensors.push(Tensor { name, ty, source: TensorSource::Op(node) });
        Ok(id)
    }
}
