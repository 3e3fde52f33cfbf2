//! Depthwise convolution: two taps at a time over sixteen channels.

use std::arch::x86_64::*;

use crate::cpu::simd::depthwise::{CHANNELS, TapPairs};

/// [`TapPairs::run`].
#[target_feature(enable = "avx2")]
pub fn run(taps: &TapPairs, to: &mut [i32]) {
    taps.bounded(to.len());
    let pairs = taps.offsets.len();
    for (chunk, weights) in taps.weights.chunks_exact(pairs).enumerate() {
        let channel = chunk * CHANNELS;
        // SAFETY: `bounded` says that a chunk's channels lie inside the bias, the image's pixels and `to`'s rows.
        unsafe {
            let bias = taps.bias.as_ptr().add(channel);
            // Unpacking takes the halves of both lanes: channels 0–3 and 8–11 come first.
            let (low, high) = (_mm256_loadu_si256(bias.cast()), _mm256_loadu_si256(bias.add(8).cast()));
            for (row, &base) in taps.bases.iter().enumerate() {
                let pixel = taps.image.as_ptr().add(base as usize + channel);
                let (mut low, mut high) = (low, high);
                for (offsets, weights) in taps.offsets.iter().zip(weights) {
                    let first = _mm256_loadu_si256(pixel.add(offsets[0] as usize).cast());
                    let second = _mm256_loadu_si256(pixel.add(offsets[1] as usize).cast());
                    let weights = weights.as_ptr().cast::<i16>();
                    let below =
                        _mm256_madd_epi16(_mm256_unpacklo_epi16(first, second), _mm256_loadu_si256(weights.cast()));
                    let above = _mm256_madd_epi16(
                        _mm256_unpackhi_epi16(first, second),
                        _mm256_loadu_si256(weights.add(CHANNELS).cast()),
                    );
                    low = _mm256_add_epi32(low, below);
                    high = _mm256_add_epi32(high, above);
                }
                let to = to.as_mut_ptr().add(row * taps.stride + channel);
                _mm256_storeu_si256(to.cast(), _mm256_permute2x128_si256::<0x20>(low, high));
                _mm256_storeu_si256(to.add(8).cast(), _mm256_permute2x128_si256::<0x31>(low, high));
            }
        }
    }
}
