//! Which operators are elementwise, and the instructions of those without attributes.

use tequio_attestation::Operand;
use tequio_tensor::{DType, Op, Type, constant_operands};

use super::contraction::is_contraction;
use crate::{
    cpu::kernel::instruction::{Binary, Unary},
    graph::Graph,
};

/// Whether a tensor can be computed in lanes of int32.
pub fn is_elementwise(graph: &Graph, tensor: usize) -> bool {
    let Some(node) = graph.node(tensor).filter(|_| !graph.is_view(tensor)) else { return false };
    let narrow = |ty: Type| ty.dtype != DType::I48;
    // Of a contraction whose sums have 32 bits although their type has more.
    let sums = |operand: &Operand| graph.operand_origin(operand).is_some_and(|origin| is_contraction(graph, origin));
    let to = graph.ty(tensor).dtype;
    let special = matches!(node.op, Op::Rescale(_) | Op::Clamp { .. } | Op::Negate | Op::Table | Op::Mul | Op::Select);
    (special || unary(&node.op, to).is_some() || binary(&node.op, to.bits()).is_some())
        && narrow(*graph.ty(tensor))
        && node.operands.iter().enumerate().all(|(at, operand)| {
            if constant_operands(&node.op).contains(&at) {
                graph.is_constant(operand)
            } else {
                narrow(graph.operand_type(operand)) || sums(operand)
            }
        })
}

/// The instruction of an operator of one operand without constants, that makes elements of `to`.
pub fn unary(op: &Op, to: DType) -> Option<Unary> {
    Some(match op {
        Op::Abs => Unary::Abs,
        Op::Clz => Unary::Clz,
        Op::BitwiseNot => Unary::Xor(-1),
        Op::LogicalNot => Unary::Xor(1),
        Op::Cast if to == DType::Bool => Unary::NotZero,
        Op::Cast => Unary::Wrap(to.bits()),
        _ => return None,
    })
}

/// The instruction of an operator of two operands of so many bits.
pub fn binary(op: &Op, bits: u32) -> Option<Binary> {
    Some(match op {
        Op::Add => Binary::Add,
        Op::Sub => Binary::Sub,
        Op::IntDiv => Binary::IntDiv,
        Op::Maximum => Binary::Maximum,
        Op::Minimum => Binary::Minimum,
        Op::ArithmeticRightShift { round: false } => Binary::ShiftRight(bits),
        Op::ArithmeticRightShift { round: true } => Binary::ShiftRightRound(bits),
        Op::LogicalLeftShift => Binary::ShiftLeft(bits),
        Op::LogicalRightShift => Binary::ShiftRightLogical(bits),
        Op::BitwiseAnd | Op::LogicalAnd => Binary::And,
        Op::BitwiseOr | Op::LogicalOr => Binary::Or,
        Op::BitwiseXor | Op::LogicalXor => Binary::Xor,
        Op::Equal => Binary::Equal,
        Op::Greater => Binary::Greater,
        Op::GreaterEqual => Binary::GreaterEqual,
        _ => return None,
    })
}
