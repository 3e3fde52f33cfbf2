//! From CONV2D, DEPTHWISE_CONV2D and MATMUL to contractions.

use tequio_attestation::Node;
use tequio_tensor::{DType, Op, Window2d};

use crate::{
    cpu::{
        kernel::{
            contraction::{Contraction, Product},
            fused::Fused,
            image::Image,
        },
        simd::{
            depthwise::{self, CHANNELS},
            gemm::{GROUP, PackedWeights},
        },
    },
    graph::Graph,
    liveness::{MemoryPlan, Placement},
};

/// Rows that are worth computing together, if one image hasn't that many.
const ROWS: usize = 256;

/// Most elements of an image with its padding; what a window reaches beyond that isn't laid out.
const LARGEST: usize = 1 << 26;

/// Whether a tensor is an int8 contraction with constant weights (MATMUL: constant zero points).
pub fn is_contraction(graph: &Graph, tensor: usize) -> bool {
    let Some(node) = graph.node(tensor) else { return false };
    let constant = |at: &usize| graph.constant(&node.operands[*at]).is_some();
    let constants: &[usize] = match node.op {
        Op::Conv2d(_) | Op::DepthwiseConv2d(_) => &[1, 2, 3, 4],
        Op::MatMul => &[2, 3],
        _ => return false,
    };
    let tensors = if node.op == Op::MatMul { 2 } else { 1 };
    let source = Operands { graph, node };
    let laid_out = match &node.op {
        Op::Conv2d(window) => source.image(window, 1, source.dims::<4>(0)[3]).len(),
        Op::DepthwiseConv2d(window) => source.image(window, 1, stride(graph, tensor)).len(),
        _ => 0,
    };
    graph.operand_type(&node.operands[0]).dtype == DType::I8
        && laid_out <= LARGEST
        && constants.iter().all(constant)
        && node.operands[..tensors].iter().all(|operand| graph.operand_origin(operand).is_some())
}

/// Lanes of a row of its sums.
pub fn stride(graph: &Graph, tensor: usize) -> usize {
    let columns = graph.ty(tensor).shape.dims().last().copied().unwrap_or(1) as usize;
    let depthwise = matches!(graph.node(tensor), Some(Node { op: Op::DepthwiseConv2d(_), .. }));
    columns.next_multiple_of(if depthwise { CHANNELS } else { GROUP })
}

/// The contraction that computes `tensor`, followed by its epilogue.
pub fn contraction(graph: &Graph, memory: &MemoryPlan, tensor: usize, epilogue: Fused) -> Contraction {
    let Some(node) = graph.node(tensor) else { unreachable!("checked by `is_contraction`") };
    let source = Operands { graph, node };
    let Some(origin) = graph.operand_origin(&node.operands[0]) else { unreachable!("operand 0 has many elements") };
    let input = memory.placements[origin];
    match &node.op {
        Op::Conv2d(window) => source.conv2d(window, tensor, input, epilogue),
        Op::DepthwiseConv2d(window) => source.depthwise(window, tensor, input, epilogue),
        _ => source.matmul(memory, input, epilogue),
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

    fn constant(&self, at: usize) -> Vec<i64> {
        self.graph.constant(&self.node.operands[at]).unwrap_or_else(|| unreachable!("checked by `is_contraction`"))
    }

    fn zero_point(&self, at: usize) -> i16 {
        self.constant(at)[0] as i16
    }

    /// Bias of each column of the stride; one of a single element serves every column.
    fn bias(&self, columns: usize, stride: usize) -> Vec<i32> {
        let bias = self.constant(2);
        let single = bias.len() == 1;
        (0..stride).map(|at| if at < columns { bias[if single { 0 } else { at }] as i32 } else { 0 }).collect()
    }

    fn image(&self, window: &Window2d, repeat: usize, pixel: usize) -> Image {
        let [_, height, width, channels] = self.dims(0);
        let pad = window.pad.map(|pad| pad as usize);
        let zero_point = self.graph.constant(&self.node.operands[3]).map_or(0, |values| values[0] as i16);
        Image { height, width, channels, pad, repeat, pixel, zero_point }
    }

    fn conv2d(&self, window: &Window2d, tensor: usize, input: Placement, epilogue: Fused) -> Contraction {
        let [columns, kernel_y, kernel_x, channels] = self.dims(1);
        let image = self.image(window, 1, channels);
        let [down, across] = steps(window, &image);
        // Without dilation a kernel's row is one run of elements; else each of its pixels is.
        let (runs, run) = if window.dilation[1] == 1 { (1, kernel_x * channels) } else { (kernel_x, channels) };
        let mut offsets = Vec::new();
        let mut rows = Vec::new();
        for y in 0..kernel_y {
            for x in 0..runs {
                for at in (0..run).step_by(2) {
                    offsets.push((y * down + x * across + at) as u32);
                    let weight = (y * runs + x) * run + at;
                    rows.extend([Some(weight), Some(weight + 1).filter(|_| at + 1 < run)]);
                }
            }
        }
        let (weights, zero_point) = (self.constant(1), self.zero_point(4));
        let filter = kernel_y * kernel_x * channels;
        let mut packed = PackedWeights::default();
        packed.pack(offsets.len(), columns, |row, column| {
            rows[row].map_or(0, |at| weights[column * filter + at] as i16 - zero_point)
        });
        let (images, bases) = self.bases(window, tensor, &image);
        let bias = self.bias(columns, packed.stride);
        Contraction { input, image, images, bases, product: Product::Gemm { offsets, weights: packed }, bias, epilogue }
    }

    fn depthwise(&self, window: &Window2d, tensor: usize, input: Placement, epilogue: Fused) -> Contraction {
        let [kernel_y, kernel_x, channels, multiplier] = self.dims(1);
        let columns = channels * multiplier;
        let stride = epilogue.stride;
        let image = self.image(window, multiplier, stride);
        let [down, across] = steps(window, &image);
        let taps: Vec<u32> =
            (0..kernel_y).flat_map(|y| (0..kernel_x).map(move |x| (y * down + x * across) as u32)).collect();
        let offsets: Vec<[u32; 2]> = taps.chunks(2).map(|pair| [pair[0], pair[pair.len() - 1]]).collect();
        let (weights, zero_point) = (self.constant(1), self.zero_point(4));
        let packed = depthwise::pack(offsets.len(), stride, |tap, channel| {
            if tap < taps.len() && channel < columns { weights[tap * columns + channel] as i16 - zero_point } else { 0 }
        });
        let (images, bases) = self.bases(window, tensor, &image);
        let product = Product::Depthwise { offsets, weights: packed };
        Contraction { input, image, images, bases, product, bias: self.bias(columns, stride), epilogue }
    }

    fn matmul(&self, memory: &MemoryPlan, input: Placement, epilogue: Fused) -> Contraction {
        let [_, height, inner] = self.dims(0);
        let image = Image {
            height: 1,
            width: height,
            channels: inner,
            pad: [0; 4],
            repeat: 1,
            pixel: inner,
            zero_point: self.zero_point(2),
        };
        let bases = (0..height).map(|row| (row * inner) as u32).collect();
        let offsets: Vec<u32> = (0..inner as u32).step_by(2).collect();
        let Some(right) = self.graph.operand_origin(&self.node.operands[1]) else { unreachable!("has many elements") };
        let product =
            Product::MatMul { offsets, right: memory.placements[right], zero_point: self.zero_point(3), inner };
        let bias = vec![0; epilogue.stride];
        Contraction { input, image, images: 1, bases, product, bias, epilogue }
    }

    /// How many images go together, and where the windows of their output pixels start.
    fn bases(&self, window: &Window2d, tensor: usize, image: &Image) -> (usize, Vec<u32>) {
        let [batch, height, width] = std::array::from_fn(|axis| self.graph.ty(tensor).shape.dim(axis) as usize);
        // As many groups of images as that makes, all of about one size.
        let images = batch.div_ceil(batch.div_ceil(ROWS.div_ceil(height * width)));
        let [stride_y, stride_x] = window.stride.map(|stride| stride as usize);
        let start = move |n: usize, y: usize, x: usize| {
            n * image.len() + y * stride_y * image.row() + x * stride_x * image.pixel
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        let bases = (0..images).flat_map(|n| pixels.clone().map(move |(y, x)| start(n, y, x) as u32));
        (images, bases.collect())
    }
}

/// Elements from tap to tap along y and x.
fn steps(window: &Window2d, image: &Image) -> [usize; 2] {
    let [down, across] = window.dilation.map(|dilation| dilation as usize);
    [down * image.row(), across * image.pixel]
}
