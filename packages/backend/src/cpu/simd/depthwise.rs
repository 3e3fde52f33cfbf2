//! Depthwise convolution of int8 or int16 operands, summed in int32.

/// Channels that are computed together at least.
pub const CHANNELS: usize = 16;

/// The weights of `N` taps at `CHUNK` channels, interleaved, in the order of [`Depthwise::PLACE`].
pub type Taps<W, const N: usize, const CHUNK: usize> = [[W; N]; CHUNK];

/// Some pixels of a depthwise convolution: pixel `i` sums over all taps the channels at `image[bases[i] + offset]`
/// times the tap's weights, and adds the bias.
///
/// All channels of the stride at every tap, and those that fill the last chunk, lie inside the image; `weights` has `N` taps for each `N` offsets and each
/// chunk of `CHUNK` channels, the last of which may have fewer.
pub struct Depthwise<'a, E, W, const N: usize, const CHUNK: usize> {
    pub image: &'a [E],
    pub bases: &'a [u32],
    /// Offsets of the taps, `N` by `N`; last ones that are missing come with weights of zero.
    pub offsets: &'a [[u32; N]],
    pub weights: &'a [Taps<W, N, CHUNK>],
    /// One for each channel of whole chunks, as [`Depthwise::place`] orders them.
    pub bias: &'a [i32],
    /// Channels, a multiple of [`CHANNELS`].
    pub stride: usize,
}

/// Of int16 elements less their zero points.
pub type TapPairs<'a> = Depthwise<'a, i16, i16, 2, 16>;

/// Of bytes: unsigned elements, signed weights.
pub type TapQuads<'a> = Depthwise<'a, u8, i8, 4, 64>;

impl<E, W, const N: usize, const CHUNK: usize> Depthwise<'_, E, W, N, CHUNK>
where
    E: Copy + Into<i32>,
    W: Copy + Into<i32> + Default,
{
    /// Where each channel's weights lie in its chunk: vectors of `N` taps are interleaved inside their lanes of 128
    /// bits, which leaves four channels of every lane next to one another.
    const PLACE: [usize; CHUNK] = {
        let mut places = [0; CHUNK];
        let mut channel = 0;
        while channel < CHUNK {
            let (lane, inside) = (channel / (4 * N), channel % (4 * N));
            places[channel] = inside / 4 * (CHUNK / N) + 4 * lane + inside % 4;
            channel += 1;
        }
        places
    };

    /// Channels of a chunk.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    pub const CHUNK: usize = CHUNK;

    /// Packs the weights of `N` taps for each of the `steps` chunk by chunk of `stride` channels; `weight(step, tap,
    /// channel)` is asked for all of them.
    pub fn pack(steps: usize, stride: usize, weight: impl Fn(usize, usize, usize) -> W) -> Vec<Taps<W, N, CHUNK>> {
        let mut packed = Vec::with_capacity(stride.div_ceil(CHUNK) * steps);
        for chunk in (0..stride).step_by(CHUNK) {
            for step in 0..steps {
                let mut weights = [[W::default(); N]; CHUNK];
                for (channel, at) in (chunk..stride).zip(Self::PLACE) {
                    weights[at] = std::array::from_fn(|tap| weight(step, tap, channel));
                }
                packed.push(weights);
            }
        }
        packed
    }

    /// # Panics
    /// If a channel lies outside the image, or weights, bias or the `to` lanes that are written haven't the lengths that
    /// the convolution has: what unsafe code relies on.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "not every set asks"))]
    #[inline(always)]
    pub fn bounded(&self, to: usize) {
        let last = self.offsets.as_flattened().iter().copied().fold(0, u32::max) as usize;
        let furthest = self.bases.iter().copied().fold(0, u32::max) as usize;
        assert!(furthest + last + self.stride.next_multiple_of(CHUNK) <= self.image.len());
        assert!(self.weights.len() == self.stride.div_ceil(CHUNK) * self.offsets.len());
        assert!(self.stride.is_multiple_of(CHANNELS) && self.bias.len() == self.stride.next_multiple_of(CHUNK));
        assert!(to == self.bases.len() * self.stride);
    }

    /// The bias of channels in the order of their weights, of whole chunks.
    pub fn place(bias: &[i32]) -> Vec<i32> {
        let mut placed = vec![0; bias.len().next_multiple_of(CHUNK)];
        for (bias, placed) in bias.chunks(CHUNK).zip(placed.chunks_exact_mut(CHUNK)) {
            bias.iter().zip(Self::PLACE).for_each(|(bias, at)| placed[at] = *bias);
        }
        placed
    }

    /// [`super::Simd::depthwise`] and [`super::Simd::depthwise_bytes`] in portable code.
    #[inline(always)]
    pub fn run(&self, to: &mut [i32]) {
        let steps = self.offsets.len();
        for (&base, to) in self.bases.iter().zip(to.chunks_exact_mut(self.stride)) {
            for (channel, to) in (0..).step_by(CHANNELS).zip(to.as_chunks_mut().0) {
                let (chunk, first) = (channel / CHUNK, channel % CHUNK);
                let weights = &self.weights[chunk * steps..][..steps];
                let bias = &self.bias[chunk * CHUNK..][..CHUNK];
                let bias = std::array::from_fn(|channel| bias[Self::PLACE[first + channel]]);
                *to = self.sum(base as usize + channel, first, weights, bias);
            }
        }
    }

    /// A pixel's sums at some channels of a chunk. Written so that compilers find the multiply-add of pairs.
    #[inline(always)]
    fn sum(
        &self,
        base: usize,
        first: usize,
        weights: &[Taps<W, N, CHUNK>],
        mut sums: [i32; CHANNELS],
    ) -> [i32; CHANNELS] {
        for (offsets, weights) in self.offsets.iter().zip(weights) {
            let taps = offsets.map(|offset| &self.image[base + offset as usize..][..CHANNELS]);
            for (channel, sum) in sums.iter_mut().enumerate() {
                let weights = &weights[Self::PLACE[first + channel]];
                let products: [i32; N] = std::array::from_fn(|tap| taps[tap][channel].into() * weights[tap].into());
                *sum = products.into_iter().reduce(i32::wrapping_add).map_or(*sum, |dot| sum.wrapping_add(dot));
            }
        }
        sums
    }
}
