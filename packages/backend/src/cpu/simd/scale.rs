//! RESCALE with 32-bit multipliers on lanes of int32.

/// Lanes that are scaled together.
pub const LANES: usize = 8;

/// `clip(((value − zero_in) · multiplier + rounding) >> shift + zero_out)` with everything prepared for [`LANES`] lanes
/// at once. One group for all lanes, or one for each [`LANES`] channels.
#[derive(Clone, Debug)]
pub struct Scale {
    pub zero_in: i32,
    pub zero_out: i32,
    /// Whether what rounds products has the output's zero point in it.
    pub early: bool,
    pub min: i32,
    pub max: i32,
    pub groups: Vec<Group>,
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    pub shifts: Shifts,
}

/// Which shifts occur: those of at least 32 need only the product's high half, those below it no sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shifts {
    AtLeast32,
    Below32,
    Mixed,
}

/// Parameters of [`LANES`] lanes. Products are made for even and odd lanes apart, so what is added to them is kept
/// apart too.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(32))]
pub struct Group {
    pub multiplier: [i32; LANES],
    /// Shift less 32.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    pub shift_high: [i32; LANES],
    pub shift: [[i64; LANES / 2]; 2],
    /// What is added to a product, if it is early with the zero point of the output shifted left; less the sign bit of a negative value where `sign` has it: double rounding adds 2³⁰
    /// or subtracts it.
    pub round: [[i64; LANES / 2]; 2],
    pub sign: [[i64; LANES / 2]; 2],
    /// The multiplier over the shift's power of two, and what double rounding adds to or subtracts from a product over
    /// that.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    pub factor: [f32; LANES],
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    pub nudge: [f32; LANES],
}

impl Group {
    /// Sets a lane's parameters: the multiplier, a shift of 2 to 62, whether it rounds twice if the shift lets it, and a zero
    /// point that is added early, else 0.
    pub fn set(&mut self, lane: usize, multiplier: i32, shift: i64, twice: bool, early: i64) {
        let (half, quarter) = (lane % 2, lane / 2);
        let twice = twice && shift > 31;
        self.multiplier[lane] = multiplier;
        self.shift_high[lane] = shift as i32 - 32;
        self.shift[half][quarter] = shift;
        self.round[half][quarter] = (1 << (shift - 1)) + if twice { 1 << 30 } else { 0 } + (early << shift);
        self.sign[half][quarter] = if twice { 1 << 31 } else { 0 };
        let power = |exponent: i64| f32::from_bits(((127 + exponent) as u32) << 23);
        self.factor[lane] = multiplier as f32 * power(-shift);
        self.nudge[lane] = if twice { power(30 - shift) } else { 0.0 };
    }
}

impl Scale {
    /// Whether so many lanes are whole rows of whole groups: what unsafe code relies on.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    pub fn fits(&self, stride: usize, lanes: usize) -> bool {
        let period = self.groups.len() * LANES;
        (period == LANES || period == stride) && stride.is_multiple_of(LANES) && lanes.is_multiple_of(stride)
    }

    /// Multiplier and shift, if they are the same for all lanes.
    pub fn uniform(&self) -> Option<(i32, i64)> {
        let [group] = &self.groups[..] else { return None };
        let first = (group.multiplier[0], group.shift[0][0]);
        let same = group.multiplier.iter().all(|multiplier| *multiplier == first.0)
            && group.shift.iter().flatten().all(|shift| *shift == first.1)
            && group.sign.iter().flatten().all(|sign| *sign == group.sign[0][0]);
        same.then_some(first)
    }

    /// Whether there is anything to take off or add.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    pub fn offsets(&self) -> bool {
        self.zero_in != 0 || !self.early && self.zero_out != 0
    }

    /// [`super::Simd::scale`] in portable code; `narrow` says what is written of each value.
    #[inline(always)]
    pub fn run<T>(&self, stride: usize, from: &[i32], to: &mut [T], narrow: impl Fn(i32) -> T) {
        for (from, to) in from.chunks_exact(stride).zip(to.chunks_exact_mut(stride)) {
            let lanes = from.chunks_exact(LANES).zip(to.chunks_exact_mut(LANES));
            for ((from, to), group) in lanes.zip(self.groups.iter().cycle()) {
                for (lane, (from, to)) in from.iter().zip(to).enumerate() {
                    *to = narrow(self.lane(group, lane, *from));
                }
            }
        }
    }

    #[inline(always)]
    pub fn lane(&self, group: &Group, lane: usize, value: i32) -> i32 {
        let (half, quarter) = (lane % 2, lane / 2);
        let value = value.wrapping_sub(self.zero_in);
        let product = value as i64 * group.multiplier[lane] as i64;
        let negative = value as u32 as i64 & group.sign[half][quarter];
        let scaled = product.wrapping_add(group.round[half][quarter] - negative) >> group.shift[half][quarter];
        (scaled as i32).wrapping_add(if self.early { 0 } else { self.zero_out }).max(self.min).min(self.max)
    }
}
