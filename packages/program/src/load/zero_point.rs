//! Zero points whose value the file says. TOSA has them be 0 but for int8, and for unsigned int16 that is rescaled; one that
//! is computed has whatever value it has.

use tequio_tensor::{DType, Op, Type};

use crate::refused::Refused;

/// 32,768, the zero point of unsigned int16, as an int16 holds it.
const HALF: i64 = -0x8000;

/// What a zero point is subtracted from, or added to.
#[derive(Clone, Copy)]
enum Of {
    Operand(usize),
    Output,
}

/// Refuses zero points that TOSA forbids. `known` has the bytes of the operands that are constant.
pub fn check(name: &str, op: &Op, read: &[Type], out: &Type, known: &[Option<&[u8]>]) -> Result<(), Refused> {
    for &(at, of) in zero_points(op) {
        let (Some(Some(bytes)), Some(ty)) = (known.get(at), read.get(at)) else { continue };
        let (dtype, unsigned) = match (of, op) {
            (Of::Operand(operand), Op::Rescale(rescale)) => (read[operand].dtype, rescale.input_unsigned),
            (Of::Output, Op::Rescale(rescale)) => (out.dtype, rescale.output_unsigned),
            (Of::Operand(operand), _) => (read[operand].dtype, false),
            (Of::Output, _) => (out.dtype, false),
        };
        let mut values = bytes.chunks_exact(ty.dtype.bytes()).map(|word| ty.dtype.read(word));
        let good = |value: i64| match dtype {
            DType::I8 => true,
            DType::I16 if unsigned => value == 0 || value == HALF,
            _ => value == 0,
        };
        if let Some(value) = values.find(|value| !good(*value)) {
            return Err(Refused::ZeroPoint { op: op.name(), tensor: name.into(), value, dtype });
        }
    }
    Ok(())
}

/// The operands of an operator that are zero points.
fn zero_points(op: &Op) -> &'static [(usize, Of)] {
    match op {
        Op::Conv2d(_) | Op::DepthwiseConv2d(_) | Op::TransposeConv2d(_) => &[(3, Of::Operand(0)), (4, Of::Operand(1))],
        Op::MatMul => &[(2, Of::Operand(0)), (3, Of::Operand(1))],
        Op::AvgPool2d(_) | Op::Negate => &[(1, Of::Operand(0)), (2, Of::Output)],
        Op::Rescale(_) => &[(3, Of::Operand(0)), (4, Of::Output)],
        _ => &[],
    }
}
