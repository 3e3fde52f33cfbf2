//! [`Scale`], eight lanes at once.

use std::arch::x86_64::*;

use super::Avx2;
use crate::backend::cpu::scale::{Group, LANES, Reach, Scale};

impl Avx2 {
    /// The same as [`Scale::run`].
    pub fn scale(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
        assert!(from.len() == to.len() && from.len().is_multiple_of(stride) && stride.is_multiple_of(LANES));
        assert!(matches!(scale.groups.len() * LANES, period if period == LANES || period == stride));
        // SAFETY: `self` proves AVX2; the assertions say that every row has whole groups of lanes on both sides.
        unsafe {
            match scale.reach {
                Reach::High => run::<true, false>(scale, stride, from, to),
                Reach::Low => run::<false, true>(scale, stride, from, to),
                Reach::Both => run::<true, true>(scale, stride, from, to),
            }
        }
    }
}

/// # Safety
/// The lengths are those that [`Avx2::scale`] asserts.
#[target_feature(enable = "avx2")]
unsafe fn run<const HIGH: bool, const LOW: bool>(scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
    // With one group for all, rows don't matter: one column of as many steps as there are.
    let single = scale.groups.len() == 1;
    let (step, columns) = if single { (LANES, 1) } else { (stride, stride / LANES) };
    let bounds = Bounds::new(scale);
    for column in 0..columns {
        let lanes = Lanes::new(&scale.groups[column]);
        let mut at = column * LANES;
        while at < from.len() {
            // SAFETY: rows are multiples of LANES, so LANES elements from `at` are inside both.
            unsafe {
                let value = _mm256_loadu_si256(from.as_ptr().add(at).cast());
                _mm256_storeu_si256(to.as_mut_ptr().add(at).cast(), lanes.scale::<HIGH, LOW>(&bounds, value));
            }
            at += step;
        }
    }
}

struct Bounds {
    zero_in: __m256i,
    zero_out: __m256i,
    min: __m256i,
    max: __m256i,
}

impl Bounds {
    #[target_feature(enable = "avx2")]
    fn new(scale: &Scale) -> Self {
        Self {
            zero_in: _mm256_set1_epi32(scale.zero_in),
            zero_out: _mm256_set1_epi32(scale.zero_out),
            min: _mm256_set1_epi32(scale.min),
            max: _mm256_set1_epi32(scale.max),
        }
    }
}

/// A [`Group`] in registers.
struct Lanes {
    multiplier: [__m256i; 2],
    shift_high: __m256i,
    shift: [__m256i; 2],
    round: [__m256i; 2],
    sign: [__m256i; 2],
}

impl Lanes {
    #[target_feature(enable = "avx2")]
    fn new(group: &Group) -> Self {
        // SAFETY: every array of a group has 32 bytes.
        let narrow = |from: &[i32; LANES]| unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
        // SAFETY: as above.
        let wide = |from: &[i64; LANES / 2]| unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
        let multiplier = narrow(&group.multiplier);
        Self {
            multiplier: [multiplier, _mm256_srli_epi64::<32>(multiplier)],
            shift_high: narrow(&group.shift_high),
            shift: [wide(&group.shift[0]), wide(&group.shift[1])],
            round: [wide(&group.round[0]), wide(&group.round[1])],
            sign: [wide(&group.sign[0]), wide(&group.sign[1])],
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn scale<const HIGH: bool, const LOW: bool>(&self, bounds: &Bounds, value: __m256i) -> __m256i {
        let value = _mm256_sub_epi32(value, bounds.zero_in);
        let half = |half: usize, value: __m256i| {
            let product = _mm256_mul_epi32(value, self.multiplier[half]);
            let negative = _mm256_and_si256(value, self.sign[half]);
            _mm256_add_epi64(product, _mm256_sub_epi64(self.round[half], negative))
        };
        let even = half(0, value);
        let odd = half(1, _mm256_srli_epi64::<32>(value));
        let high = || {
            let high = _mm256_blend_epi32::<0b1010_1010>(_mm256_srli_epi64::<32>(even), odd);
            _mm256_srav_epi32(high, self.shift_high)
        };
        // Below 32 the bits that a logical shift brings in lie above those that are kept.
        let low = || {
            let odd = _mm256_slli_epi64::<32>(_mm256_srlv_epi64(odd, self.shift[1]));
            _mm256_blend_epi32::<0b1010_1010>(_mm256_srlv_epi64(even, self.shift[0]), odd)
        };
        let scaled = match (HIGH, LOW) {
            (true, false) => high(),
            (false, true) => low(),
            _ => {
                let lower = _mm256_cmpgt_epi32(_mm256_setzero_si256(), self.shift_high);
                _mm256_blendv_epi8(high(), low(), lower)
            }
        };
        let moved = _mm256_add_epi32(scaled, bounds.zero_out);
        _mm256_min_epi32(_mm256_max_epi32(moved, bounds.min), bounds.max)
    }
}
