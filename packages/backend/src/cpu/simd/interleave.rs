//! Depthwise convolution of bytes, for every instruction that multiplies and adds four of them in lanes of 32 bits.
#![allow(unsafe_code, reason = "what instruction sets have in common")]

use super::{
    depthwise::{TapQuads, Taps},
    tile::Dot,
};

/// Vectors of 128-bit lanes whose bytes can be interleaved.
///
/// # Safety
/// Implementations read and write only what the methods say.
pub unsafe trait Interleave: Dot<Element = u8, Weight = i8, Column = i32> {
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

    /// The vectors' first 128 bits one behind the other, then all of their second, and so on.
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
    taps.bounded(to.len());
    for channel in (0..taps.stride).step_by(4 * D::COLUMNS) {
        // SAFETY: the caller's; `bounded` was called.
        unsafe {
            match *taps.offsets {
                [first, second, third] if slides(first, second, third) => {
                    sliding(dot, taps, channel, [first, second, third], to);
                }
                _ => any(dot, taps, channel, to),
            }
        }
    }
}

/// Whether every tap of the second lies as far behind that of the first as that of the third behind the second's: a
/// pixel whose window begins at the second reads as its first two what the one before it read as its last two.
fn slides(first: [u32; 4], second: [u32; 4], third: [u32; 4]) -> bool {
    let step = second[0].wrapping_sub(first[0]);
    let behind = |a: [u32; 4], b: [u32; 4]| a.iter().zip(b).all(|(a, b)| a.wrapping_add(step) == b);
    behind(first, second) && behind(second, third)
}

/// # Safety
/// As [`run`], after [`TapQuads::bounded`]; `channel` is a multiple of four vectors' lanes.
#[inline(always)]
unsafe fn any<D: Interleave>(dot: D, taps: &TapQuads, channel: usize, to: &mut [i32]) {
    let chunk = Chunk::new(dot, taps, channel);
    for (row, &base) in taps.bases.iter().enumerate() {
        // SAFETY: the caller's: every tap's channels lie inside the image, up to whole chunks of them.
        unsafe {
            let pixel = taps.image.as_ptr().add(base as usize + channel);
            let mut sums = chunk.bias();
            for (step, offsets) in taps.offsets.iter().enumerate() {
                sums = chunk.add(sums, step, quads(dot, pixel, offsets));
            }
            chunk.store(row, sums, to);
        }
    }
}

/// Three steps, of which a pixel next to the one before takes two from there.
///
/// # Safety
/// As [`any`].
#[inline(always)]
unsafe fn sliding<D: Interleave>(dot: D, taps: &TapQuads, channel: usize, offsets: [[u32; 4]; 3], to: &mut [i32]) {
    let chunk = Chunk::new(dot, taps, channel);
    let step = offsets[1][0].wrapping_sub(offsets[0][0]);
    let mut before = None;
    // SAFETY: as in `any`.
    unsafe {
        let (mut second, mut third) = ([dot.splat(0); 4], [dot.splat(0); 4]);
        for (row, &base) in taps.bases.iter().enumerate() {
            let pixel = taps.image.as_ptr().add(base as usize + channel);
            let first = if before == Some(base) { second } else { quads(dot, pixel, &offsets[0]) };
            second = if before == Some(base) { third } else { quads(dot, pixel, &offsets[1]) };
            third = quads(dot, pixel, &offsets[2]);
            before = Some(base.wrapping_add(step));
            let mut sums = chunk.add(chunk.bias(), 0, first);
            sums = chunk.add(sums, 1, second);
            sums = chunk.add(sums, 2, third);
            chunk.store(row, sums, to);
        }
    }
}

/// Four vectors of channels.
struct Chunk<'a, D> {
    dot: D,
    /// Their weights at each step, of whole chunks, and where in these they begin.
    weights: &'a [Taps<i8, 4, { TapQuads::CHUNK }>],
    inside: usize,
    bias: &'a [i32],
    channel: usize,
    stride: usize,
}

impl<'a, D: Interleave> Chunk<'a, D> {
    #[inline(always)]
    fn new(dot: D, taps: &TapQuads<'a>, channel: usize) -> Self {
        let (number, inside) = (channel / TapQuads::CHUNK, channel % TapQuads::CHUNK / 4);
        let steps = taps.offsets.len();
        let weights = &taps.weights[number * steps..][..steps];
        Self {
            dot,
            weights,
            inside,
            bias: &taps.bias[number * TapQuads::CHUNK..][..TapQuads::CHUNK],
            channel,
            stride: taps.stride,
        }
    }

    /// # Safety
    /// The machine has the instructions.
    #[inline(always)]
    unsafe fn bias(&self) -> [D::Vector; 4] {
        // SAFETY: the four vectors lie inside their chunk.
        unsafe { self.vectors(self.bias.as_ptr()) }
    }

    /// # Safety
    /// The machine has the instructions, and there is such a step.
    #[inline(always)]
    unsafe fn add(&self, mut sums: [D::Vector; 4], step: usize, quads: [D::Vector; 4]) -> [D::Vector; 4] {
        // SAFETY: the caller's; the four vectors lie inside their chunk.
        unsafe {
            let weights = self.vectors(self.weights.get_unchecked(step).as_ptr().cast());
            for at in 0..4 {
                sums[at] = self.dot.dot(sums[at], quads[at], weights[at]);
            }
        }
        sums
    }

    /// # Safety
    /// The machine has the instructions, and `chunk` is valid for a chunk.
    #[inline(always)]
    unsafe fn vectors(&self, chunk: *const i32) -> [D::Vector; 4] {
        const NEXT: usize = TapQuads::CHUNK / 4;
        // SAFETY: the caller's.
        unsafe {
            let first = chunk.add(self.inside);
            [
                self.dot.load::<false>(first),
                self.dot.load::<false>(first.add(NEXT)),
                self.dot.load::<false>(first.add(2 * NEXT)),
                self.dot.load::<false>(first.add(3 * NEXT)),
            ]
        }
    }

    /// Writes those of a row's sums that exist.
    ///
    /// # Safety
    /// The machine has the instructions, and `to` has the row.
    #[inline(always)]
    unsafe fn store(&self, row: usize, sums: [D::Vector; 4], to: &mut [i32]) {
        let vectors = (self.stride - self.channel) / D::COLUMNS;
        // SAFETY: the caller's. One by one: the compiler makes a call of a loop.
        unsafe {
            let to = to.as_mut_ptr().add(row * self.stride + self.channel);
            let sums = self.dot.transpose(sums);
            self.dot.store::<false>(to, sums[0]);
            if vectors > 1 {
                self.dot.store::<false>(to.add(D::COLUMNS), sums[1]);
            }
            if vectors > 2 {
                self.dot.store::<false>(to.add(2 * D::COLUMNS), sums[2]);
            }
            if vectors > 3 {
                self.dot.store::<false>(to.add(3 * D::COLUMNS), sums[3]);
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
