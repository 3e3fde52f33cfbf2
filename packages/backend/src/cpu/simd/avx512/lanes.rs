//! One vector of lanes, scaled by the definition or by an estimate that is right unless it says so.

use std::arch::x86_64::*;

use crate::cpu::simd::scale::{Group, LANES, Scale, Shifts};

/// Two [`Group`]s in registers.
pub struct Lanes {
    zero_in: __m512i,
    zero_out: __m512i,
    multiplier: [__m512i; 2],
    shift_high: __m512i,
    /// Lanes whose shift is below 32.
    lower: u16,
    shift: [__m512i; 2],
    round: [__m512i; 2],
    sign: [__m512i; 2],
}

impl Lanes {
    /// The groups from `first`; one alone is both.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub fn new(scale: &Scale, first: usize) -> Self {
        let groups = pair(scale, first);
        // SAFETY: every array of a group has 32 bytes.
        let wide = |from: [&[i64; LANES / 2]; 2]| unsafe { join(from.map(|from| from.as_ptr().cast())) };
        // SAFETY: as above.
        let narrow = |from: [&[i32; LANES]; 2]| unsafe { join(from.map(|from| from.as_ptr().cast())) };
        let multiplier = narrow(groups.map(|group| &group.multiplier));
        let shift_high = narrow(groups.map(|group| &group.shift_high));
        let halves = |of: fn(&Group, usize) -> &[i64; LANES / 2]| {
            [wide(groups.map(|group| of(group, 0))), wide(groups.map(|group| of(group, 1)))]
        };
        Self {
            zero_in: _mm512_set1_epi32(scale.zero_in),
            zero_out: _mm512_set1_epi32(if scale.early { 0 } else { scale.zero_out }),
            multiplier: [multiplier, odd(multiplier)],
            shift_high,
            lower: _mm512_cmplt_epi32_mask(shift_high, _mm512_setzero_si512()),
            shift: halves(|group, half| &group.shift[half]),
            round: halves(|group, half| &group.round[half]),
            sign: halves(|group, half| &group.sign[half]),
        }
    }

    /// All but clipping.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub fn scale<const HIGH: bool, const LOW: bool, const OFFSETS: bool>(&self, value: __m512i) -> __m512i {
        let value = if OFFSETS { _mm512_sub_epi32(value, self.zero_in) } else { value };
        let (evens, odds) = (self.product(0, value), self.product(1, odd(value)));
        let scaled = match (HIGH, LOW) {
            (true, false) => self.high(evens, odds),
            (false, true) => self.low(evens, odds),
            _ => _mm512_mask_mov_epi32(self.high(evens, odds), self.lower, self.low(evens, odds)),
        };
        if OFFSETS { _mm512_add_epi32(scaled, self.zero_out) } else { scaled }
    }

    /// Products of the even (0) or odd (1) lanes, with what rounds them.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn product(&self, half: usize, value: __m512i) -> __m512i {
        let product = _mm512_mul_epi32(value, self.multiplier[half]);
        let negative = _mm512_and_si512(value, self.sign[half]);
        _mm512_add_epi64(product, _mm512_sub_epi64(self.round[half], negative))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn high(&self, evens: __m512i, odds: __m512i) -> __m512i {
        let high = _mm512_mask_shuffle_epi32::<0b1111_0101>(odds, 0x5555, evens);
        _mm512_srav_epi32(high, self.shift_high)
    }

    /// The bits that a logical shift by less than 32 brings in lie above those that are kept.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn low(&self, evens: __m512i, odds: __m512i) -> __m512i {
        let odds = _mm512_srlv_epi64(odds, self.shift[1]);
        _mm512_mask_shuffle_epi32::<0b1010_0000>(_mm512_srlv_epi64(evens, self.shift[0]), 0xaaaa, odds)
    }
}

/// A scale to int8 with shifts of at least 32, estimated in floating point, and how near to a tie that came.
///
/// With t = value · multiplier / 2ˢ and n = ±2³⁰⁻ˢ for double rounding, else 0, the definition's value is ⌊t + n + ½⌋ plus
/// the zero point, clipped. The value and the multiplier are converted, and t + n is rounded once, each with a relative
/// error of at most 2⁻²⁴: the estimate e of t + n is off by less than (|t| + ¼) · 3.01 · 2⁻²⁴.
///
/// - |e| ≤ 257: it is off by less than 2⁻¹⁴. Where it is no closer than that to a tie, both round to the same integer.
/// - |e| > 257: both round to integers of 256 or more, of one sign, which any zero point of int8 leaves outside int8: they
///   are clipped to the same. |t| is at most 2³⁰, so the estimate's integer has 32 bits.
#[derive(Clone, Copy)]
pub struct Estimate {
    factor: __m512,
    nudge: __m512,
}

/// A tie less 2⁻¹⁴.
const DOUBT: f32 = 0.5 - 1.0 / 16384.0;

impl Estimate {
    /// Whether a scale has shifts of at least 32, takes values as they are, and gives int8 with a zero point of int8.
    pub fn serves(scale: &Scale) -> bool {
        let byte = |value: i32| i8::try_from(value).is_ok();
        scale.shifts == Shifts::AtLeast32
            && scale.zero_in == 0
            && byte(scale.min)
            && byte(scale.max)
            && byte(scale.zero_out)
    }

    /// That of the groups from `first`; one alone is both.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    pub fn new(scale: &Scale, first: usize) -> Self {
        let groups = pair(scale, first);
        // SAFETY: every array of a group has 32 bytes.
        let [factor, nudge] = unsafe {
            [
                join(groups.map(|group| group.factor.as_ptr().cast())),
                join(groups.map(|group| group.nudge.as_ptr().cast())),
            ]
        };
        Self { factor: _mm512_castsi512_ps(factor), nudge: _mm512_castsi512_ps(nudge) }
    }

    /// The scaled value without the zero point. Adds to `doubt` how far from an integer it was before it was rounded.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    pub fn scale(&self, value: __m512i, doubt: &mut __m512) -> __m512i {
        // The nudge, with the value's sign: all bits of the first, and those of the second that the third has.
        let nudge = _mm512_castsi512_ps(_mm512_ternarylogic_epi32::<0b1111_1000>(
            _mm512_castps_si512(self.nudge),
            value,
            _mm512_set1_epi32(i32::MIN),
        ));
        let estimate = _mm512_fmadd_ps(_mm512_cvtepi32_ps(value), self.factor, nudge);
        // The larger of two magnitudes.
        *doubt = _mm512_range_ps::<0b1011>(*doubt, _mm512_reduce_ps::<0>(estimate));
        _mm512_cvtps_epi32(estimate)
    }

    /// Whether any lane came too near to a tie.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn doubtful(doubt: __m512) -> bool {
        _mm512_cmp_ps_mask::<_CMP_GT_OQ>(doubt, _mm512_set1_ps(DOUBT)) != 0
    }
}

/// The groups from `first`; one alone is both.
fn pair(scale: &Scale, first: usize) -> [&Group; 2] {
    let first = first % scale.groups.len();
    [&scale.groups[first], &scale.groups[(first + 1).min(scale.groups.len() - 1)]]
}

/// # Safety
/// Both are valid for 32 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn join(halves: [*const __m256i; 2]) -> __m512i {
    // SAFETY: the caller's.
    let [low, high] = halves.map(|half| unsafe { _mm256_loadu_si256(half) });
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
}

/// Odd lanes in the places of the even ones. (Not by shifting, from which the compiler makes a 64-bit product.)
#[inline]
#[target_feature(enable = "avx512f")]
fn odd(lanes: __m512i) -> __m512i {
    _mm512_shuffle_epi32::<0b1111_0101>(lanes)
}
