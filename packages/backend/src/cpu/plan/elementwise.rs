//! From elementwise operators to instructions of fused ones.

use tequio_attestation::{Node, Operand};
use tequio_tensor::{DType, Op, Rescale, Shape, Type};

use super::{
    contraction,
    fusion::Fusion,
    operators::{binary, unary},
    registers::{Allocated, allocate},
    rescale::Parameters,
    sums,
};
use crate::{
    cpu::{
        kernel::{
            fused::{Fused, Uniform},
            instruction::{Binary, Instruction, Register, Unary},
            tile::{Addressing, Load},
        },
        simd::scale::LANES,
    },
    graph::Graph,
    liveness::MemoryPlan,
};

/// The fused operators that end in the materialised tensor `root`. `stride` is the lanes of a row of the accumulators
/// that they follow, if they do.
pub fn fused(graph: &Graph, fusion: &Fusion, memory: &MemoryPlan, root: usize, stride: Option<usize>) -> Fused {
    let ty = graph.ty(root);
    let width = ty.shape.dims().last().copied().unwrap_or(1) as usize;
    let mut builder = Builder {
        graph,
        fusion,
        memory,
        stride: stride.unwrap_or_else(|| width.next_multiple_of(LANES)),
        by_row: stride.is_some(),
        uniforms: Vec::new(),
        instructions: Vec::new(),
    };
    let mut result = builder.computed(root);
    // Without anything that depends on rows, all elements are one.
    let (width, stride) = if builder.by_row { (width, builder.stride) } else { (LANES, LANES) };
    let (uniforms, mut instructions) = (builder.uniforms, builder.instructions);
    sums::find(&mut instructions, &mut result);
    let Allocated { instructions, result, registers } = allocate(uniforms.len(), instructions, result);
    Fused { instructions, uniforms, registers, result, dtype: ty.dtype, width, stride }
}

struct Builder<'a> {
    graph: &'a Graph<'a>,
    fusion: &'a Fusion,
    memory: &'a MemoryPlan,
    stride: usize,
    by_row: bool,
    uniforms: Vec<Uniform>,
    instructions: Vec<Instruction>,
}

impl Builder<'_> {
    fn emit(&mut self, instruction: Instruction) -> Register {
        self.instructions.push(instruction);
        Register::Temporary(self.instructions.len() - 1)
    }

    fn uniform(&mut self, uniform: Uniform) -> Register {
        self.uniforms.push(uniform);
        Register::Uniform(self.uniforms.len() - 1)
    }

    /// The lanes of an operand of an operator whose output has the shape `to`.
    fn operand(&mut self, operand: &Operand, to: &Shape) -> Register {
        let ty = self.graph.operand_type(operand);
        if ty.shape.elements() == 1
            && let Some(value) = self.graph.constant(operand)
        {
            return self.uniform(Uniform::Value(value[0] as i32));
        }
        let Some(origin) = self.graph.operand_origin(operand) else { unreachable!("a scalar is constant") };
        if !self.fusion.materialised[origin] {
            return self.computed(origin);
        }
        let (from, dtype) = (self.memory.placements[origin], ty.dtype);
        if ty.shape == *to {
            return self.emit(Instruction::Load(Load { from, dtype, addressing: Addressing::Contiguous }));
        }
        self.by_row = true;
        let (starts, broadcast) = row_starts(&ty.shape, to);
        if let Some(row) = self.graph.constant(operand).filter(|_| !broadcast && starts.iter().all(|&start| start == 0))
        {
            return self.uniform(Uniform::Row(row.into_iter().map(|value| value as i32).collect()));
        }
        self.emit(Instruction::Load(Load { from, dtype, addressing: Addressing::Rows { starts, broadcast } }))
    }

    /// The lanes of a tensor that is fused.
    fn computed(&mut self, tensor: usize) -> Register {
        if self.fusion.contraction[tensor] == Some(tensor) {
            return Register::Accumulator;
        }
        let Some(node) = self.graph.node(tensor) else { unreachable!("only computed tensors are fused") };
        let ty = self.graph.ty(tensor);
        match node.op {
            Op::Rescale(attributes) => self.rescale(node, &attributes, ty),
            Op::Clamp { min, max } => self.clamp(node, min, max, ty),
            Op::Negate => {
                let a = self.operand(&node.operands[0], &ty.shape);
                let [first, second] = [1, 2].map(|at| self.scalar(node, at) as i32);
                let (min, max) = (ty.dtype.min() as i32, ty.dtype.max() as i32);
                self.emit(Instruction::Unary(Unary::Negate { first, second, min, max }, a))
            }
            Op::Table => {
                let a = self.operand(&node.operands[0], &ty.shape);
                let table = self.constant(node, 1).into_iter().map(|entry| entry as i32).collect::<Vec<_>>();
                match <[i32; 256]>::try_from(table) {
                    Ok(table) => self.emit(Instruction::Table(Box::new(table), a)),
                    Err(table) => self.emit(Instruction::Interpolate(table, a)),
                }
            }
            Op::Mul => {
                let [a, b] = [0, 1].map(|at| self.operand(&node.operands[at], &ty.shape));
                let wide = self.graph.operand_type(&node.operands[0]).dtype == DType::I32;
                match self.scalar(node, 2).clamp(0, 63) as u32 {
                    shift @ 1.. if wide => self.emit(Instruction::MulShift(shift, a, b)),
                    _ => self.emit(Instruction::Binary(Binary::Mul, a, b)),
                }
            }
            Op::Select => {
                let [condition, a, b] = [0, 1, 2].map(|at| self.operand(&node.operands[at], &ty.shape));
                self.emit(Instruction::Select(condition, a, b))
            }
            _ => self.plain(node, ty),
        }
    }

    /// Operators without attributes.
    fn plain(&mut self, node: &Node, ty: &Type) -> Register {
        let bits = self.graph.operand_type(&node.operands[0]).dtype.bits();
        let a = self.operand(&node.operands[0], &ty.shape);
        if let Some(unary) = unary(&node.op, ty.dtype) {
            return self.emit(Instruction::Unary(unary, a));
        }
        let b = self.operand(&node.operands[1], &ty.shape);
        let Some(binary) = binary(&node.op, bits) else { unreachable!("checked by `is_elementwise`") };
        self.emit(Instruction::Binary(binary, a, b))
    }

    fn rescale(&mut self, node: &Node, attributes: &Rescale, ty: &Type) -> Register {
        let mut a = self.operand(&node.operands[0], &ty.shape);
        let parameters = Parameters::new(self.graph, node, attributes, ty.dtype);
        self.by_row |= attributes.per_channel && parameters.per_channel();
        if attributes.input_unsigned {
            let mask = self.graph.operand_type(&node.operands[0]).dtype.unsigned_max() as i32;
            a = self.emit(Instruction::Unary(Unary::Mask(mask), a));
        }
        let wide = |origin| contraction::is_wide(self.graph, origin);
        let scaled = if self.graph.operand_origin(&node.operands[0]).is_some_and(wide) {
            a
        } else if let Some(shift) = parameters.shift_left() {
            self.emit(Instruction::Unary(shift, a))
        } else if attributes.scale32 {
            let scale = parameters.scale(self.stride);
            self.emit(Instruction::Scale(Box::new(scale), a))
        } else {
            self.emit(Instruction::Scale16(Box::new(parameters.scale16(self.stride)), a))
        };
        if attributes.output_unsigned {
            return self.emit(Instruction::Unary(Unary::Wrap(ty.dtype.bits()), scaled));
        }
        scaled
    }

    /// A clamp of what was just scaled narrows the scale's own bounds.
    fn clamp(&mut self, node: &Node, min: i64, max: i64, ty: &Type) -> Register {
        let a = self.operand(&node.operands[0], &ty.shape);
        let (min, max) = (min as i32, max as i32);
        if Register::Temporary(self.instructions.len().wrapping_sub(1)) == a
            && let Some(Instruction::Scale(scale, _)) = self.instructions.last_mut()
        {
            (scale.min, scale.max) = (scale.min.clamp(min, max), scale.max.clamp(min, max));
            return a;
        }
        self.emit(Instruction::Unary(Unary::Clamp(min, max), a))
    }

    fn constant(&self, node: &Node, at: usize) -> Vec<i64> {
        self.graph.constant(&node.operands[at]).unwrap_or_else(|| unreachable!("checked by `is_elementwise`"))
    }

    fn scalar(&self, node: &Node, at: usize) -> i64 {
        self.constant(node, at)[0]
    }
}

/// For each row of `to` the element of `from` at its start, and whether it serves the whole row.
fn row_starts(from: &Shape, to: &Shape) -> (Vec<u32>, bool) {
    let last = to.rank().saturating_sub(1);
    let rows = to.elements() / to.dim(last);
    let start = |row: u32| {
        let mut at = to.coords(row * to.dim(last));
        for (axis, at) in at.iter_mut().enumerate() {
            *at = if from.dim(axis) == 1 { 0 } else { *at };
        }
        from.index(&at)
    };
    ((0..rows).map(start).collect(), from.dim(last) == 1)
}
