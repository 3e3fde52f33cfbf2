//! [`Scale`], sixteen lanes at once.

use std::arch::x86_64::*;

use super::{
    bytes::Narrow,
    lanes::{Estimate, Lanes},
};
use crate::cpu::simd::scale::{LANES, Scale, Shifts};

/// Lanes of a vector: two groups.
const WIDE: usize = 2 * LANES;

/// [`Scale::run`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub fn to_words(scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
    assert!(from.len() == to.len() && scale.fits(stride, from.len()));
    let to = to.as_mut_ptr();
    // SAFETY: `from` is whole rows of whole groups, and `to` is as long.
    unsafe {
        match (scale.shifts, scale.offsets()) {
            _ if Estimate::serves(scale) => estimated_words(scale, stride, from, to),
            (Shifts::AtLeast32, false) => words::<true, false, false>(scale, stride, from, to),
            (Shifts::AtLeast32, true) => words::<true, false, true>(scale, stride, from, to),
            (Shifts::Below32, _) => words::<false, true, true>(scale, stride, from, to),
            (Shifts::Mixed, _) => words::<true, true, true>(scale, stride, from, to),
        }
    }
}

/// [`Scale::run`] that narrows to int8.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub fn to_bytes(scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
    assert!(from.len() == to.len() && scale.fits(stride, from.len()));
    assert!(scale.min >= i8::MIN.into() && scale.max <= i8::MAX.into());
    let to = to.as_mut_ptr();
    // SAFETY: as above.
    unsafe {
        match scale.shifts {
            _ if Estimate::serves(scale) => estimated_bytes(scale, stride, from, to),
            Shifts::AtLeast32 => bytes::<true, false>(scale, stride, from, to),
            Shifts::Below32 => bytes::<false, true>(scale, stride, from, to),
            Shifts::Mixed => bytes::<true, true>(scale, stride, from, to),
        }
    }
}

/// Lanes that share a vector of parameters: where the first row's begin, how many there are, from one row to the next, and
/// where rows end.
#[derive(Clone, Copy)]
struct Column {
    first: usize,
    lanes: usize,
    step: usize,
    end: usize,
}

/// The columns of rows of `stride` lanes. With one group for all, rows don't matter: there is one column of as many steps
/// as there are, and the lanes that are left are another.
fn columns(scale: &Scale, stride: usize, len: usize) -> impl Iterator<Item = Column> {
    let single = scale.groups.len() == 1;
    let whole = if single { len - len % WIDE } else { stride };
    let column = move |first: usize| match single {
        true if first == whole => Column { first, lanes: LANES, step: WIDE, end: len },
        true => Column { first, lanes: WIDE, step: WIDE, end: whole },
        false => Column { first, lanes: WIDE.min(stride - first), step: stride, end: len },
    };
    let firsts = if single { (0..whole + 1).step_by(whole.max(1)) } else { (0..whole).step_by(WIDE) };
    firsts.map(column)
}

/// # Safety
/// `to` is valid for as many elements as `from` has, and [`Scale::fits`] holds.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn words<const HIGH: bool, const LOW: bool, const OFFSETS: bool>(
    scale: &Scale,
    stride: usize,
    from: &[i32],
    to: *mut i32,
) {
    let [min, max] = [scale.min, scale.max].map(|bound| _mm512_set1_epi32(bound));
    for column in columns(scale, stride, from.len()) {
        let lanes = Lanes::new(scale, column.first / LANES);
        for at in (column.first..column.end).step_by(column.step) {
            // SAFETY: rows are multiples of LANES, so the column's lanes from `at` are inside both.
            unsafe {
                let [value] = column.load(from, [at]);
                let scaled = lanes.scale::<HIGH, LOW, OFFSETS>(value);
                column.store(to.add(at), _mm512_min_epi32(_mm512_max_epi32(scaled, min), max));
            }
        }
    }
}

/// # Safety
/// As [`words`]; the estimate serves the scale.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn estimated_words(scale: &Scale, stride: usize, from: &[i32], to: *mut i32) {
    let zero_out = _mm512_set1_epi32(scale.zero_out);
    let [min, max] = [scale.min, scale.max].map(|bound| _mm512_set1_epi32(bound));
    for column in columns(scale, stride, from.len()) {
        let estimate = Estimate::new(scale, column.first / LANES);
        for at in (column.first..column.end).step_by(column.step) {
            // SAFETY: as in `words`.
            unsafe {
                let [value] = column.load(from, [at]);
                let mut doubt = _mm512_setzero_ps();
                let mut scaled = _mm512_add_epi32(estimate.scale(value, &mut doubt), zero_out);
                if Estimate::doubtful(doubt) {
                    [scaled] = column.exactly(scale, [value]);
                }
                column.store(to.add(at), _mm512_min_epi32(_mm512_max_epi32(scaled, min), max));
            }
        }
    }
}

/// # Safety
/// As [`words`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn bytes<const HIGH: bool, const LOW: bool>(scale: &Scale, stride: usize, from: &[i32], to: *mut u8) {
    let narrow = Narrow::new(scale);
    for column in columns(scale, stride, from.len()) {
        let lanes = Lanes::new(scale, column.first / LANES);
        for at in (column.first..column.end).step_by(4 * column.step) {
            let rows = column.quad(at);
            // SAFETY: as in `words`, for each of the rows.
            unsafe {
                let [a, b, c, d] = column.load(from, rows).map(|value| lanes.scale::<HIGH, LOW, true>(value));
                let packed = narrow.pack([_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d)]);
                column.store_bytes(to, rows, packed);
            }
        }
    }
}

/// # Safety
/// As [`words`]; the estimate serves the scale.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn estimated_bytes(scale: &Scale, stride: usize, from: &[i32], to: *mut u8) {
    let narrow = Narrow::new(scale);
    let zero_out = _mm512_set1_epi16(scale.zero_out as i16);
    for column in columns(scale, stride, from.len()) {
        let estimate = Estimate::new(scale, column.first / LANES);
        for at in (column.first..column.end).step_by(4 * column.step) {
            let rows = column.quad(at);
            // SAFETY: as in `words`, for each of the rows.
            unsafe {
                let values = column.load(from, rows);
                let mut doubt = _mm512_setzero_ps();
                let [a, b, c, d] = values.map(|value| estimate.scale(value, &mut doubt));
                let mut first = _mm512_adds_epi16(_mm512_packs_epi32(a, b), zero_out);
                let mut second = _mm512_adds_epi16(_mm512_packs_epi32(c, d), zero_out);
                if Estimate::doubtful(doubt) {
                    let [a, b, c, d] = column.exactly(scale, values);
                    (first, second) = (_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));
                }
                column.store_bytes(to, rows, narrow.pack([first, second]));
            }
        }
    }
}

impl Column {
    /// Where four rows from `at` begin; those that are missing at the end are the last that isn't again.
    #[inline]
    fn quad(&self, at: usize) -> [usize; 4] {
        let [second, third, fourth] = [at + self.step, at + 2 * self.step, at + 3 * self.step];
        if fourth < self.end {
            return [at, second, third, fourth];
        }
        let second = if second < self.end { second } else { at };
        [at, second, if third < self.end { third } else { second }, if third < self.end { third } else { second }]
    }

    /// # Safety
    /// `from` has the column's lanes from each row.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn load<const ROWS: usize>(&self, from: &[i32], rows: [usize; ROWS]) -> [__m512i; ROWS] {
        let whole = self.lanes == WIDE;
        rows.map(|row| {
            // SAFETY: the caller's.
            unsafe {
                let from = from.as_ptr().add(row);
                if whole { _mm512_loadu_si512(from.cast()) } else { _mm512_maskz_loadu_epi32(0xff, from) }
            }
        })
    }

    /// # Safety
    /// `to` is valid for the column's lanes from each row.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn store_bytes(&self, to: *mut u8, rows: [usize; 4], packed: [__m128i; 4]) {
        for (row, packed) in rows.into_iter().zip(packed) {
            // SAFETY: the caller's.
            unsafe {
                if self.lanes == WIDE {
                    _mm_storeu_si128(to.add(row).cast(), packed);
                } else {
                    _mm_storel_epi64(to.add(row).cast(), packed);
                }
            }
        }
    }

    /// What the estimate was too near to a tie to say.
    #[cold]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    fn exactly<const ROWS: usize>(&self, scale: &Scale, values: [__m512i; ROWS]) -> [__m512i; ROWS] {
        let lanes = Lanes::new(scale, self.first / LANES);
        values.map(|value| lanes.scale::<true, false, true>(value))
    }

    /// # Safety
    /// `to` is valid for the column's lanes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn store(&self, to: *mut i32, value: __m512i) {
        // SAFETY: the caller's.
        unsafe {
            if self.lanes == WIDE {
                _mm512_storeu_si512(to.cast(), value);
            } else {
                _mm256_storeu_si256(to.cast(), _mm512_castsi512_si256(value));
            }
        }
    }
}
