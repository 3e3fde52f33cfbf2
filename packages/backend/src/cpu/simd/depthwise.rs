//! Depthwise convolution of int8 operands, summed in int32.

/// Channels that are computed together.
pub const CHANNELS: usize = 16;

/// The weights of two taps at [`CHANNELS`] channels, interleaved: `[first, second]` for each channel in the order of
/// [`PLACE`].
pub type TapPair = [i16; 2 * CHANNELS];

/// Where each channel's pair of weights lies: unpacking in halves of 128 bits puts channels 0–3 and 8–11 first.
pub const PLACE: [usize; CHANNELS] = [0, 2, 4, 6, 16, 18, 20, 22, 8, 10, 12, 14, 24, 26, 28, 30];

/// Packs the weights of `2 · pairs` taps chunk by chunk of channels, up to `stride` channels.
pub fn pack(pairs: usize, stride: usize, weight: impl Fn(usize, usize) -> i16) -> Vec<TapPair> {
    let mut packed = Vec::with_capacity(stride / CHANNELS * pairs);
    for chunk in 0..stride / CHANNELS {
        for pair in 0..pairs {
            let mut weights = [0; 2 * CHANNELS];
            for (channel, at) in (chunk * CHANNELS..).zip(PLACE) {
                weights[at] = weight(2 * pair, channel);
                weights[at + 1] = weight(2 * pair + 1, channel);
            }
            packed.push(weights);
        }
    }
    packed
}

/// Some pixels of a depthwise convolution: pixel `i` sums over all taps the channels at `image[bases[i] + offset]`
/// times the tap's weights, and adds the bias.
///
/// All channels of the stride at every tap lie inside the image; `weights` has a pair of taps for each pair of offsets
/// and each chunk of [`CHANNELS`].
pub struct Depthwise<'a> {
    pub image: &'a [i16],
    pub bases: &'a [u32],
    /// Offsets of the taps, two by two; an odd last one comes with a second whose weights are zeros.
    pub offsets: &'a [[u32; 2]],
    pub weights: &'a [TapPair],
    /// One for each channel of the stride.
    pub bias: &'a [i32],
    /// Channels, those that fill the last chunk included.
    pub stride: usize,
}

impl Depthwise<'_> {
    /// [`super::Simd::depthwise`] in portable code.
    #[inline(always)]
    pub fn run(&self, to: &mut [i32]) {
        let pairs = self.offsets.len();
        for (&base, to) in self.bases.iter().zip(to.chunks_exact_mut(self.stride)) {
            for (chunk, (to, bias)) in to.as_chunks_mut().0.iter_mut().zip(self.bias.as_chunks().0).enumerate() {
                let weights = &self.weights[chunk * pairs..][..pairs];
                *to = self.sum(base as usize + chunk * CHANNELS, weights, *bias);
            }
        }
    }

    /// A pixel's sums at one chunk of channels. Written so that compilers find the multiply-add of pairs.
    #[inline(always)]
    fn sum(&self, base: usize, weights: &[TapPair], mut sums: [i32; CHANNELS]) -> [i32; CHANNELS] {
        for (offsets, weights) in self.offsets.iter().zip(weights) {
            let [first, second] = offsets.map(|offset| &self.image[base + offset as usize..][..CHANNELS]);
            for (channel, sum) in sums.iter_mut().enumerate() {
                let [at, behind] = [PLACE[channel], PLACE[channel] + 1];
                let (first, second) =
                    (first[channel] as i32 * weights[at] as i32, second[channel] as i32 * weights[behind] as i32);
                *sum = sum.wrapping_add(first.wrapping_add(second));
            }
        }
        sums
    }
}
