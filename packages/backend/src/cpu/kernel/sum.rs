//! The scaled sum of two functions of an int8: how networks add what skips layers.

use crate::cpu::simd::scale::Scale;

/// What a byte becomes: entry 0 for −128.
pub type OfByte = [i32; 256];

/// `scale(a[x] + b[y])`, estimated in floating point where both functions are almost lines, and looked up where the estimate
/// is too near to a tie.
#[derive(Clone, Debug)]
pub struct Sum {
    of: [Box<OfByte>; 2],
    /// That of the sum, the same for all lanes.
    scale: Scale,
    estimate: Estimate,
}

/// The estimate is `slopes[0] · x + slopes[1] · y + offset`.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    slopes: [f32; 2],
    offset: f32,
    /// How far from an integer it may be to round to what is right.
    sure: f32,
    /// Bounds of its bits once [`ROUND`] is added.
    bounds: [i32; 2],
}

/// Lanes whose estimates are doubted together.
const TOGETHER: usize = 16;

/// Added to a number of less than 2²², rounds it to the integer in its low bits.
const ROUND: f32 = 1.5 * (1 << 23) as f32;

/// Most that an estimate may be off, of a step of the result: more would be looked up too often.
const TOLERANCE: f64 = 1.0 / 64.0;

/// Largest relative error of a rounding.
const ROUNDING: f64 = f32::EPSILON as f64 / 2.0;

impl Sum {
    /// The estimate of the sum of two functions, if there is a good one.
    ///
    /// It is off by no more than
    ///
    /// - each function is from its line, times the scale;
    /// - what rounding twice adds;
    /// - the roundings of the slopes, the offset, the two products and the two sums. Where the last is of 512 or more, both
    ///   round to what is clipped to the same.
    pub fn new(of: [Box<OfByte>; 2], scale: Scale) -> Option<Self> {
        let (multiplier, shift) = scale.uniform()?;
        let byte = |value: i32| i8::try_from(value).is_ok();
        let largest = |of: &OfByte| of.iter().map(|value| i64::from(*value).abs()).max().unwrap_or(0);
        let wraps = largest(&of[0]) + largest(&of[1]) + i64::from(scale.zero_in).abs() > i32::MAX.into();
        if wraps || !byte(scale.min) || !byte(scale.max) || !byte(scale.zero_out) {
            return None;
        }
        let power = 2f64.powi(-(shift as i32));
        let factor = f64::from(multiplier) * power;
        let [x, y] = [Line::of(&of[0], factor), Line::of(&of[1], factor)];
        let offset = x.offset + y.offset - f64::from(scale.zero_in) * factor + f64::from(scale.zero_out);
        let [of_x, of_y] = [&x, &y].map(|line| 128.0 * line.slope.abs());
        let rounded = ROUNDING * (2.0 * of_x + 3.0 * of_y + 2.0 * offset.abs() + 512.0) * 1.01;
        let off = x.off + y.off + f64::from(1 << 30) * power + rounded;
        let small = of_x + of_y + offset.abs() < f64::from(1 << 20);
        let estimate = Estimate {
            slopes: [x.slope as f32, y.slope as f32],
            offset: offset as f32,
            sure: (0.5 - off) as f32 - f32::EPSILON,
            bounds: [scale.min, scale.max].map(|bound| bound + ROUND.to_bits() as i32),
        };
        (off < TOLERANCE && small).then_some(Self { of, scale, estimate })
    }

    /// Fills lanes; `narrow` says what is written of each value.
    #[inline(always)]
    pub fn run<T>(&self, x: &[i32], y: &[i32], to: &mut [T], narrow: impl Fn(i32) -> T) {
        let estimate = self.estimate;
        // Of a length that the compiler knows, and what is left.
        let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<TOGETHER>(), y.as_chunks::<TOGETHER>());
        let (to, to_rest) = to.as_chunks_mut::<TOGETHER>();
        // Lanes between rows hold anything: of that the low byte, else estimates would be doubted.
        let byte = |lane: i32| i32::from(lane as i8);
        for ((x, y), to) in x.iter().zip(y).zip(to) {
            if !estimate.run(x, y, to, byte, &narrow) {
                self.look_up(x, y, to, byte, &narrow);
            }
        }
        self.look_up(x_rest, y_rest, to_rest, byte, &narrow);
    }

    /// Puts in the place of each byte the sum with one of `y`.
    #[inline(always)]
    pub fn add(&self, x: &mut [u8], y: &[u8]) {
        let estimate = self.estimate;
        let (widen, narrow) = (|byte: u8| i32::from(byte as i8), |value: i32| value as u8);
        let (y, y_rest) = y[..x.len()].as_chunks::<TOGETHER>();
        let (x, x_rest) = x.as_chunks_mut::<TOGETHER>();
        for (x, y) in x.iter_mut().zip(y) {
            let before = *x;
            if !estimate.run(&before, y, x, widen, narrow) {
                self.look_up(&before, y, x, widen, narrow);
            }
        }
        let mut before = [0; TOGETHER];
        let before = &mut before[..x_rest.len()];
        before.copy_from_slice(x_rest);
        self.look_up(before, y_rest, x_rest, widen, narrow);
    }

    #[cold]
    #[inline(never)]
    fn look_up<F: Copy, T>(&self, x: &[F], y: &[F], to: &mut [T], widen: impl Fn(F) -> i32, narrow: impl Fn(i32) -> T) {
        let of = |at: usize, byte: i32| self.of[at][(byte + 128) as usize & 255];
        for ((x, y), to) in x.iter().zip(y).zip(to) {
            let sum = of(0, widen(*x)).wrapping_add(of(1, widen(*y)));
            *to = narrow(self.scale.lane(&self.scale.groups[0], 0, sum));
        }
    }
}

impl Estimate {
    /// Whether all were far enough from ties.
    #[inline(always)]
    fn run<F: Copy, T>(
        self,
        x: &[F; TOGETHER],
        y: &[F; TOGETHER],
        to: &mut [T; TOGETHER],
        widen: impl Fn(F) -> i32,
        narrow: impl Fn(i32) -> T,
    ) -> bool {
        let mut sure = true;
        for ((x, y), to) in x.iter().zip(y).zip(to) {
            let estimate = widen(*x) as f32 * self.slopes[0] + (widen(*y) as f32 * self.slopes[1] + self.offset);
            let rounded = estimate + ROUND;
            sure &= (estimate - (rounded - ROUND)).abs() <= self.sure;
            let bits = (rounded.to_bits() as i32).max(self.bounds[0]).min(self.bounds[1]);
            *to = narrow(bits.wrapping_sub(ROUND.to_bits() as i32));
        }
        sure
    }
}

/// The line through a function's ends, scaled, and how far the function is off it.
struct Line {
    slope: f64,
    offset: f64,
    off: f64,
}

impl Line {
    fn of(function: &OfByte, factor: f64) -> Self {
        let value = |at: usize| f64::from(function[at]) * factor;
        let slope = (value(255) - value(0)) / 255.0;
        let offset = value(0) + 128.0 * slope;
        let off = (0..256).map(|at| (value(at) - (slope * (at as f64 - 128.0) + offset)).abs()).fold(0.0, f64::max);
        Self { slope, offset, off }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::simd::scale::{Group, LANES, Shifts};

    fn scale(multiplier: i32, shift: i64, twice: bool, zero_out: i32) -> Scale {
        let mut group = Group::default();
        (0..LANES).for_each(|lane| group.set(lane, multiplier, shift, twice, 0));
        let shifts = if shift < 32 { Shifts::Below32 } else { Shifts::AtLeast32 };
        Scale { zero_in: 0, zero_out, early: false, min: -128, max: 127, groups: vec![group], shifts }
    }

    /// What every two bytes and some more become, in lanes and in bytes, and what is looked up for them.
    fn all_pairs(sum: &Sum) -> [Vec<i32>; 3] {
        let pairs = (0..(1 << 16) + 7).map(|at| (at / 256 % 256 - 128, at % 256 - 128));
        let (x, y): (Vec<i32>, Vec<i32>) = pairs.unzip();
        let [mut got, mut expected] = [vec![0; x.len()], vec![0; x.len()]];
        sum.run(&x, &y, &mut got, |value| value);
        sum.look_up(&x, &y, &mut expected, |lane| lane, |value| value);
        let [mut bytes, y] = [&x, &y].map(|lanes| Vec::from_iter(lanes.iter().map(|lane| *lane as u8)));
        sum.add(&mut bytes, &y);
        [got, bytes.into_iter().map(|byte| i32::from(byte as i8)).collect(), expected]
    }

    #[test]
    fn every_pair_of_bytes_is_scaled_right() {
        // Ties among them: 3 · x + y over 2, and slopes of halves.
        for (slopes, multiplier, shift) in [
            ([3 << 20, 1 << 20], 1 << 30, 51),
            ([1 << 19, -(1 << 20)], 1_879_048_192, 50),
            ([700_001, 333_667], 1_431_655_765, 51),
            ([1 << 18, 1 << 18], 1 << 30, 49),
            ([5, 1], 1 << 20, 23),
        ] {
            for twice in [false, true] {
                let of = slopes.map(|slope| Box::new(std::array::from_fn(|at| slope * (at as i32 - 100))));
                let sum = Sum::new(of, scale(multiplier, shift, twice, -7));
                if let Some(sum) = sum {
                    let [lanes, bytes, expected] = all_pairs(&sum);
                    assert!(lanes == expected && bytes == expected, "{slopes:?} {multiplier} {shift} {twice}");
                } else {
                    assert_eq!(slopes, [5, 1], "only where rounding shows");
                }
            }
        }
    }

    #[test]
    fn what_is_no_line_or_would_wrap_has_no_estimate() {
        let line = || Box::new(std::array::from_fn(|at| (at as i32 - 128) << 20));
        let half = |at: usize| if at < 128 { 0 } else { (at as i32 - 128) << 20 };
        assert!(Sum::new([line(), line()], scale(1 << 30, 51, true, 0)).is_some());
        assert!(Sum::new([line(), Box::new(std::array::from_fn(half))], scale(1 << 30, 51, true, 0)).is_none());
        let steep = || Box::new(std::array::from_fn(|at| (at as i32 - 128) << 23));
        assert!(Sum::new([line(), steep()], scale(1 << 30, 51, true, 0)).is_some());
        assert!(Sum::new([steep(), steep()], scale(1 << 30, 51, true, 0)).is_none());
    }
}
