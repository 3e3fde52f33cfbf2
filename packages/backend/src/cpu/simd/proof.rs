//! What an instruction set shows before this machine's results come from it: it writes what portable code writes, which
//! the conformance suite holds to the definition. Takes a few milliseconds.

use super::{
    Run, Simd,
    depthwise::{CHANNELS, Depthwise},
    gemm::{GROUP, Gemm, PackedWeights},
    scale::{Group, LANES, Scale, Shifts},
};
use crate::cpu::memory::{Scratch, Tensors};

/// Whether `simd` agrees with portable code on operands that look random: every size of register tile, sums that wrap,
/// shifts of each kind.
pub fn agrees<S: Simd>(simd: S) -> bool {
    let mut verdict = [0];
    let tensors = Tensors { inputs: &[], constants: &[], slots: &[] };
    simd.enter(&Trial, &tensors, &mut Scratch::default(), &mut verdict);
    verdict == [1]
}

/// Writes 1 if all agree.
struct Trial;

impl Run for Trial {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, _: &Tensors, _: &mut Scratch, out: &mut [u8]) {
        let pairs = gemms(|gemm, to| simd.gemm(gemm, to)) && depthwises(|taps, to| simd.depthwise(taps, to));
        let bytes =
            gemms(|gemm, to| simd.gemm_bytes(gemm, to)) && depthwises(|taps, to| simd.depthwise_bytes(taps, to));
        let octs = gemms(|gemm, to| simd.gemm_octs(gemm, to));
        let to_bytes = products_to_bytes(|gemm, scale, to| simd.gemm_to_bytes(gemm, scale, to))
            && products_to_bytes(|gemm, scale, to| simd.gemm_octs_to_bytes(gemm, scale, to));
        out[0] = (pairs && bytes && octs && scales(simd) && to_bytes).into();
    }
}

/// Operands of all bits, whose sums wrap.
trait Noise: Copy + Default + Into<i32> {
    fn noise(seed: usize) -> Self;
}

impl Noise for i16 {
    fn noise(seed: usize) -> Self {
        (word(seed) >> 16) as i16
    }
}

impl Noise for u8 {
    fn noise(seed: usize) -> Self {
        (word(seed) >> 24) as u8
    }
}

impl Noise for i8 {
    fn noise(seed: usize) -> Self {
        (word(seed) >> 24) as i8
    }
}

fn word(seed: usize) -> i32 {
    (seed as u32).wrapping_add(1).wrapping_mul(0x9e37_79b1).rotate_left(13).wrapping_mul(0x85eb_ca6b) as i32
}

#[inline(always)]
fn gemms<E: Noise, W: Noise, const N: usize>(run: impl Fn(&Gemm<E, W, N>, &mut [i32])) -> bool {
    let image: Vec<E> = (0..128).map(E::noise).collect();
    let bases: Vec<u32> = (0..29).map(|row| row * 3).collect();
    let offsets = [0, 7, 2, 31, 16];
    (1..=7).all(|groups| {
        let mut weights = PackedWeights::default();
        weights.pack(offsets.len(), groups * GROUP, |row, column| W::noise(row * 64 + column));
        let stride = weights.stride;
        let bias: Vec<i32> = (0..stride).map(word).collect();
        (1..=bases.len()).all(|rows| {
            let bases = &bases[..rows];
            let gemm = Gemm { image: &image, bases, offsets: &offsets, weights: &weights.groups, bias: &bias, stride };
            let [mut expected, mut got] = [vec![0; rows * stride], vec![0; rows * stride]];
            gemm.run(&mut expected);
            run(&gemm, &mut got);
            expected == got
        })
    })
}

#[inline(always)]
fn depthwises<E: Noise, W: Noise, const N: usize, const CHUNK: usize>(
    run: impl Fn(&Depthwise<E, W, N, CHUNK>, &mut [i32]),
) -> bool {
    let image: Vec<E> = (0..512).map(E::noise).collect();
    let bases: Vec<u32> = (0..9).map(|row| row * 5).collect();
    let offsets = [[0, 16, 48, 3], [90, 90, 1, 17], [33, 33, 33, 33]].map(|taps| taps.first_chunk().copied());
    let offsets: Vec<[u32; N]> = offsets.into_iter().flatten().collect();
    (1..=9).all(|parts| {
        let stride = parts * CHANNELS;
        let weights = Depthwise::<E, W, N, CHUNK>::pack(offsets.len(), stride, |step, tap, channel| {
            W::noise((step * N + tap) * 64 + channel)
        });
        let bias = Depthwise::<E, W, N, CHUNK>::place(&Vec::from_iter((0..stride).map(word)));
        (1..=bases.len()).all(|rows| {
            let bases = &bases[..rows];
            let taps = Depthwise { image: &image, bases, offsets: &offsets, weights: &weights, bias: &bias, stride };
            let [mut expected, mut got] = [vec![0; rows * stride], vec![0; rows * stride]];
            taps.run(&mut expected);
            run(&taps, &mut got);
            expected == got
        })
    })
}

#[inline(always)]
fn scales<S: Simd>(simd: S) -> bool {
    let stride = 2 * LANES;
    let high = Shifts::AtLeast32;
    let kinds = [([32, 62], high), ([36, 40], high), ([2, 31], Shifts::Below32), ([20, 40], Shifts::Mixed)];
    kinds.into_iter().all(|(range, shifts)| {
        [(1, 3), (2, 3), (1, 0), (2, 0)].into_iter().all(|(groups, zero_in)| {
            let groups = (0..groups).map(|group| scale_group(group, range)).collect();
            let scale = Scale { zero_in, zero_out: -5, early: false, min: -128, max: 127, groups, shifts };
            // Values of all sizes, and small odd multiples of powers of two.
            let value = |at: usize| if at % 5 < 2 { (at as i32 - 300) << (at % 11) } else { word(at) >> (at % 24) };
            let from: Vec<i32> = (0..39 * stride).map(value).collect();
            let [mut expected, mut got] = [vec![0; from.len()], vec![0; from.len()]];
            scale.run(stride, &from, &mut expected, |value| value);
            simd.scale(&scale, stride, &from, &mut got);
            let [mut bytes, mut got_bytes] = [vec![0; from.len()], vec![0; from.len()]];
            scale.run(stride, &from, &mut bytes, |value| value as u8);
            simd.scale_to_bytes(&scale, stride, &from, &mut got_bytes);
            expected == got && bytes == got_bytes
        })
    })
}

/// Products whose sums are scaled at once, if they are: of every size of register tile, among them sums that make ties.
#[inline(always)]
fn products_to_bytes<const N: usize>(run: impl Fn(&Gemm<u8, i8, N>, &Scale, &mut [u8]) -> bool) -> bool {
    let image: Vec<u8> = (0..128).map(u8::noise).collect();
    let bases: Vec<u32> = (0..19).map(|row| row * 3).collect();
    (1..=7).all(|groups| {
        let mut weights = PackedWeights::default();
        weights.pack(2, groups * GROUP, |row, column| i8::noise(row * 64 + column));
        let stride = weights.stride;
        let bias: Vec<i32> = (0..stride).map(|at| word(at) >> 18).collect();
        let of_each = |range| (0..groups).map(|group| scale_group(group, range)).collect();
        let of_all = |range| vec![scale_group(1, range)];
        [of_each([40, 43]), of_each([44, 62]), of_all([41, 44])].into_iter().all(|groups: Vec<Group>| {
            let shifts = Shifts::AtLeast32;
            let scale = Scale { zero_in: 0, zero_out: -100, early: false, min: -128, max: 120, groups, shifts };
            (1..=bases.len()).all(|rows| {
                let bases = &bases[..rows];
                let gemm =
                    Gemm { image: &image, bases, offsets: &[0, 50], weights: &weights.groups, bias: &bias, stride };
                let mut sums = vec![0; rows * stride];
                let [mut expected, mut got] = [vec![0; rows * stride], vec![0; rows * stride]];
                gemm.run(&mut sums);
                scale.run(stride, &sums, &mut expected, |value| value as u8);
                !run(&gemm, &scale, &mut got) || expected == got
            })
        })
    })
}

/// Multipliers of all sizes, powers of two among them whose products are ties, shifts from `range`'s first to its last.
fn scale_group(number: usize, [least, most]: [i64; 2]) -> Group {
    let mut group = Group::default();
    for lane in 0..LANES {
        let shift = if lane % 2 == number { least } else { most - lane as i64 % 3 };
        let multiplier = if lane % 3 == 0 { 1 << 30 } else { word(number * LANES + lane) & i32::MAX };
        group.set(lane, multiplier, shift, lane != 5, 0);
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::simd::{
        Portable,
        depthwise::{TapPairs, TapQuads},
        gemm::{Octs, Pairs, Quads},
    };

    /// Portable code with one bit wrong in one element of what one operation writes.
    #[derive(Clone, Copy)]
    struct Wrong(&'static str);

    impl Simd for Wrong {
        const NAME: &'static str = "wrong";

        fn detect() -> Option<Self> {
            None
        }

        fn gemm(self, gemm: &Pairs, to: &mut [i32]) {
            gemm.run(to);
            // Only in the last row of a tile of seven rows.
            if self.0 == "gemm" && gemm.bases.len() == 7 {
                to[6 * gemm.stride] ^= 1;
            }
        }

        fn gemm_bytes(self, gemm: &Quads, to: &mut [i32]) {
            gemm.run(to);
            // Only in the last group of three.
            if self.0 == "gemm of bytes" && gemm.stride == 3 * GROUP {
                to[2 * GROUP] ^= 1 << 16;
            }
        }

        fn gemm_to_bytes(self, gemm: &Quads, scale: &Scale, to: &mut [u8]) -> bool {
            let mut sums = vec![0; to.len()];
            gemm.run(&mut sums);
            scale.run(gemm.stride, &sums, to, |value| value as u8);
            // Only where one group of parameters serves all columns.
            if self.0 == "gemm to bytes" && scale.groups.len() == 1 {
                to[0] ^= 1;
            }
            true
        }

        fn gemm_octs(self, gemm: &Octs, to: &mut [i32]) {
            gemm.run(to);
            if self.0 == "gemm of octs" {
                to[0] ^= 1 << 8;
            }
        }

        fn gemm_octs_to_bytes(self, gemm: &Octs, scale: &Scale, to: &mut [u8]) -> bool {
            let mut sums = vec![0; to.len()];
            gemm.run(&mut sums);
            scale.run(gemm.stride, &sums, to, |value| value as u8);
            if self.0 == "gemm of octs to bytes" {
                to[GROUP - 1] ^= 1;
            }
            true
        }

        fn depthwise(self, depthwise: &TapPairs, to: &mut [i32]) {
            depthwise.run(to);
            if self.0 == "depthwise" {
                to[0] ^= 1 << 31;
            }
        }

        fn depthwise_bytes(self, depthwise: &TapQuads, to: &mut [i32]) {
            depthwise.run(to);
            // Only where the last chunk is a quarter.
            if self.0 == "depthwise of bytes" && depthwise.stride == 5 * CHANNELS {
                to[4 * CHANNELS] ^= 1;
            }
        }

        fn scale(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [i32]) {
            scale.run(stride, from, to, |value| value);
            if self.0 == "scale" && scale.shifts == Shifts::Below32 {
                to[1] ^= 1;
            }
        }

        fn scale_to_bytes(self, scale: &Scale, stride: usize, from: &[i32], to: &mut [u8]) {
            scale.run(stride, from, to, |value| value as u8);
            if self.0 == "bytes" && scale.shifts == Shifts::Mixed {
                to[2] ^= 1;
            }
        }
    }

    #[test]
    fn portable_code_agrees_with_itself() {
        assert!(agrees(Portable) && agrees(Wrong("nothing")));
    }

    /// Writes 1 if bytes are scaled right whose values lie as close to ties as any.
    struct Ties;

    impl Run for Ties {
        fn run<S: Simd>(&self, simd: S, _: &Tensors, _: &mut Scratch, out: &mut [u8]) {
            let right = (32..=62).flat_map(|shift| (0..40).map(move |seed| (shift, seed))).all(|(shift, seed)| {
                let multiplier = if seed == 0 { i32::MAX } else { word(seed) & i32::MAX | 1 << 20 };
                let mut group = Group::default();
                (0..LANES).for_each(|lane| group.set(lane, multiplier, shift, lane % 2 == seed % 2, 0));
                // The values next to where an odd number of halves is, with rounding twice and without.
                let tie = |half: i32, twice: f64| {
                    let halves = f64::from(2 * half + 1) * 2f64.powi(shift as i32 - 1);
                    (halves - twice * 2f64.powi(30) * f64::from((2 * half + 1).signum())) / f64::from(multiplier)
                };
                let ties = (-300..300).flat_map(|half| [tie(half, 0.0), tie(half, 1.0)]);
                let near = |tie: f64| [-1, 0, 1, 2].map(|off| (tie as i32).saturating_add(off));
                let from: Vec<i32> = ties.flat_map(near).collect();
                let from = &from[..from.len() / LANES * LANES];
                let scale = Scale {
                    zero_in: 0,
                    zero_out: seed as i32 - 20,
                    early: false,
                    min: -128,
                    max: 127,
                    groups: vec![group],
                    shifts: Shifts::AtLeast32,
                };
                let [mut expected, mut got] = [vec![0; from.len()], vec![0; from.len()]];
                scale.run(LANES, from, &mut expected, |value| value as u8);
                simd.scale_to_bytes(&scale, LANES, from, &mut got);
                expected == got
            });
            out[0] = right.into();
        }
    }

    fn ties<S: Simd>() {
        let Some(simd) = S::detect() else { return };
        let mut verdict = [0];
        let tensors = Tensors { inputs: &[], constants: &[], slots: &[] };
        simd.enter(&Ties, &tensors, &mut Scratch::default(), &mut verdict);
        assert_eq!(verdict, [1], "{}", S::NAME);
    }

    #[test]
    fn values_next_to_ties_are_scaled_right() {
        ties::<Portable>();
        #[cfg(target_arch = "x86_64")]
        ties::<crate::cpu::simd::avx2::Avx2>();
        #[cfg(target_arch = "x86_64")]
        ties::<crate::cpu::simd::avx_vnni::AvxVnni>();
        #[cfg(target_arch = "x86_64")]
        ties::<crate::cpu::simd::avx512::Avx512Vnni>();
        #[cfg(target_arch = "aarch64")]
        ties::<crate::cpu::simd::i8mm::I8mm>();
    }

    #[test]
    fn one_wrong_bit_is_found() {
        for operation in [
            "gemm",
            "gemm of bytes",
            "gemm to bytes",
            "gemm of octs",
            "gemm of octs to bytes",
            "depthwise",
            "depthwise of bytes",
            "scale",
            "bytes",
        ] {
            assert!(!agrees(Wrong(operation)), "{operation}");
        }
    }
}
