//! RESCALE with 32-bit multipliers on lanes of int32.

use tequio_tensor::{DType, Rescale};

/// Lanes that are scaled together.
pub const LANES: usize = 8;

/// `clip(((value − zero_in) · multiplier + rounding) >> shift + zero_out)` with everything prepared for [`LANES`] lanes
/// at once. One group for all lanes, or one for each [`LANES`] channels.
#[derive(Clone, Debug)]
pub struct Scale {
    pub zero_in: i32,
    pub zero_out: i32,
    pub min: i32,
    pub max: i32,
    pub groups: Vec<Group>,
    pub reach: Reach,
}

/// Which shifts occur: those of at least 32 need only the product's high half, those below it no sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    High,
    Low,
    Both,
}

/// Parameters of [`LANES`] lanes. Products are made for even and odd lanes apart, so what is added to them is kept apart
/// too.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
pub struct Group {
    pub multiplier: [i32; LANES],
    /// Shift less 32.
    pub shift_high: [i32; LANES],
    pub shift: [[i64; LANES / 2]; 2],
    /// What is added to a product; less the sign bit of a negative value where `sign` has it: double rounding adds 2³⁰ or
    /// subtracts it.
    pub round: [[i64; LANES / 2]; 2],
    pub sign: [[i64; LANES / 2]; 2],
}

impl Scale {
    /// `multiplier` and `shift` have one element, or one for each channel and are padded to `stride` channels. Zero
    /// points as they are, unsigned ones already extended.
    pub fn new(attributes: &Rescale, multiplier: &[i64], shift: &[i64], stride: usize) -> Self {
        let single = multiplier.len() == 1;
        let count = if single { LANES } else { stride };
        let pick = |values: &[i64], at: usize| if single { values[0] } else { values.get(at).copied().unwrap_or(2) };
        let mut groups = vec![Group::default(); count / LANES];
        let (mut high, mut low) = (false, false);
        for at in 0..count {
            let shift = pick(shift, at).clamp(2, 62);
            let group = &mut groups[at / LANES];
            let (lane, half, quarter) = (at % LANES, at % 2, at % LANES / 2);
            let mut round = 1i64 << (shift - 1);
            if attributes.double_round && shift > 31 {
                round += 1 << 30;
                group.sign[half][quarter] = 1 << 31;
            }
            group.multiplier[lane] = pick(multiplier, at) as i32;
            group.shift_high[lane] = shift as i32 - 32;
            group.shift[half][quarter] = shift;
            group.round[half][quarter] = round;
            let valid = single || at < multiplier.len();
            high |= valid && shift >= 32;
            low |= valid && shift < 32;
        }
        let reach = match (high, low) {
            (true, false) => Reach::High,
            (false, true) => Reach::Low,
            _ => Reach::Both,
        };
        let (min, max) = (DType::I32.min() as i32, DType::I32.max() as i32);
        Self { zero_in: 0, zero_out: 0, min, max, groups, reach }
    }

    /// Scales rows of `stride` lanes.
    #[inline(always)]
    pub fn run(&self, stride: usize, from: &[i32], to: &mut [i32]) {
        for (from, to) in from.chunks_exact(stride).zip(to.chunks_exact_mut(stride)) {
            let lanes = from.chunks_exact(LANES).zip(to.chunks_exact_mut(LANES));
            for ((from, to), group) in lanes.zip(self.groups.iter().cycle()) {
                for (lane, (from, to)) in from.iter().zip(to).enumerate() {
                    *to = self.lane(group, lane, *from);
                }
            }
        }
    }

    #[inline(always)]
    fn lane(&self, group: &Group, lane: usize, value: i32) -> i32 {
        let (half, quarter) = (lane % 2, lane / 2);
        let value = value.wrapping_sub(self.zero_in);
        let product = value as i64 * group.multiplier[lane] as i64;
        let negative = value as u32 as i64 & group.sign[half][quarter];
        let scaled = product.wrapping_add(group.round[half][quarter] - negative) >> group.shift[half][quarter];
        (scaled as i32).wrapping_add(self.zero_out).max(self.min).min(self.max)
    }
}
