//! Whole programs: what is fused, shared, renamed and committed in all combinations.

use proptest::prelude::*;
use tequio_attestation::Operand;
use tequio_backend::Backend;
use tequio_tensor::{DType, Op, Pool2d, Rescale, Window2d};

use super::sketch::{Sketch, agree, bytes, config, noise, scalar};
use DType::{I8, I16, I32, I48};

const RESCALE: Rescale =
    Rescale { scale32: true, double_round: true, per_channel: false, input_unsigned: false, output_unsigned: false };

/// Layers of one shape `[2, 5, 5, channels]`, picked by numbers, each reading earlier int8 or int32 tensors.
struct Network {
    s: Sketch,
    dims: [u32; 4],
    bytes: Vec<Operand>,
    words: Vec<Operand>,
    seed: u64,
}

impl Network {
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.seed >> 33
    }

    fn pick(&mut self, from: &[Operand]) -> Operand {
        let at = self.next() as usize;
        // Mostly the newest, so that chains grow; sometimes an old one.
        if at.is_multiple_of(4) { from[at / 4 % from.len()] } else { from[from.len() - 1] }
    }

    fn convolve(&mut self, depthwise: bool) {
        let channels = self.dims[3];
        let x = self.pick(&self.bytes.clone());
        let shape = if depthwise { [3, 3, channels, 1] } else { [channels, 3, 3, channels] };
        let seed = self.next();
        let weights = self.s.constant(I8, &shape, &noise(I8, shape.iter().product::<u32>() as usize, seed));
        let bias = self.s.constant(I32, &[channels], &noise(I16, channels as usize, seed));
        let window = Window2d { pad: [1; 4], stride: [1; 2], dilation: [1; 2] };
        let op = if depthwise { Op::DepthwiseConv2d(window) } else { Op::Conv2d(window) };
        let zero = [scalar(I8, self.next() as i8 as i64), scalar(I8, 0)];
        let y = self.s.op(op, &[x, weights, bias, zero[0], zero[1]], I32, &self.dims);
        self.words.push(y);
    }

    fn rescale(&mut self, from: DType, to: DType) {
        let x = if from == I8 { self.pick(&self.bytes.clone()) } else { self.pick(&self.words.clone()) };
        let (channels, seed) = (self.dims[3], self.next());
        let per_channel = seed % 2 == 0;
        let count = if per_channel { channels } else { 1 };
        let multiplier: Vec<i64> = noise(I32, count as usize, seed).iter().map(|value| value & 0x7fff_ffff).collect();
        let shift: Vec<i64> = (0..count as i64).map(|at| 28 + (at + seed as i64) % 12).collect();
        let multiplier = self.s.constant(I32, &[count], &multiplier);
        let shift = self.s.constant(I8, &[count], &shift);
        let zero = [scalar(from, if from == I8 { 5 } else { 0 }), scalar(to, if to == I8 { -9 } else { 0 })];
        let op = Op::Rescale(Rescale { per_channel, ..RESCALE });
        let y = self.s.op(op, &[x, multiplier, shift, zero[0], zero[1]], to, &self.dims);
        if to == I8 { self.bytes.push(y) } else { self.words.push(y) }
    }

    fn layer(&mut self, which: u8) {
        match which % 9 {
            0 => self.convolve(false),
            1 => self.convolve(true),
            2 | 3 => self.rescale(I32, I8),
            4 => self.rescale(I8, I32),
            5 => {
                let words = self.words.clone();
                let (a, b) = (self.pick(&words), self.pick(&words));
                let y = self.s.op(Op::Add, &[a, b], I32, &self.dims);
                self.words.push(y);
            }
            6 => {
                let x = self.pick(&self.bytes.clone());
                let y = self.s.op(Op::Clamp { min: -90, max: 80 }, &[x], I8, &self.dims);
                self.bytes.push(y);
            }
            7 => {
                // There and back by another name.
                let x = self.pick(&self.words.clone());
                let [n, h, w, c] = self.dims;
                let flat = self.s.op(Op::Reshape, &[x], I32, &[n * h * w, c]);
                let limit = self.s.constant(I32, &[1, c], &noise(I32, c as usize, 3));
                let low = self.s.op(Op::Minimum, &[flat, limit], I32, &[n * h * w, c]);
                let y = self.s.op(Op::Reshape, &[low], I32, &self.dims);
                self.words.push(y);
            }
            _ => {
                let x = self.pick(&self.bytes.clone());
                let pool = Pool2d { kernel: [3; 2], stride: [1; 2], pad: [1; 4] };
                let y = self.s.op(Op::MaxPool2d(pool), &[x], I8, &self.dims);
                self.bytes.push(y);
            }
        }
    }
}

pub fn any_network(backend: &dyn Backend) {
    proptest!(config(300), |(
        layers in prop::collection::vec(any::<u8>(), 1..14),
        channels in prop::sample::select(vec![1u32, 3, 8, 16, 20]),
        commit in prop::collection::vec(any::<bool>(), 40),
        seed: u64,
    )| {
        let dims = [2, 5, 5, channels];
        let mut s = Sketch::default();
        let x = s.input(I8, &dims);
        let w = s.input(I32, &dims);
        let mut network = Network { s, dims, bytes: vec![x], words: vec![w], seed };
        layers.iter().for_each(|&layer| network.layer(layer));
        let Network { mut s, bytes: small, words, .. } = network;
        let (last, rest) = if words.len() > 1 { (words[words.len() - 1], small) } else { (small[small.len() - 1], words) };
        prop_assume!(!matches!(last, Operand::Tensor(id) if id.0 < 2));
        for (tensor, _) in rest.iter().chain([&last]).zip(&commit).filter(|(_, commit)| **commit) {
            s.commit(*tensor);
        }
        s.commit(last);
        let len = (50 * channels) as usize;
        agree(backend, &s.manifest(), &[&bytes(I8, &noise(I8, len, seed)), &bytes(I32, &noise(I32, len, seed + 1))]);
    });
}

/// What no kernel takes goes the way of the definition: int16 convolutions with their 48-bit sums.
pub fn wide_sums(backend: &dyn Backend) {
    let mut s = Sketch::default();
    let x = s.input(I16, &[1, 4, 4, 3]);
    let weights = s.constant(I8, &[5, 2, 2, 3], &noise(I8, 60, 1));
    let bias = s.constant(I48, &[5], &noise(I48, 5, 2));
    let window = Window2d { pad: [1; 4], stride: [1; 2], dilation: [1; 2] };
    let sums = s.op(Op::Conv2d(window), &[x, weights, bias, scalar(I16, 0), scalar(I8, 0)], I48, &[1, 5, 5, 5]);
    let multiplier = s.constant(I16, &[1], &[20_000]);
    let attributes = Rescale { scale32: false, double_round: false, ..RESCALE };
    let operands = [sums, multiplier, scalar(I8, 30), scalar(I48, 0), scalar(I16, 0)];
    let y = s.op(Op::Rescale(attributes), &operands, I16, &[1, 5, 5, 5]);
    s.commit(sums);
    s.commit(y);
    agree(backend, &s.manifest(), &[&bytes(I16, &noise(I16, 48, 3))]);
}

/// A committed identity of an input, and one of a constant, hold the same bytes.
pub fn other_names(backend: &dyn Backend) {
    let mut s = Sketch::default();
    let x = s.input(I8, &[2, 3]);
    let c = s.constant(I16, &[4], &[1, -2, 3, -4]);
    let same = s.op(Op::Identity, &[x], I8, &[2, 3]);
    let named = s.op(Op::Reshape, &[c], I16, &[2, 2]);
    s.commit(same);
    s.commit(named);
    agree(backend, &s.manifest(), &[&[1, 2, 3, 4, 5, 250]]);
}

/// A tensor that is committed under another name only later stays until then.
pub fn late_names(backend: &dyn Backend) {
    let mut s = Sketch::default();
    let x = s.input(I8, &[4, 6]);
    let first = s.op(Op::Reverse { axis: 0 }, &[x], I8, &[4, 6]);
    let second = s.op(Op::Reverse { axis: 1 }, &[x], I8, &[4, 6]);
    s.commit(second);
    let third = s.op(Op::Reverse { axis: 0 }, &[second], I8, &[4, 6]);
    s.commit(third);
    let named = s.op(Op::Reshape, &[first], I8, &[24]);
    s.commit(named);
    agree(backend, &s.manifest(), &[&bytes(I8, &noise(I8, 24, 1))]);
}

/// What reaches no committed tensor has no part in how the rest is computed.
pub fn dead_operators(backend: &dyn Backend) {
    let dims = [1, 3, 3, 1];
    let mut s = Sketch::default();
    let x = s.input(I8, &dims);
    let weights = s.constant(I8, &[1, 1, 1, 1], &[3]);
    let bias = s.constant(I32, &[1], &[-7]);
    let convolve = |s: &mut Sketch, x| {
        let window = Window2d { pad: [0; 4], stride: [1; 2], dilation: [1; 2] };
        s.op(Op::Conv2d(window), &[x, weights, bias, scalar(I8, 1), scalar(I8, 0)], I32, &dims)
    };
    let low = s.op(Op::Clamp { min: -90, max: 80 }, &[x], I8, &dims);
    let first = convolve(&mut s, low);
    let narrow = s.op(Op::Cast, &[first], I8, &dims);
    let second = convolve(&mut s, narrow);
    s.op(Op::Add, &[second, first], I32, &dims);
    let y = s.op(Op::Abs, &[second], I32, &dims);
    s.commit(y);
    agree(backend, &s.manifest(), &[&bytes(I8, &noise(I8, 9, 1))]);
}
