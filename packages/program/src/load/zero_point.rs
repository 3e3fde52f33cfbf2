//! Zero points whose value the file says. TOSA has them be 0 but for int8, and for unsigned int16 that is rescaled; one that
//! is computed has whatever value it has.

use tequio_tensor::{DType, Op, Rescale, Type, ZeroPointOf, zero_points};

use crate::refused::Refused;

/// 32,768, the zero point of unsigned int16, as an int16 holds it.
const HALF: i64 = -0x8000;

/// Refuses zero points that TOSA forbids. `known` has the bytes of the operands that are constant.
pub fn check(name: &str, op: &Op, read: &[Type], out: &Type, known: &[Option<&[u8]>]) -> Result<(), Refused> {
    for &(at, of) in zero_points(op) {
        let (Some(Some(bytes)), Some(ty)) = (known.get(at), read.get(at)) else { continue };
        let (dtype, unsigned): (_, fn(&Rescale) -> bool) = match of {
            ZeroPointOf::Operand(operand) => (read[operand].dtype, |rescale| rescale.input_unsigned),
            ZeroPointOf::Output => (out.dtype, |rescale| rescale.output_unsigned),
        };
        let is_unsigned = matches!(op, Op::Rescale(rescale) if unsigned(rescale));
        let mut values = bytes.chunks_exact(ty.dtype.bytes()).map(|word| ty.dtype.read(word));
        let good = |value: i64| match dtype {
            DType::I8 => true,
            DType::I16 if is_unsigned => value == 0 || value == HALF,
            _ => value == 0,
        };
        if let Some(value) = values.find(|value| !good(*value)) {
            return Err(Refused::ZeroPoint { op: op.name(), tensor: name.into(), value, dtype });
        }
    }
    Ok(())
}
