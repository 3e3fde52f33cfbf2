//! [`Scale`], eight lanes at once.

use std::arch::x86_64::*;

use crate::cpu::simd::scale::{Group, LANES, Scale, Shifts};

/// [`Scale::run`].
#[target_feature(enable = "avx2")]
pub fn to_words(scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
    assert!(from.len() == to.len() && scale.fits(stride, from.len()));
    let to = to.as_mut_ptr();
    // SAFETY: `from` is whole rows of whole groups, and `to` is as long.
    unsafe {
        match (scale.shifts, scale.offsets()) {
            (Shifts::AtLeast32, false) => words::<true, false, false>(scale, stride, from, to),
            (Shifts::AtLeast32, true) => words::<true, false, true>(scale, stride, from, to),
            (Shifts::Below32, _) => words::<false, true, true>(scale, stride, from, to),
            (Shifts::Mixed, _) => words::<true, true, true>(scale, stride, from, to),
        }
    }
}

/// [`Scale::run`] that narrows to int8.
#[target_feature(enable = "avx2")]
pub fn to_bytes(scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
    assert!(from.len() == to.len() && scale.fits(stride, from.len()));
    assert!(scale.min >= i8::MIN.into() && scale.max <= i8::MAX.into());
    let to = to.as_mut_ptr();
    // SAFETY: as above.
    unsafe {
        match (scale.shifts, scale.offsets()) {
            (Shifts::AtLeast32, false) => bytes::<true, false, false>(scale, stride, from, to),
            (Shifts::AtLeast32, true) => bytes::<true, false, true>(scale, stride, from, to),
            (Shifts::Below32, _) => bytes::<false, true, true>(scale, stride, from, to),
            (Shifts::Mixed, _) => bytes::<true, true, true>(scale, stride, from, to),
        }
    }
}

/// Columns of lanes that share a group, and the lanes from one row to the next. With one group for all, rows don't
/// matter: there is one column of as many steps as there are.
fn columns(scale: &Scale, stride: usize) -> (usize, usize) {
    if scale.groups.len() == 1 { (1, LANES) } else { (stride / LANES, stride) }
}

/// # Safety
/// `to` is valid for as many elements as `from` has, and [`Scale::fits`] holds.
#[target_feature(enable = "avx2")]
unsafe fn words<const HIGH: bool, const LOW: bool, const OFFSETS: bool>(
    scale: &Scale,
    stride: usize,
    from: &[i32],
    to: *mut i32,
) {
    let (count, step) = columns(scale, stride);
    let [min, max] = [scale.min, scale.max].map(|bound| _mm256_set1_epi32(bound));
    for column in 0..count {
        let lanes = Lanes::new(scale, &scale.groups[column]);
        for at in (column * LANES..from.len()).step_by(step) {
            // SAFETY: rows are multiples of LANES, so LANES elements from `at` are inside both.
            unsafe {
                let scaled = lanes.scale::<HIGH, LOW, OFFSETS>(_mm256_loadu_si256(from.as_ptr().add(at).cast()));
                let clipped = _mm256_min_epi32(_mm256_max_epi32(scaled, min), max);
                _mm256_storeu_si256(to.add(at).cast(), clipped);
            }
        }
    }
}

/// # Safety
/// As [`words`].
#[target_feature(enable = "avx2")]
unsafe fn bytes<const HIGH: bool, const LOW: bool, const OFFSETS: bool>(
    scale: &Scale,
    stride: usize,
    from: &[i32],
    to: *mut u8,
) {
    let (count, step) = columns(scale, stride);
    let [min, max] = [scale.min, scale.max].map(|bound| _mm_set1_epi8(bound as i8));
    for column in 0..count {
        let lanes = Lanes::new(scale, &scale.groups[column]);
        let mut at = column * LANES;
        while at < from.len() {
            // The last step of an odd number goes with itself.
            let next = if at + step < from.len() { at + step } else { at };
            // SAFETY: rows are multiples of LANES, so LANES elements from `at` and from `next` are inside both.
            unsafe {
                let first = lanes.scale::<HIGH, LOW, OFFSETS>(_mm256_loadu_si256(from.as_ptr().add(at).cast()));
                let second = lanes.scale::<HIGH, LOW, OFFSETS>(_mm256_loadu_si256(from.as_ptr().add(next).cast()));
                // Packing saturates, to bounds that lie outside the scale's.
                let short = _mm256_permute4x64_epi64::<0b1101_1000>(_mm256_packs_epi32(first, second));
                let packed = _mm_packs_epi16(_mm256_castsi256_si128(short), _mm256_extracti128_si256::<1>(short));
                let packed = _mm_min_epi8(_mm_max_epi8(packed, min), max);
                _mm_storel_epi64(to.add(at).cast(), packed);
                _mm_storel_epi64(to.add(next).cast(), _mm_unpackhi_epi64(packed, packed));
            }
            at += 2 * step;
        }
    }
}

/// A [`Group`] in registers.
struct Lanes {
    zero_in: __m256i,
    zero_out: __m256i,
    multiplier: [__m256i; 2],
    shift_high: __m256i,
    shift: [__m256i; 2],
    round: [__m256i; 2],
    sign: [__m256i; 2],
}

impl Lanes {
    #[target_feature(enable = "avx2")]
    fn new(scale: &Scale, group: &Group) -> Self {
        // SAFETY: every array of a group has 32 bytes.
        let narrow = |from: &[i32; LANES]| unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
        // SAFETY: as above.
        let wide = |from: &[i64; LANES / 2]| unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
        let multiplier = narrow(&group.multiplier);
        Self {
            zero_in: _mm256_set1_epi32(scale.zero_in),
            zero_out: _mm256_set1_epi32(if scale.early { 0 } else { scale.zero_out }),
            multiplier: [multiplier, odd(multiplier)],
            shift_high: narrow(&group.shift_high),
            shift: [wide(&group.shift[0]), wide(&group.shift[1])],
            round: [wide(&group.round[0]), wide(&group.round[1])],
            sign: [wide(&group.sign[0]), wide(&group.sign[1])],
        }
    }

    /// All but clipping.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn scale<const HIGH: bool, const LOW: bool, const OFFSETS: bool>(&self, value: __m256i) -> __m256i {
        let value = if OFFSETS { _mm256_sub_epi32(value, self.zero_in) } else { value };
        let (evens, odds) = (self.product(0, value), self.product(1, odd(value)));
        let scaled = match (HIGH, LOW) {
            (true, false) => self.high(evens, odds),
            (false, true) => self.low(evens, odds),
            _ => {
                let lower = _mm256_cmpgt_epi32(_mm256_setzero_si256(), self.shift_high);
                _mm256_blendv_epi8(self.high(evens, odds), self.low(evens, odds), lower)
            }
        };
        if OFFSETS { _mm256_add_epi32(scaled, self.zero_out) } else { scaled }
    }

    /// Products of the even (0) or odd (1) lanes, with what rounds them.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn product(&self, half: usize, value: __m256i) -> __m256i {
        let product = _mm256_mul_epi32(value, self.multiplier[half]);
        let negative = _mm256_and_si256(value, self.sign[half]);
        _mm256_add_epi64(product, _mm256_sub_epi64(self.round[half], negative))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn high(&self, evens: __m256i, odds: __m256i) -> __m256i {
        let high = _mm256_blend_epi32::<0b1010_1010>(odd(evens), odds);
        _mm256_srav_epi32(high, self.shift_high)
    }

    /// The bits that a logical shift by less than 32 brings in lie above those that are kept.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn low(&self, evens: __m256i, odds: __m256i) -> __m256i {
        let odds = _mm256_slli_epi64::<32>(_mm256_srlv_epi64(odds, self.shift[1]));
        _mm256_blend_epi32::<0b1010_1010>(_mm256_srlv_epi64(evens, self.shift[0]), odds)
    }
}

/// Odd lanes in the places of the even ones. (Not by shifting, from which the compiler makes a 64-bit product.)
#[inline]
#[target_feature(enable = "avx2")]
fn odd(lanes: __m256i) -> __m256i {
    _mm256_shuffle_epi32::<0b1111_0101>(lanes)
}
