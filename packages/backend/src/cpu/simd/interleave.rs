//! Depthwise convolution of bytes, for every instruction that multiplies and adds four of them in lanes of 32 bits.
#![allow(unsafe_code, reason = "what instruction sets have in common")]

use super::{depthwise::TapQuads, tile::Dot};

/// Vectors of 128-bit lanes whose bytes can be interleaved.
///
/// # Safety
/// Implementations read and write only what the methods say.
pub unsafe trait Interleave: Dot<Element = u8, Weight = i8> {
    /// A vector of bytes.
    ///
    /// # Safety
    /// The machine has the instructions, and `from` is valid for four bytes a lane.
    unsafe fn bytes(self, from: *const u8) -> Self::Vector;

    /// The bytes of the low halves of every 128 bits in turns, and those of the high halves.
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn zip_bytes(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2];

    /// The same with units of 16 bits.
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn zip_shorts(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2];

    /// Vectors each of which has the next 128 bits of each of the given ones: first all of their first.
    ///
    /// # Safety
    /// The machine has the instructions.
    unsafe fn transpose(self, vectors: [Self::Vector; 4]) -> [Self::Vector; 4];
}

/// [`TapQuads::run`], four vectors of channels at a time. Must be inlined into a function that is compiled for the
/// instructions.
///
/// # Safety
/// The machine has `dot`'s instructions.
#[inline(always)]
pub unsafe fn run<D: Interleave>(dot: D, taps: &TapQuads, to: &mut [i32]) {
    taps.bounded(to);
    let (steps, chunk) = (taps.offsets.len(), 4 * D::LANES);
    for channel in (0..taps.stride).step_by(chunk) {
        let weights = &taps.weights[channel / TapQuads::CHUNK * steps..][..steps];
        // Where the channel's vectors begin in its chunk of weights.
        let inside = channel % TapQuads::CHUNK / 4;
        let bias = taps.placed_bias(channel / TapQuads::CHUNK);
        let vectors = ((taps.stride - channel) / D::LANES).min(4);
        for (row, &base) in taps.bases.iter().enumerate() {
            // SAFETY: `bounded` says that every tap's channels lie inside the image, up to whole chunks of them, and that
            // `to` has the vectors of each row; the four vectors of weights and of the bias lie inside their chunk.
            unsafe {
                let pixel = taps.image.as_ptr().add(base as usize + channel);
                let mut sums = [dot.splat(0); 4];
                for (at, sum) in sums.iter_mut().enumerate() {
                    *sum = dot.load(bias.as_ptr().add(TapQuads::CHUNK / 4 * at + inside), u16::MAX);
                }
                for (offsets, weights) in taps.offsets.iter().zip(weights) {
                    let weights = weights.as_ptr().cast::<i32>().add(inside);
                    let quads = quads(dot, pixel, offsets);
                    for at in 0..4 {
                        let weights = dot.load(weights.add(TapQuads::CHUNK / 4 * at), u16::MAX);
                        sums[at] = dot.dot(sums[at], quads[at], weights);
                    }
                }
                let to = to.as_mut_ptr().add(row * taps.stride + channel);
                let sums = dot.transpose(sums);
                for at in 0..vectors {
                    dot.store(to.add(at * D::LANES), u16::MAX, sums[at]);
                }
            }
        }
    }
}

/// Four taps' bytes side by side in every lane.
///
/// # Safety
/// The machine has the instructions, and the pixel is valid for four vectors' lanes of bytes from each offset.
#[inline(always)]
unsafe fn quads<D: Interleave>(dot: D, pixel: *const u8, offsets: &[u32; 4]) -> [D::Vector; 4] {
    // SAFETY: the caller's.
    unsafe {
        let [first, second] =
            dot.zip_bytes(dot.bytes(pixel.add(offsets[0] as usize)), dot.bytes(pixel.add(offsets[1] as usize)));
        let [third, fourth] =
            dot.zip_bytes(dot.bytes(pixel.add(offsets[2] as usize)), dot.bytes(pixel.add(offsets[3] as usize)));
        let [a, b] = dot.zip_shorts(first, third);
        let [c, d] = dot.zip_shorts(second, fourth);
        [a, b, c, d]
    }
}
