//! From CONV2D, CONV3D, DEPTHWISE_CONV2D and MATMUL to contractions.

use tequio_attestation::Node;
use tequio_tensor::{DType, Op, Shape, Window2d, Window3d};

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
        Op::Conv2d(_) | Op::Conv3d(_) | Op::DepthwiseConv2d(_) => &[1, 2, 3, 4],
        Op::MatMul => &[2, 3],
        _ => return false,
    };
    let tensors = if node.op == Op::MatMul { 2 } else { 1 };
    let source = Operands { graph, node };
    let laid_out = match &node.op {
        Op::Conv2d(window) => source.image(&flat(window), 1, source.volume(0)[4]).len(),
        Op::Conv3d(window) => source.image(window, 1, source.volume(0)[4]).len(),
        Op::DepthwiseConv2d(window) => source.image(&flat(window), 1, stride(graph, tensor)).len(),
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
        Op::Conv2d(window) => source.convolution(&flat(window), tensor, input, epilogue),
        Op::Conv3d(window) => source.convolution(window, tensor, input, epilogue),
        Op::DepthwiseConv2d(window) => source.depthwise(&flat(window), tensor, input, epilogue),
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

    fn volume(&self, at: usize) -> [usize; 5] {
        volume(&self.graph.operand_type(&self.node.operands[at]).shape)
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

    fn image(&self, window: &Window3d, repeat: usize, pixel: usize) -> Image {
        let [_, depth, height, width, channels] = self.volume(0);
        let pad = window.pad.map(|pad| pad as usize);
        let zero_point = self.graph.constant(&self.node.operands[3]).map_or(0, |values| values[0] as i16);
        Image { depth, height, width, channels, pad, repeat, pixel, zero_point }
    }

    fn convolution(&self, window: &Window3d, tensor: usize, input: Placement, epilogue: Fused) -> Contraction {
        let [columns, kernel_z, kernel_y, kernel_x, channels] = self.volume(1);
        let image = self.image(window, 1, channels);
        let [behind, down, across] = steps(window, &image);
        // Without dilation a kernel's row is one run of elements; else each of its pixels is.
        let (runs, run) = if window.dilation[2] == 1 { (1, kernel_x * channels) } else { (kernel_x, channels) };
        let mut offsets = Vec::new();
        let mut rows = Vec::new();
        let lines = (0..kernel_z).flat_map(|z| (0..kernel_y).map(move |y| (z * behind + y * down, z * kernel_y + y)));
        for (start, line) in lines {
            for x in 0..runs {
                for at in (0..run).step_by(2) {
                    offsets.push((start + x * across + at) as u32);
                    let weight = (line * runs + x) * run + at;
                    rows.extend([Some(weight), Some(weight + 1).filter(|_| at + 1 < run)]);
                }
            }
        }
        let (weights, zero_point) = (self.constant(1), self.zero_point(4));
        let filter = kernel_z * kernel_y * kernel_x * channels;
        let mut packed = PackedWeights::default();
        packed.pack(offsets.len(), columns, |row, column| {
            rows[row].map_or(0, |at| weights[column * filter + at] as i16 - zero_point)
        });
        let (images, bases) = self.bases(window, tensor, &image);
        let bias = self.bias(columns, packed.stride);
        Contraction { input, image, images, bases, product: Product::Gemm { offsets, weights: packed }, bias, epilogue }
    }

    fn depthwise(&self, window: &Window3d, tensor: usize, input: Placement, epilogue: Fused) -> Contraction {
        let [kernel_y, kernel_x, channels, multiplier] = self.dims(1);
        let columns = channels * multiplier;
        let stride = epilogue.stride;
        let image = self.image(window, multiplier, stride);
        let [_, down, across] = steps(window, &image);
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
            depth: 1,
            height: 1,
            width: height,
            channels: inner,
            pad: [0; 6],
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
    fn bases(&self, window: &Window3d, tensor: usize, image: &Image) -> (usize, Vec<u32>) {
        let [batch, depth, height, width, _] = volume(&self.graph.ty(tensor).shape);
        // As many groups of images as that makes, all of about one size.
        let images = batch.div_ceil(batch.div_ceil(ROWS.div_ceil(depth * height * width)));
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

/// The window of volumes of one plane.
fn flat(window: &Window2d) -> Window3d {
    let ([top, bottom, left, right], [stride_y, stride_x], [down, across]) =
        (window.pad, window.stride, window.dilation);
    Window3d { pad: [0, 0, top, bottom, left, right], stride: [1, stride_y, stride_x], dilation: [1, down, across] }
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
