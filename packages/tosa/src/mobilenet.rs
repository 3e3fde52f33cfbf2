//! MobileNetV2 as a converter writes it: int8, scales after every sum, rectified layers clamped.

use crate::{
    layers::{Conv, conv},
    schema::{DType, Op},
    write::{Attribute, Program},
};

/// Expansion, channels, repeats and first stride of each group of blocks.
const GROUPS: [[i32; 4]; 7] =
    [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]];

impl Program {
    /// The 53 layers of MobileNetV2 with made-up weights over a batch of `batch` square images of `side` pixels, a
    /// multiple of 32: input `image`, output `scores` of 1,000 classes.
    pub fn mobilenet(batch: i32, side: i32) -> Self {
        let mut net = Self::default();
        net.scalars();
        let mut at = ("image".to_owned(), [batch, side, side, 3]);
        net.input("image", DType::INT8, &at.1);
        at = net.rectified(&at, "stem", Conv { channels: 32, ..around(2) });
        for (group, [expand, channels, repeats, first]) in GROUPS.into_iter().enumerate() {
            for repeat in 0..repeats {
                let stride = if repeat == 0 { first } else { 1 };
                at = net.bottleneck(&at, &format!("block{group}_{repeat}"), [expand, channels, stride]);
            }
        }
        at = net.rectified(&at, "head", conv(1280, 1));
        let [_, height, width, channels] = at.1;
        let pool = Attribute::Pool { kernel: vec![height, width], stride: vec![1; 2], pad: vec![0; 4] };
        let pooled = [batch, 1, 1, channels];
        net.op(Op::AVG_POOL2D, pool, &[&at.0, "zero8", "zero8"], ("pooled", DType::INT8, &pooled));
        net.layer(("pooled", pooled), "logits", conv(1000, 1));
        net.shape("flat", &[batch.into(), 1000]);
        net.op(Op::RESHAPE, Attribute::None, &["logits", "flat"], ("scores", DType::INT8, &[batch, 1000]));
        net.output("scores");
        net
    }

    /// A convolution, its way back to int8 and a clamp.
    fn rectified(&mut self, from: &(String, [i32; 4]), to: &str, conv: Conv) -> (String, [i32; 4]) {
        let open = format!("{to}_open");
        let shape = self.layer((&from.0, from.1), &open, conv);
        self.clamped(&open, to, shape)
    }

    fn clamped(&mut self, open: &str, to: &str, shape: [i32; 4]) -> (String, [i32; 4]) {
        let clamp = Attribute::Clamp { min: vec![0], max: vec![96] };
        self.op(Op::CLAMP, clamp, &[open], (to, DType::INT8, &shape));
        (to.into(), shape)
    }

    /// An inverted residual: expand, depthwise, project, and the sum with where it began if shapes allow.
    fn bottleneck(
        &mut self,
        from: &(String, [i32; 4]),
        to: &str,
        [expand, channels, stride]: [i32; 3],
    ) -> (String, [i32; 4]) {
        let mut wide = from.clone();
        if expand > 1 {
            wide = self.rectified(from, &format!("{to}_wide"), conv(from.1[3] * expand, 1));
        }
        let (sum, open) = (format!("{to}_deep_sum"), format!("{to}_deep_open"));
        let shape = self.depthwise((&wide.0, wide.1), &sum, Conv { channels: 1, ..around(stride) });
        self.rescale(&sum, &open, &shape, [DType::INT32, DType::INT8]);
        let deep = self.clamped(&open, &format!("{to}_deep"), shape);
        let narrow = format!("{to}_narrow");
        let shape = self.layer((&deep.0, deep.1), &narrow, conv(channels, 1));
        if shape != from.1 {
            return (narrow, shape);
        }
        let sides = [from.0.as_str(), &narrow].map(|side| {
            let scaled = format!("{to}_{side}_scaled");
            self.rescale(side, &scaled, &shape, [DType::INT8, DType::INT32]);
            scaled
        });
        let sum = format!("{to}_sum");
        self.op(Op::ADD, Attribute::None, &[&sides[0], &sides[1]], (&sum, DType::INT32, &shape));
        self.rescale(&sum, to, &shape, [DType::INT32, DType::INT8]);
        (to.into(), shape)
    }
}

/// A kernel of 3 that halves an even side with stride 2.
fn around(stride: i32) -> Conv {
    Conv { channels: 0, kernel: 3, stride, pad: [2 - stride, 1] }
}
