//! From RESCALE's constants to the parameters of its instructions.

use tequio_attestation::Node;
use tequio_tensor::{DType, Rescale, Type};

use crate::{
    cpu::{
        kernel::instruction::{Scale16, Unary},
        simd::scale::{Group, LANES, Scale, Shifts},
    },
    graph::Graph,
};

/// A RESCALE's constants: one multiplier and shift, or one for each channel. Zero points of unsigned types are
/// extended.
pub struct Parameters {
    multiplier: Vec<i64>,
    shift: Vec<i64>,
    double_round: bool,
    zero_in: i64,
    zero_out: i64,
    /// Bounds of the result.
    min: i32,
    max: i32,
}

impl Parameters {
    /// Those of `node`, all of whose constants are known, that makes elements of `to`.
    pub fn new(graph: &Graph, node: &Node, attributes: &Rescale, to: DType) -> Self {
        let constant = |at: usize| {
            graph.constant(&node.operands[at]).unwrap_or_else(|| unreachable!("checked by `is_elementwise`"))
        };
        let Type { dtype: from, .. } = graph.operand_type(&node.operands[0]);
        let [zero_in, zero_out] = [constant(3)[0], constant(4)[0]];
        let unsigned = attributes.output_unsigned;
        Self {
            multiplier: constant(1),
            shift: constant(2),
            double_round: attributes.double_round,
            zero_in: if attributes.input_unsigned { from.zero_extend(zero_in) } else { zero_in },
            zero_out: if unsigned { to.zero_extend(zero_out) } else { zero_out },
            min: if unsigned { 0 } else { to.min() as i32 },
            max: if unsigned { to.unsigned_max() as i32 } else { to.max() as i32 },
        }
    }

    /// Whether channels have parameters of their own.
    pub fn per_channel(&self) -> bool {
        self.multiplier.len() > 1
    }

    /// The shift to the left that it is for every value: nothing is rounded where one power of two divides the other.
    pub fn shift_left(&self) -> Option<Unary> {
        let ([multiplier], [shift]) = (&self.multiplier[..], &self.shift[..]) else { return None };
        let by = i64::from(multiplier.trailing_zeros()) - (*shift).clamp(2, 62);
        let power = *multiplier > 0 && multiplier.count_ones() == 1;
        let by = u32::try_from(by).ok().filter(|_| power)?;
        let (first, second) = (self.zero_in as i32, self.zero_out as i32);
        Some(Unary::ShiftLeft { first, by, second, min: self.min, max: self.max })
    }

    /// Multipliers of 16 bits, for each of `stride` lanes.
    pub fn scale16(self, stride: usize) -> Scale16 {
        let lanes = 0..stride;
        Scale16 {
            zero_in: self.zero_in,
            zero_out: self.zero_out as i32,
            min: self.min,
            max: self.max,
            multiplier: lanes.clone().map(|at| pick(&self.multiplier, at) as i32).collect(),
            shift: lanes.map(|at| pick(&self.shift, at).clamp(2, 62)).collect(),
        }
    }

    /// Multipliers of 32 bits; those of channels are padded to `stride` lanes.
    pub fn scale(self, stride: usize) -> Scale {
        let Self { multiplier, shift, .. } = &self;
        let single = !self.per_channel();
        let count = if single { LANES } else { stride };
        let mut groups = vec![Group::default(); count / LANES];
        let (mut high, mut low) = (false, false);
        // Added before shifting, the output's zero point costs nothing. The sum of it, a product and what rounds is below 2⁶³.
        let early = |shift: i64| self.zero_out.unsigned_abs().leading_zeros() as i64 > shift + 2;
        let early = (0..count).all(|at| early(pick(shift, at).clamp(2, 62)));
        for at in 0..count {
            let shift = pick(shift, at).clamp(2, 62);
            let zero_out = if early { self.zero_out } else { 0 };
            groups[at / LANES].set(at % LANES, pick(multiplier, at) as i32, shift, self.double_round, zero_out);
            let valid = single || at < multiplier.len();
            high |= valid && shift >= 32;
            low |= valid && shift < 32;
        }
        let shifts = match (high, low) {
            (true, false) => Shifts::AtLeast32,
            (false, true) => Shifts::Below32,
            _ => Shifts::Mixed,
        };
        let (zero_in, zero_out) = (self.zero_in as i32, self.zero_out as i32);
        Scale { zero_in, zero_out, early, min: self.min, max: self.max, groups, shifts }
    }
}

/// The parameter of a lane: the same for all if there is one; lanes behind the last channel need any.
fn pick(values: &[i64], lane: usize) -> i64 {
    values.get(if values.len() == 1 { 0 } else { lane }).copied().unwrap_or(2)
}
