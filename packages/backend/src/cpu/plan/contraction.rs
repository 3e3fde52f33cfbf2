//! From CONV2D, CONV3D, DEPTHWISE_CONV2D, TRANSPOSE_CONV2D and MATMUL to contractions.

use std::ops::Range;

use tequio_attestation::{Node, Operand};
use tequio_tensor::{DType, Op, Shape, Window3d, constant_operands};

use super::rescale::Parameters;
use crate::{
    cpu::{
        kernel::{
            contraction::{Contraction, Product},
            fused::Fused,
            image::{Image, OFFSET},
            instruction::Scale16,
            wide::{Half, Part, Right, Wide},
        },
        simd::{
            depthwise::{CHANNELS, TapPairs, TapQuads},
            gemm::{GROUP, PackedWeights},
        },
    },
    graph::Graph,
    liveness::{MemoryPlan, Placement},
};

/// Rows that are worth computing together, if one image hasn't that many.
const ROWS: usize = 256;

/// Rows of a matrix of int16 whose halves are summed in 32 bits: 256 products of less than 2²³, none of which reaches that.
const PART: usize = 256;

/// For each element that a transposed convolution reads, the most that lie in its window: the kernel multiplies them all, the
/// definition only what is read, but much slower.
const SPARSE: usize = 64;

/// Most elements of an image with its padding; what a window reaches beyond that isn't laid out.
const LARGEST: usize = 1 << 26;

/// Whether a tensor is a contraction of int8, or one of int16 that is nothing but scaled, with constant weights (MATMUL:
/// constant zero points).
pub fn is_contraction(graph: &Graph, tensor: usize) -> bool {
    let Some(node) = graph.node(tensor) else { return false };
    let constant = |at: &usize| graph.is_constant(&node.operands[*at]);
    let constants: &[usize] = match node.op {
        Op::Conv2d(_) | Op::Conv3d(_) | Op::DepthwiseConv2d(_) | Op::TransposeConv2d(_) => &[1, 2, 3, 4],
        Op::MatMul => &[2, 3],
        _ => return false,
    };
    let tensors = if node.op == Op::MatMul { 2 } else { 1 };
    let source = Operands { graph, node };
    let laid_out = source.window().map_or(0, |window| {
        let depthwise = matches!(node.op, Op::DepthwiseConv2d(_));
        source.image(&window, 1, if depthwise { stride(graph, tensor) } else { source.volume(0)[4] }).len()
    });
    let served = match graph.operand_type(&node.operands[0]).dtype {
        DType::I8 => true,
        DType::I16 => is_scaled(graph, tensor),
        _ => false,
    };
    served
        && laid_out <= LARGEST
        && constants.iter().all(constant)
        && node.operands[..tensors].iter().all(|operand| graph.operand_origin(operand).is_some())
        && source.is_supported()
}

/// Whether a contraction's sums may have more than 32 bits. Then it does the RESCALE that reads them.
pub fn is_wide(graph: &Graph, tensor: usize) -> bool {
    let Some(node) = graph.node(tensor) else { return false };
    let source = Operands { graph, node };
    is_contraction(graph, tensor) && source.is_short() && (node.op == Op::MatMul || !source.fits())
}

/// Whether all that happens to a tensor is that one RESCALE reads it, whose constants are known.
fn is_scaled(graph: &Graph, tensor: usize) -> bool {
    let [reader] = graph.readers[tensor][..] else { return false };
    let Some(node) = graph.node(reader).filter(|_| !graph.shown[tensor]) else { return false };
    matches!(node.op, Op::Rescale(_))
        && matches!(node.operands[0], Operand::Tensor(id) if id.0 as usize == tensor)
        && constant_operands(&node.op).iter().all(|&at| graph.is_constant(&node.operands[at]))
}

/// Lanes of a row of its sums.
pub fn stride(graph: &Graph, tensor: usize) -> usize {
    let columns = graph.ty(tensor).shape.dims().last().copied().unwrap_or(1) as usize;
    let depthwise = matches!(graph.node(tensor), Some(Node { op: Op::DepthwiseConv2d(_), .. }));
    columns.next_multiple_of(if depthwise { CHANNELS } else { GROUP })
}

/// The contraction that computes `tensor`, followed by its epilogue; of bytes, if its weights are and so many are multiplied
/// `together`.
pub fn contraction(graph: &Graph, memory: &MemoryPlan, tensor: usize, epilogue: Fused, together: usize) -> Contraction {
    let Some(node) = graph.node(tensor) else { unreachable!("checked by `is_contraction`") };
    let source = Operands { graph, node };
    let Some(origin) = graph.operand_origin(&node.operands[0]) else { unreachable!("operand 0 has many elements") };
    let input = memory.placements[origin];
    match source.window() {
        Some(window) if matches!(node.op, Op::DepthwiseConv2d(_)) => {
            source.depthwise(&window, tensor, input, epilogue, together)
        }
        Some(window) => source.convolution(&window, tensor, input, epilogue, together),
        None => source.matmul(memory, tensor, input, epilogue),
    }
}

struct Operands<'a> {
    graph: &'a Graph<'a>,
    node: &'a Node,
}

impl Operands<'_> {
    fn dims<const N: usize>(&self, at: usize) -> [usize; N] {
        let shape = self.graph.operand_type(&self.node.operands[at]).shape;
        std::array::from_fn(|axis| shape.dim(axis) as usize)
    }

    fn volume(&self, at: usize) -> [usize; 5] {
        volume(&self.graph.operand_type(&self.node.operands[at]).shape)
    }

    fn constant(&self, at: usize) -> Vec<i64> {
        self.graph.constant(&self.node.operands[at]).unwrap_or_else(|| unreachable!("checked by `is_contraction`"))
    }

    fn is_short(&self) -> bool {
        self.graph.operand_type(&self.node.operands[0]).dtype == DType::I16
    }

    /// Whether kernels do without zero points of int16, without long sums of depthwise convolutions, and without too many
    /// elements that transposed ones don't read.
    fn is_supported(&self) -> bool {
        let zero = |at: usize| self.constant(at).iter().all(|value| *value == 0);
        match self.node.op {
            Op::TransposeConv2d(transposed) => {
                let [_, _, kernel_y, kernel_x, _] = self.volume(1);
                let [stride_y, stride_x] = transposed.stride.map(|stride| stride as usize);
                let read = kernel_y.div_ceil(stride_y) * kernel_x.div_ceil(stride_x);
                kernel_y * kernel_x <= SPARSE * read && (!self.is_short() || zero(3))
            }
            _ if !self.is_short() => true,
            Op::MatMul => zero(2) && zero(3),
            Op::DepthwiseConv2d(_) => zero(3) && self.fits(),
            _ => zero(3),
        }
    }

    /// The RESCALE that reads `tensor`, for each of `stride` lanes.
    fn scale(&self, tensor: usize, stride: usize) -> Scale16 {
        let reader = self.graph.readers[tensor][0];
        match self.graph.node(reader) {
            Some(node @ Node { op: Op::Rescale(attributes), .. }) => {
                Parameters::new(self.graph, node, attributes, self.graph.ty(reader).dtype).scale16(stride)
            }
            _ => unreachable!("checked by `is_scaled`"),
        }
    }

    /// Whether every sum of int16 elements has 32 bits, for any input.
    fn fits(&self) -> bool {
        let bias = self.constant(2);
        let weights = self.weights(false).0;
        let columns = self.graph.operand_type(&self.node.operands[1]).shape;
        // Of depthwise convolutions the last two dimensions are columns, of the others the first.
        let depthwise = matches!(self.node.op, Op::DepthwiseConv2d(_));
        let columns = if depthwise { columns.dim(2) * columns.dim(3) } else { columns.dim(0) } as usize;
        let filter = weights.len() / columns;
        (0..columns).all(|column| {
            let weight = |at: usize| weights[if depthwise { at * columns + column } else { column * filter + at }];
            let weights: u64 = (0..filter).map(|at| u64::from(weight(at).unsigned_abs())).sum();
            let bias = bias[if bias.len() == 1 { 0 } else { column }].unsigned_abs();
            weights * 32768 + bias <= i32::MAX as u64
        })
    }

    fn zero_point(&self, at: usize) -> i16 {
        self.constant(at)[0] as i16
    }

    /// Bias of each column of the stride; one of a single element serves every column.
    fn bias(&self, columns: usize, stride: usize) -> Vec<i32> {
        wide_bias(&self.constant(2), columns, stride).into_iter().map(|bias| bias as i32).collect()
    }

    /// The window of a convolution over its image, laid out as [`Self::image`] does.
    fn window(&self) -> Option<Window3d> {
        let ([top, bottom, left, right], stride, dilation) = match &self.node.op {
            Op::Conv3d(window) => return Some(*window),
            Op::Conv2d(window) | Op::DepthwiseConv2d(window) => (window.pad, window.stride, window.dilation),
            Op::TransposeConv2d(transposed) => {
                // Over elements as far apart as its stride. Padding is less negative than the kernel is long.
                let [_, _, kernel_y, kernel_x, _] = self.volume(1).map(|length| length as i32);
                let kernel = [kernel_y, kernel_y, kernel_x, kernel_x];
                let pad = std::array::from_fn(|side| (kernel[side] - 1).wrapping_add(transposed.out_pad[side]) as u32);
                (pad, [1; 2], [1; 2])
            }
            _ => return None,
        };
        let ([stride_y, stride_x], [down, across]) = (stride, dilation);
        Some(Window3d {
            pad: [0, 0, top, bottom, left, right],
            stride: [1, stride_y, stride_x],
            dilation: [1, down, across],
        })
    }

    fn image(&self, window: &Window3d, repeat: usize, pixel: usize) -> Image {
        let [_, depth, height, width, channels] = self.volume(0);
        let pad = window.pad.map(|pad| pad as usize);
        let zero_point = self.graph.constant(&self.node.operands[3]).map_or(0, |values| values[0] as i16);
        let bytes = self.graph.operand_type(&self.node.operands[0]).dtype.bytes();
        let spacing = match &self.node.op {
            Op::TransposeConv2d(transposed) => transposed.stride.map(|stride| stride as usize),
            _ => [1; 2],
        };
        Image { depth, height, width, channels, bytes, spacing, pad, repeat, pixel, zero_point }
    }

    /// Weights less their zero point, and those as bytes if they are and elements are.
    fn weights(&self, bytes: bool) -> (Vec<i16>, Option<Vec<i8>>) {
        let zero_point = self.zero_point(4);
        let mut weights: Vec<i16> = self.constant(1).into_iter().map(|weight| weight as i16 - zero_point).collect();
        if matches!(self.node.op, Op::TransposeConv2d(_)) {
            weights = turned(self.volume(1), &weights);
        }
        let bytes = bytes && !self.is_short();
        let narrow = weights.iter().map(|&weight| i8::try_from(weight).ok().filter(|_| bytes)).collect();
        (weights, narrow)
    }

    /// Takes what the layout of bytes adds to elements less their zero point off the sums: so much for every weight.
    fn correct(&self, bias: &mut [i32], image: &Image, weights: impl Iterator<Item = (usize, i8)>) {
        let added = i32::from(OFFSET) + i32::from(image.zero_point);
        for (column, weight) in weights {
            bias[column] = bias[column].wrapping_sub(added.wrapping_mul(weight.into()));
        }
    }

    fn convolution(
        &self,
        window: &Window3d,
        tensor: usize,
        input: Placement,
        epilogue: Fused,
        together: usize,
    ) -> Contraction {
        let kernel = self.volume(1);
        let [columns, kernel_z, kernel_y, kernel_x, channels] = kernel;
        let image = self.image(window, 1, channels);
        let filter = kernel_z * kernel_y * kernel_x * channels;
        let (images, bases) = self.bases(window, tensor, &image);
        let mut bias = self.bias(columns, columns.next_multiple_of(GROUP));
        let product = match self.weights(together > 2) {
            (_, Some(weights)) => {
                self.correct(&mut bias, &image, (0..).map(|at| at / filter).zip(weights.iter().copied()));
                let steps = steps(window, &image);
                let (quads, octs) = (Taps::new(kernel, steps), Taps::new(kernel, steps));
                let lengths = (quads.offsets.len(), octs.offsets.len());
                // Few rows wait for each instruction to end.
                let faster = if bases.len() < 4 {
                    lengths.1 < lengths.0
                } else {
                    octs_are_faster(columns.div_ceil(GROUP), lengths)
                };
                if together == 8 && faster {
                    let (offsets, weights) = octs.all(columns, &weights);
                    Product::Octs { offsets, weights }
                } else {
                    let (offsets, weights) = quads.all(columns, &weights);
                    Product::Quads { offsets, weights }
                }
            }
            (weights, None) if self.is_short() && !self.fits() => {
                let taps = Taps::<2>::new(kernel, steps(window, &image));
                let parts = taps.parts(columns, &weights).into_iter().map(|steps| Part {
                    offsets: taps.offsets[steps.clone()].to_vec(),
                    weights: taps.pack(steps, columns, &weights),
                    first: 0,
                    half: Half::Low,
                });
                let of_sums = wide_bias(&self.constant(2), columns, epilogue.stride);
                bias.fill(0);
                let scale = self.scale(tensor, epilogue.stride);
                Product::Wide(Wide { parts: parts.collect(), right: None, bias: of_sums, scale })
            }
            (weights, None) => {
                let (offsets, weights) = Taps::new(kernel, steps(window, &image)).all(columns, &weights);
                Product::Pairs { offsets, weights }
            }
        };
        Contraction { input, image, images, bases, product, bias, epilogue }
    }

    fn depthwise(
        &self,
        window: &Window3d,
        tensor: usize,
        input: Placement,
        epilogue: Fused,
        together: usize,
    ) -> Contraction {
        let [kernel_y, kernel_x, channels, multiplier] = self.dims(1);
        let columns = channels * multiplier;
        let stride = epilogue.stride;
        let image = self.image(window, multiplier, stride);
        let [_, down, across] = steps(window, &image);
        let offset = |tap: usize| (tap / kernel_x * down + tap % kernel_x * across) as u32;
        let (images, bases) = self.bases(window, tensor, &image);
        let mut bias = self.bias(columns, stride);
        let product = match self.weights(together > 2) {
            (_, Some(weights)) => {
                self.correct(&mut bias, &image, (0..columns).cycle().zip(weights.iter().copied()));
                let steps = by_columns(kernel_y, kernel_x);
                let offsets = steps.iter().map(|taps| taps.map(|(tap, _)| offset(tap))).collect();
                let weights = TapQuads::pack(steps.len(), stride, |step, at, channel| match steps[step][at] {
                    (tap, true) if channel < columns => weights[tap * columns + channel],
                    _ => 0,
                });
                bias = TapQuads::place(&bias);
                Product::TapQuads { offsets, weights }
            }
            (weights, None) => {
                let steps = grouped(&Vec::from_iter(0..kernel_y * kernel_x));
                let offsets = steps.iter().map(|taps| taps.map(|(tap, _)| offset(tap))).collect();
                let weights = TapPairs::pack(steps.len(), stride, |step, at, channel| match steps[step][at] {
                    (tap, true) if channel < columns => weights[tap * columns + channel],
                    _ => 0,
                });
                bias = TapPairs::place(&bias);
                Product::TapPairs { offsets, weights }
            }
        };
        Contraction { input, image, images, bases, product, bias, epilogue }
    }

    fn matmul(&self, memory: &MemoryPlan, tensor: usize, input: Placement, epilogue: Fused) -> Contraction {
        let [_, height, inner] = self.dims(0);
        let image = Image {
            depth: 1,
            height: 1,
            width: height,
            channels: inner,
            bytes: self.graph.operand_type(&self.node.operands[0]).dtype.bytes(),
            spacing: [1; 2],
            pad: [0; 6],
            repeat: 1,
            pixel: inner,
            zero_point: self.zero_point(2),
        };
        let bases = (0..height).map(|row| (row * inner) as u32).collect();
        let offsets: Vec<u32> = (0..inner as u32).step_by(2).collect();
        let Some(right) = self.graph.operand_origin(&self.node.operands[1]) else { unreachable!("has many elements") };
        let right = memory.placements[right];
        let product = if self.is_short() {
            let half = |first: usize, half| Part {
                offsets: (first..inner.min(first + PART)).step_by(2).map(|at| at as u32).collect(),
                weights: PackedWeights::default(),
                first,
                half,
            };
            let firsts = (0..inner).step_by(PART);
            Product::Wide(Wide {
                parts: firsts.flat_map(|first| [Half::Low, Half::High].map(|bits| half(first, bits))).collect(),
                right: Some(Right { placement: right, rows: inner, columns: epilogue.width }),
                bias: vec![0; epilogue.stride],
                scale: self.scale(tensor, epilogue.stride),
            })
        } else {
            Product::MatMul { offsets, right, zero_point: self.zero_point(3), inner }
        };
        let bias = vec![0; epilogue.stride];
        Contraction { input, image, images: 1, bases, product, bias, epilogue }
    }

    /// How many images go together, and where the windows of their output pixels start.
    fn bases(&self, window: &Window3d, tensor: usize, image: &Image) -> (usize, Vec<u32>) {
        let [batch, depth, height, width, _] = volume(&self.graph.ty(tensor).shape);
        // As many groups of images as that makes, all of about one size.
        let images = ROWS.div_ceil(depth * height * width).min((LARGEST / image.len()).max(1));
        let images = batch.div_ceil(batch.div_ceil(images));
        let [behind, down, across] = window.stride.map(|stride| stride as usize);
        let [behind, down, across] = [behind * image.plane(), down * image.row(), across * image.pixel];
        let planes = (0..images).flat_map(|n| (0..depth).map(move |z| n * image.len() + z * behind));
        let rows = planes.flat_map(|plane| (0..height).map(move |y| plane + y * down));
        let bases = rows.flat_map(|row| (0..width).map(move |x| (row + x * across) as u32));
        (images, bases.collect())
    }
}

/// Elements from tap to tap along depth, y and x.
fn steps(window: &Window3d, image: &Image) -> [usize; 3] {
    let [behind, down, across] = window.dilation.map(|dilation| dilation as usize);
    [behind * image.plane(), down * image.row(), across * image.pixel]
}

/// Lengths with a depth: 1 where there are four.
fn volume(shape: &Shape) -> [usize; 5] {
    let skipped = 5 - shape.rank().min(5);
    std::array::from_fn(|axis| match axis {
        0 => shape.dim(0) as usize,
        axis if axis <= skipped => 1,
        axis => shape.dim(axis - skipped) as usize,
    })
}

/// Weights whose taps are in the opposite order.
fn turned([columns, _, kernel_y, kernel_x, channels]: [usize; 5], weights: &[i16]) -> Vec<i16> {
    let taps = |column: usize| (0..kernel_y * kernel_x).rev().map(move |tap| column * kernel_y * kernel_x + tap);
    let taps = (0..columns).flat_map(taps);
    taps.flat_map(|tap| &weights[tap * channels..][..channels]).copied().collect()
}

/// Bias of each lane of the stride; one of a single element serves every column.
fn wide_bias(bias: &[i64], columns: usize, stride: usize) -> Vec<i64> {
    (0..stride).map(|at| if at < columns { bias[if bias.len() == 1 { 0 } else { at }] } else { 0 }).collect()
}

/// Offsets of the elements of a window, `N` together, and which weights of an output channel they are multiplied with.
struct Taps<const N: usize> {
    offsets: Vec<u32>,
    weights: Vec<[Option<usize>; N]>,
    /// Weights of an output channel.
    filter: usize,
}

impl<const N: usize> Taps<N> {
    /// `behind`, `down` and `across` are the elements from tap to tap.
    fn new([_, kernel_z, kernel_y, kernel_x, channels]: [usize; 5], [behind, down, across]: [usize; 3]) -> Self {
        // Where a kernel's row is one run of elements, they go together; else each of its pixels is a run.
        let (runs, run) = if across == channels { (1, kernel_x * channels) } else { (kernel_x, channels) };
        let filter = kernel_z * kernel_y * kernel_x * channels;
        let mut taps = Self { offsets: Vec::new(), weights: Vec::new(), filter };
        let lines = (0..kernel_z).flat_map(|z| (0..kernel_y).map(move |y| (z * behind + y * down, z * kernel_y + y)));
        for (start, line) in lines {
            for x in 0..runs {
                for at in (0..run).step_by(N) {
                    taps.offsets.push((start + x * across + at) as u32);
                    let weight = (line * runs + x) * run + at;
                    taps.weights.push(std::array::from_fn(|more| (at + more < run).then_some(weight + more)));
                }
            }
        }
        taps
    }

    fn pack<W: Copy + Default>(&self, steps: Range<usize>, columns: usize, weights: &[W]) -> PackedWeights<W, N> {
        let rows = &self.weights[steps];
        let mut packed = PackedWeights::default();
        packed.pack(rows.len(), columns, |row, column| {
            rows[row / N][row % N].map_or(W::default(), |at| weights[column * self.filter + at])
        });
        packed
    }

    /// All of them.
    fn all<W: Copy + Default>(self, columns: usize, weights: &[W]) -> (Vec<u32>, PackedWeights<W, N>) {
        let packed = self.pack(0..self.offsets.len(), columns, weights);
        (self.offsets, packed)
    }

    /// Steps whose sums with any int16 have 32 bits for every column, as many together as that allows.
    fn parts(&self, columns: usize, weights: &[i16]) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut first = 0;
        let mut sums = vec![0; columns];
        for (step, rows) in self.weights.iter().enumerate() {
            let of = |column: usize| {
                let weight = |at: usize| u64::from(weights[column * self.filter + at].unsigned_abs());
                rows.iter().flatten().map(|&at| weight(at) << 15).sum::<u64>()
            };
            if (0..columns).any(|column| sums[column] + of(column) > i32::MAX as u64) {
                parts.push(first..step);
                (first, sums) = (step, vec![0; columns]);
            }
            (0..columns).for_each(|column| sums[column] += of(column));
        }
        parts.push(first..self.weights.len());
        parts
    }
}

/// Whether a few rows of groups of columns take less time in so many steps of eight elements than in `quads` steps of four: in
/// quarters of what eight rows of two vectors take, where each row's elements serve two instructions. With one vector, loading
/// them takes longer than those.
fn octs_are_faster(groups: usize, (quads, octs): (usize, usize)) -> bool {
    const PAIR: usize = 4;
    const ALONE: usize = 3;
    // Adding the two sums of each column.
    const FOLD: usize = 8;
    // A vector of quads has two groups, one of octs one.
    let of_quads = groups / 4 * PAIR + [0, ALONE, ALONE, 2 * ALONE][groups % 4];
    let of_octs = groups / 2 * PAIR + groups % 2 * ALONE;
    octs * of_octs + groups.div_ceil(2) * FOLD < quads * of_quads
}

/// Taps, `N` together, and whether they are: in the place of those that are missing at the end stands the last one.
fn grouped<const N: usize>(taps: &[usize]) -> Vec<[(usize, bool); N]> {
    let tap = |taps: &[usize], at: usize| (taps[at.min(taps.len() - 1)], at < taps.len());
    taps.chunks(N).map(|taps| std::array::from_fn(|at| tap(taps, at))).collect()
}

/// The taps of a kernel, four together: column by column if that makes no more of them, so that neighbouring pixels read
/// the same, else row by row.
fn by_columns(kernel_y: usize, kernel_x: usize) -> Vec<[(usize, bool); 4]> {
    let rows = grouped(&Vec::from_iter(0..kernel_y * kernel_x));
    let column = |x: usize| grouped(&Vec::from_iter((0..kernel_y).map(|y| y * kernel_x + x)));
    let columns: Vec<_> = (0..kernel_x).flat_map(column).collect();
    if columns.len() > rows.len() { rows } else { columns }
}
