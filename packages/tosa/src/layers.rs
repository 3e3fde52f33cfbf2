//! Layers as quantised networks have them, with made-up weights: for tests and benchmarks.

use crate::{
    schema::{DType, Op, RoundingMode},
    write::{Attribute, Program},
};

/// Bytes that look like weights.
pub fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as u8
    };
    (0..len).map(step).collect()
}

fn words(len: usize, value: i32) -> Vec<u8> {
    (0..len).flat_map(|_| value.to_le_bytes()).collect()
}

/// A convolution: square kernel, equal strides, top and left padding, bottom and right padding.
#[derive(Clone, Copy, Debug)]
pub struct Conv {
    pub channels: i32,
    pub kernel: i32,
    pub stride: i32,
    pub pad: [i32; 2],
}

impl Program {
    /// Zero points and a scale that layers share: `zero8`, `zero32`, `multiplier`, `shift`.
    pub fn scalars(&mut self) {
        self.constant("zero8", DType::INT8, &[1], vec![0]);
        self.constant("zero32", DType::INT32, &[1], vec![0; 4]);
        self.constant("multiplier", DType::INT32, &[1], (1i32 << 30).to_le_bytes().to_vec());
        self.constant("shift", DType::INT8, &[1], vec![36]);
    }

    /// A convolution to int32 named `to`; its output's shape, here and below.
    pub fn conv2d(&mut self, from: (&str, [i32; 4]), to: &str, conv: Conv) -> [i32; 4] {
        let ([n, h, w, c], Conv { channels, kernel, stride, pad }) = (from.1, conv);
        let along = |len: i32| (len + pad[0] + pad[1] - kernel) / stride + 1;
        let (weight, bias) = (format!("{to}_weight"), format!("{to}_bias"));
        let count = channels * kernel * kernel * c;
        self.constant(&weight, DType::INT8, &[channels, kernel, kernel, c], noise(count as usize));
        self.constant(&bias, DType::INT32, &[channels], words(channels as usize, 5));
        let out = [n, along(h), along(w), channels];
        let inputs = [from.0, weight.as_str(), bias.as_str(), "zero8", "zero8"];
        self.op(Op::CONV2D, window(stride, pad), &inputs, (to, DType::INT32, &out));
        out
    }

    /// A depthwise convolution to int32 with multiplier `channels`.
    pub fn depthwise(&mut self, from: (&str, [i32; 4]), to: &str, conv: Conv) -> [i32; 4] {
        let ([n, h, w, c], Conv { channels, kernel, stride, pad }) = (from.1, conv);
        let along = |len: i32| (len + pad[0] + pad[1] - kernel) / stride + 1;
        let (weight, bias) = (format!("{to}_weight"), format!("{to}_bias"));
        let count = channels * kernel * kernel * c;
        self.constant(&weight, DType::INT8, &[kernel, kernel, c, channels], noise(count as usize));
        self.constant(&bias, DType::INT32, &[channels * c], words((channels * c) as usize, 5));
        let out = [n, along(h), along(w), channels * c];
        let inputs = [from.0, weight.as_str(), bias.as_str(), "zero8", "zero8"];
        self.op(Op::DEPTHWISE_CONV2D, window(stride, pad), &inputs, (to, DType::INT32, &out));
        out
    }

    /// RESCALE between int8 and int32.
    pub fn rescale(&mut self, from: &str, to: &str, shape: &[i32], dtypes: [DType; 2]) {
        let zero = |dtype| if dtype == DType::INT8 { "zero8" } else { "zero32" };
        let inputs = [from, "multiplier", "shift", zero(dtypes[0]), zero(dtypes[1])];
        let rounding = RoundingMode::DOUBLE_ROUND;
        let attribute = Attribute::Rescale { scale32: true, rounding, per_channel: false };
        self.op(Op::RESCALE, attribute, &inputs, (to, dtypes[1], shape));
    }

    /// A convolution and its way back to int8; `to` is the int8 tensor.
    pub fn layer(&mut self, from: (&str, [i32; 4]), to: &str, conv: Conv) -> [i32; 4] {
        let sum = format!("{to}_sum");
        let out = self.conv2d(from, &sum, conv);
        self.rescale(&sum, to, &out, [DType::INT32, DType::INT8]);
        out
    }
}

fn window(stride: i32, pad: [i32; 2]) -> Attribute {
    let [before, after] = pad;
    Attribute::Conv {
        pad: vec![before, after, before, after],
        stride: vec![stride; 2],
        dilation: vec![1; 2],
        acc: DType::INT32,
    }
}

/// A kernel of 1, or of 3 padded to the same size.
pub fn conv(channels: i32, kernel: i32) -> Conv {
    Conv { channels, kernel, stride: 1, pad: [kernel / 2; 2] }
}
