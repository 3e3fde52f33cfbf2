//! [`Scale`], sixteen lanes at once.

use std::arch::x86_64::*;

use crate::cpu::simd::scale::{Group, LANES, Scale, Shifts};

/// Lanes of a vector: two groups.
const WIDE: usize = 2 * LANES;

/// [`Scale::run`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub fn to_words(scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
    assert!(from.len() == to.len() && scale.fits(stride, from));
    let to = to.as_mut_ptr();
    // SAFETY: `from` is whole rows of whole groups, and `to` is as long.
    unsafe {
        match scale.shifts {
            Shifts::AtLeast32 => words::<true, false>(scale, stride, from, to),
            Shifts::Below32 => words::<false, true>(scale, stride, from, to),
            Shifts::Mixed => words::<true, true>(scale, stride, from, to),
        }
    }
}

/// [`Scale::run`] that narrows to int8.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub fn to_bytes(scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
    assert!(from.len() == to.len() && scale.fits(stride, from));
    assert!(scale.min >= i8::MIN.into() && scale.max <= i8::MAX.into());
    let to = to.as_mut_ptr();
    // SAFETY: as above.
    unsafe {
        match scale.shifts {
            Shifts::AtLeast32 => bytes::<true, false>(scale, stride, from, to),
            Shifts::Below32 => bytes::<false, true>(scale, stride, from, to),
            Shifts::Mixed => bytes::<true, true>(scale, stride, from, to),
        }
    }
}

/// Columns of lanes that share a vector of parameters: where the first begins, how many of its lanes there are, and the
/// lanes from one row to the next. With one group for all, rows don't matter: there is one column of as many steps as
/// there are, and the lanes that are left are another.
fn columns(scale: &Scale, stride: usize, len: usize) -> Vec<Column> {
    if scale.groups.len() > 1 {
        let column = |first: usize| Column { first, lanes: WIDE.min(stride - first), step: stride, end: len };
        return (0..stride).step_by(WIDE).map(column).collect();
    }
    let whole = len - len % WIDE;
    let body = Column { first: 0, lanes: WIDE, step: WIDE, end: whole };
    [body, Column { first: whole, lanes: LANES, step: WIDE, end: len }].into()
}

#[derive(Clone, Copy)]
struct Column {
    first: usize,
    lanes: usize,
    step: usize,
    end: usize,
}

/// # Safety
/// `to` is valid for as many elements as `from` has, and [`Scale::fits`] holds.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn words<const HIGH: bool, const LOW: bool>(scale: &Scale, stride: usize, from: &[i32], to: *mut i32) {
    let [min, max] = [scale.min, scale.max].map(|bound| _mm512_set1_epi32(bound));
    for column in columns(scale, stride, from.len()) {
        let lanes = Lanes::new(scale, column.first / LANES);
        for at in (column.first..column.end).step_by(column.step) {
            // SAFETY: rows are multiples of LANES, so the lanes of the mask from `at` are inside both.
            unsafe {
                let value = _mm512_maskz_loadu_epi32(column.mask(), from.as_ptr().add(at));
                let scaled = lanes.scale::<HIGH, LOW>(value);
                let clipped = _mm512_min_epi32(_mm512_max_epi32(scaled, min), max);
                _mm512_mask_storeu_epi32(to.add(at), column.mask(), clipped);
            }
        }
    }
}

/// # Safety
/// As [`words`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn bytes<const HIGH: bool, const LOW: bool>(scale: &Scale, stride: usize, from: &[i32], to: *mut u8) {
    let [min, max] = [scale.min, scale.max].map(|bound| _mm512_set1_epi8(bound as i8));
    // From four lanes of each of four rows next to one another to a row's lanes next to one another.
    let gather = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    for column in columns(scale, stride, from.len()) {
        let (lanes, step, mask) = (Lanes::new(scale, column.first / LANES), column.step, column.mask());
        let mut at = column.first;
        while at < column.end {
            // Rows that are missing go with the last that isn't.
            let left = (column.end - at).div_ceil(step);
            let rows = [0, 1, 2, 3].map(|row| at + step * row.min(left - 1));
            // SAFETY: rows are multiples of LANES, so the lanes of the mask from `at` are inside both.
            unsafe {
                let scaled = rows.map(|row| {
                    let value = _mm512_maskz_loadu_epi32(mask, from.as_ptr().add(row));
                    lanes.scale::<HIGH, LOW>(value)
                });
                // Packing saturates, to bounds that lie outside the scale's.
                let first = _mm512_packs_epi32(scaled[0], scaled[1]);
                let second = _mm512_packs_epi32(scaled[2], scaled[3]);
                let packed = _mm512_permutexvar_epi32(gather, _mm512_packs_epi16(first, second));
                let packed = _mm512_min_epi8(_mm512_max_epi8(packed, min), max);
                if step == WIDE && left >= 4 {
                    _mm512_storeu_si512(to.add(at).cast(), packed);
                } else {
                    _mm_mask_storeu_epi8(to.add(rows[3]).cast(), mask, _mm512_extracti32x4_epi32::<3>(packed));
                    _mm_mask_storeu_epi8(to.add(rows[2]).cast(), mask, _mm512_extracti32x4_epi32::<2>(packed));
                    _mm_mask_storeu_epi8(to.add(rows[1]).cast(), mask, _mm512_extracti32x4_epi32::<1>(packed));
                    _mm_mask_storeu_epi8(to.add(rows[0]).cast(), mask, _mm512_castsi512_si128(packed));
                }
            }
            at += 4 * step;
        }
    }
}

impl Column {
    fn mask(&self) -> u16 {
        if self.lanes == WIDE { u16::MAX } else { 0xff }
    }
}

/// Two [`Group`]s in registers.
struct Lanes {
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
    fn new(scale: &Scale, first: usize) -> Self {
        let none = Group::default();
        let of = |at: usize| scale.groups.get(at).or(scale.groups.last()).unwrap_or(&none);
        let groups = [of(first), of(first + 1)];
        // SAFETY: every array of a group has 32 bytes.
        let narrow = |from: [&[i32; LANES]; 2]| unsafe { join(from.map(|from| from.as_ptr().cast())) };
        // SAFETY: as above.
        let wide = |from: [&[i64; LANES / 2]; 2]| unsafe { join(from.map(|from| from.as_ptr().cast())) };
        let multiplier = narrow(groups.map(|group| &group.multiplier));
        let shift_high = narrow(groups.map(|group| &group.shift_high));
        Self {
            zero_in: _mm512_set1_epi32(scale.zero_in),
            zero_out: _mm512_set1_epi32(scale.zero_out),
            multiplier: [multiplier, odd(multiplier)],
            shift_high,
            lower: _mm512_cmplt_epi32_mask(shift_high, _mm512_setzero_si512()),
            shift: [wide(groups.map(|group| &group.shift[0])), wide(groups.map(|group| &group.shift[1]))],
            round: [wide(groups.map(|group| &group.round[0])), wide(groups.map(|group| &group.round[1]))],
            sign: [wide(groups.map(|group| &group.sign[0])), wide(groups.map(|group| &group.sign[1]))],
        }
    }

    /// All but clipping.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn scale<const HIGH: bool, const LOW: bool>(&self, value: __m512i) -> __m512i {
        let value = _mm512_sub_epi32(value, self.zero_in);
        let (evens, odds) = (self.product(0, value), self.product(1, odd(value)));
        let scaled = match (HIGH, LOW) {
            (true, false) => self.high(evens, odds),
            (false, true) => self.low(evens, odds),
            _ => _mm512_mask_mov_epi32(self.high(evens, odds), self.lower, self.low(evens, odds)),
        };
        _mm512_add_epi32(scaled, self.zero_out)
    }

    /// Products of the even (0) or odd (1) lanes, with what rounds them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn product(&self, half: usize, value: __m512i) -> __m512i {
        let product = _mm512_mul_epi32(value, self.multiplier[half]);
        let negative = _mm512_and_si512(value, self.sign[half]);
        _mm512_add_epi64(product, _mm512_sub_epi64(self.round[half], negative))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn high(&self, evens: __m512i, odds: __m512i) -> __m512i {
        let high = _mm512_mask_shuffle_epi32::<0b1111_0101>(odds, 0x5555, evens);
        _mm512_srav_epi32(high, self.shift_high)
    }

    /// The bits that a logical shift by less than 32 brings in lie above those that are kept.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn low(&self, evens: __m512i, odds: __m512i) -> __m512i {
        let odds = _mm512_srlv_epi64(odds, self.shift[1]);
        _mm512_mask_shuffle_epi32::<0b1010_0000>(_mm512_srlv_epi64(evens, self.shift[0]), 0xaaaa, odds)
    }
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
