//! Random graphs of every kind of op.

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::{DType, MAX_RANK, Op, Pool2d, Rescale, Resize, Transposed2d, Type, Window2d, Window3d, check};

use crate::{
    analysis::{mask::Mask, open::open, route::routable, work::Work},
    graph::{Graph, Tensor, TensorSource},
};

/// Elements above which a tensor isn't made larger.
const MAX: u32 = 600;

pub struct Random {
    state: u64,
    pub graph: Graph,
}

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut random = Self { state: seed, graph: Graph { tensors: vec![], inputs: 1, outputs: vec![] } };
        let dims = random.dims(4);
        random.push(DType::I8, &dims, TensorSource::Input);
        random
    }

    /// Uniform in `least..=most`.
    pub fn within(&mut self, least: u32, most: u32) -> u32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        least + ((mixed ^ (mixed >> 27)) >> 33) as u32 % (most - least + 1)
    }

    fn dims(&mut self, rank: usize) -> Vec<u32> {
        (0..rank).map(|_| self.within(1, 5)).collect()
    }

    fn push(&mut self, dtype: DType, dims: &[u32], source: TensorSource) -> TensorId {
        let (id, ty) = (TensorId(self.graph.tensors.len() as u32), Type::new(dtype, dims).unwrap());
        if let TensorSource::Op(node) = &source {
            assert_eq!(check(&node.op, &self.graph.operand_types(node), &ty), Ok(()), "{node:?}");
        }
        self.graph.tensors.push(Tensor { name: id.0.to_string(), ty, source });
        id
    }

    fn constant(&mut self, dtype: DType, dims: &[u32]) -> Operand {
        let elements = dims.iter().product::<u32>() as usize;
        let bytes = (0..elements).flat_map(|_| dtype.write(self.within(0, 1).into())).collect();
        Operand::Tensor(self.push(dtype, dims, TensorSource::Constant(bytes)))
    }

    fn op(&mut self, op: Op, operands: Vec<Operand>, dtype: DType, dims: &[u32]) -> TensorId {
        self.push(dtype, dims, TensorSource::Op(Node { op, operands }))
    }

    fn shape(&self, id: TensorId) -> Vec<u32> {
        self.graph.tensor(id).ty.shape.dims().to_vec()
    }

    /// A tensor of int8 that is there.
    fn any(&mut self) -> TensorId {
        let narrow = |(id, tensor): (TensorId, &Tensor)| {
            (tensor.constant().is_none() && tensor.ty.dtype == DType::I8).then_some(id)
        };
        let all: Vec<_> = self.graph.iter().filter_map(narrow).collect();
        // Late ones rather than early ones, for long ways back.
        let at = self.within(0, all.len() as u32 - 1).max(self.within(0, all.len() as u32 - 1));
        all[at as usize]
    }

    /// The same elements in a random shape of this rank.
    fn reshaped(&mut self, id: TensorId, rank: usize) -> TensorId {
        let mut left = self.graph.tensor(id).ty.shape.elements();
        let mut dims = vec![1; rank];
        for dim in dims.iter_mut().skip(1) {
            let divisors: Vec<u32> = (1..=left).filter(|divisor| left.is_multiple_of(*divisor)).collect();
            *dim = divisors[self.within(0, divisors.len() as u32 - 1) as usize];
            left /= *dim;
        }
        dims[0] = left;
        self.op(Op::Reshape, vec![Operand::Tensor(id)], DType::I8, &dims)
    }

    /// Stride, dilation, kernel, pads and output length along one axis.
    fn window(&mut self, len: u32, dilate: bool) -> (u32, u32, u32, [u32; 2], u32) {
        loop {
            let (kernel, stride) = (self.within(1, 4), self.within(1, 3));
            let dilation = if dilate { self.within(1, 2) } else { 1 };
            let most = if dilate { 3 } else { kernel - 1 };
            let pad = [self.within(0, most), self.within(0, most)];
            let (padded, reach) = (len + pad[0] + pad[1], (kernel - 1) * dilation + 1);
            if padded >= reach && (padded - reach).is_multiple_of(stride) {
                return (stride, dilation, kernel, pad, (padded - reach) / stride + 1);
            }
        }
    }

    /// So many more tensors, of every kind of op.
    pub fn grow(&mut self, least: u32, most: u32) {
        for _ in 0..self.within(least, most) {
            match self.within(0, 7) {
                7 => self.volume(),
                0 | 1 => self.windowed(),
                2 => self.elementwise(),
                3 => self.product(),
                _ => self.moved(),
            };
        }
    }

    fn windowed(&mut self) -> TensorId {
        let x = self.any();
        let x = if self.shape(x).len() == 4 { x } else { self.reshaped(x, 4) };
        let [n, h, w, c] = self.shape(x)[..] else { unreachable!() };
        // A resize takes no axis that is very long.
        let kind = self.within(0, if h.max(w) < MAX { 5 } else { 4 });
        let (y, z) = (self.window(h, kind < 2), self.window(w, kind < 2));
        let window = Window2d { pad: [y.3[0], y.3[1], z.3[0], z.3[1]], stride: [y.0, z.0], dilation: [y.1, z.1] };
        let pool = Pool2d { kernel: [y.2, z.2], stride: window.stride, pad: window.pad };
        let zero = Operand::Scalar { dtype: DType::I8, rank: 1, value: 0 };
        let (x, channels) = (Operand::Tensor(x), self.within(1, 3));
        let out = |channels| [n, y.4, z.4, channels];
        let (op, weight, channels) = match kind {
            0 => (Op::Conv2d(window), [channels, y.2, z.2, c], channels),
            1 => (Op::DepthwiseConv2d(window), [y.2, z.2, c, channels], c * channels),
            4 => return self.transposed(x, [n, h, w, c]),
            5 => return self.resized(x, [n, h, w, c]),
            2 => return self.op(Op::AvgPool2d(pool), vec![x, zero, zero], DType::I8, &out(c)),
            _ => return self.op(Op::MaxPool2d(pool), vec![x], DType::I8, &out(c)),
        };
        let (weight, bias) = (self.given(DType::I8, &weight), self.given(DType::I32, &[channels]));
        let sum = self.op(op, vec![x, weight, bias, zero, zero], DType::I32, &out(channels));
        self.op(Op::Cast, vec![Operand::Tensor(sum)], DType::I8, &out(channels))
    }

    fn volume(&mut self) -> TensorId {
        let x = self.any();
        let x = self.reshaped(x, 5);
        let [n, d, h, w, c] = self.shape(x)[..] else { unreachable!() };
        let sides = [d, h, w].map(|len| self.window(len, true));
        let pad = [sides[0].3, sides[1].3, sides[2].3].concat().try_into().unwrap();
        let window = Window3d { pad, stride: sides.map(|side| side.0), dilation: sides.map(|side| side.1) };
        let ([kernel_z, kernel_y, kernel_x], [z, y, x_]) = (sides.map(|side| side.2), sides.map(|side| side.4));
        let channels = self.within(1, 2);
        let (out, zero) = ([n, z, y, x_, channels], Operand::Scalar { dtype: DType::I8, rank: 1, value: 0 });
        let weight = self.given(DType::I8, &[channels, kernel_z, kernel_y, kernel_x, c]);
        let bias = self.given(DType::I32, &[channels]);
        let operands = vec![Operand::Tensor(x), weight, bias, zero, zero];
        let sum = self.op(Op::Conv3d(window), operands, DType::I32, &out);
        self.op(Op::Cast, vec![Operand::Tensor(sum)], DType::I8, &out)
    }

    fn resized(&mut self, x: Operand, [n, h, w, c]: [u32; 4]) -> TensorId {
        let most = if n * h * w * c < MAX { 4 } else { 1 };
        let mut along = |len: u32| loop {
            let scale = [self.within(1, most), self.within(1, 9)];
            let ([numerator, denominator], last) = (scale.map(|part| part as i32), len as i32 - 1);
            let offset = self.within(0, 3 * scale[0]) as i32 - numerator;
            let out = (last * numerator - offset + numerator - 1).div_euclid(denominator);
            if out >= 0 {
                return (scale, offset, out * denominator + offset - last * numerator, out as u32 + 1);
            }
        };
        let (y, z) = (along(h), along(w));
        let (bilinear, out) = (self.within(0, 1) == 0, [n, y.3, z.3, c]);
        let op = Op::Resize(Resize { bilinear, scale: [y.0, z.0], offset: [y.1, z.1], border: [y.2, z.2] });
        if !bilinear {
            return self.op(op, vec![x], DType::I8, &out);
        }
        let sum = self.op(op, vec![x], DType::I32, &out);
        self.op(Op::Cast, vec![Operand::Tensor(sum)], DType::I8, &out)
    }

    fn transposed(&mut self, x: Operand, [n, h, w, c]: [u32; 4]) -> TensorId {
        let mut along = |len: u32| loop {
            let (kernel, stride) = (self.within(1, 4), self.within(1, 5));
            let pad = [0; 2].map(|_| self.within(0, kernel + 1) as i32 + 1 - kernel as i32);
            let out = ((len - 1) * stride + kernel) as i32 + pad[0] + pad[1];
            if out > 0 {
                return (kernel, stride, pad, out as u32);
            }
        };
        let (y, z) = (along(h), along(w));
        let op = Op::TransposeConv2d(Transposed2d { out_pad: [y.2[0], y.2[1], z.2[0], z.2[1]], stride: [y.1, z.1] });
        let channels = self.within(1, 3);
        let (out, zero) = ([n, y.3, z.3, channels], Operand::Scalar { dtype: DType::I8, rank: 1, value: 0 });
        let weight = self.given(DType::I8, &[channels, y.0, z.0, c]);
        let bias = self.given(DType::I32, &[channels]);
        let sum = self.op(op, vec![x, weight, bias, zero, zero], DType::I32, &out);
        self.op(Op::Cast, vec![Operand::Tensor(sum)], DType::I8, &out)
    }

    /// A constant, or what is computed: all of it new or, past a pad, some.
    fn given(&mut self, dtype: DType, dims: &[u32]) -> Operand {
        let (kind, zero) = (self.within(0, 5), Operand::Scalar { dtype, rank: 1, value: 0 });
        let mut inner = dims.to_vec();
        inner[0] -= (kind == 1 && dims[0] > 1) as u32;
        let given = self.constant(dtype, &inner);
        let Operand::Tensor(id) = given else { return given };
        if kind > 1 {
            return given;
        }
        self.graph.tensors[id.0 as usize].source = TensorSource::Input;
        let mut after = [0; MAX_RANK];
        after[0] = dims[0] - inner[0];
        Operand::Tensor(self.op(Op::Pad { before: [0; MAX_RANK], after }, vec![given, zero], dtype, dims))
    }

    fn elementwise(&mut self) -> TensorId {
        let (x, zero) = (self.any(), Operand::Scalar { dtype: DType::I8, rank: 1, value: 0 });
        let x = if self.shape(x).is_empty() { self.reshaped(x, 1) } else { x };
        let dims = self.shape(x);
        let side: Vec<u32> = dims.iter().map(|&dim| if self.within(0, 2) == 0 { 1 } else { dim }).collect();
        // An operand that is broadcast: what is left of the tensor in a corner.
        let corner = Op::Slice { start: [0; MAX_RANK] };
        let small = Operand::Tensor(self.op(corner, vec![Operand::Tensor(x)], DType::I8, &side));
        let x = Operand::Tensor(x);
        let (op, operands) = match self.within(0, 4) {
            0 => (Op::BitwiseXor, vec![x, small]),
            1 => (Op::BitwiseAnd, vec![small, x]),
            2 => (Op::Clamp { min: -3, max: 9 }, vec![x]),
            3 => (Op::Select, vec![self.constant(DType::Bool, &side), small, x]),
            _ => {
                let [scale32, double_round, per_channel, input_unsigned, output_unsigned] = [false; 5];
                let rescale = Rescale { scale32, double_round, per_channel, input_unsigned, output_unsigned };
                let by = Operand::Scalar { dtype: DType::I16, rank: 1, value: 1 };
                (Op::Rescale(rescale), vec![x, by, zero, zero, zero])
            }
        };
        self.op(op, operands, DType::I8, &dims)
    }

    fn moved(&mut self) -> TensorId {
        let x = self.any();
        let (operand, dims) = (Operand::Tensor(x), self.shape(x));
        let axis = self.within(0, dims.len().max(1) as u32 - 1) as usize;
        if dims.is_empty() || dims.len() > MAX_RANK - 1 {
            return self.reshaped(x, 3);
        }
        let mut out = dims.clone();
        match self.within(0, 8) {
            0 => {
                let mut perms: [u8; MAX_RANK] = [0, 1, 2, 3, 4, 5];
                perms[..dims.len()].rotate_left(axis);
                (0..dims.len()).for_each(|at| out[at] = dims[perms[at] as usize]);
                perms[dims.len()..].fill(0);
                self.op(Op::Transpose { perms }, vec![operand], DType::I8, &out)
            }
            1 => {
                let (mut before, mut after) = ([0; MAX_RANK], [0; MAX_RANK]);
                (before[axis], after[0]) = (self.within(0, 2), self.within(0, 2));
                out[axis] += before[axis];
                out[0] += after[0];
                let zero = Operand::Scalar { dtype: DType::I8, rank: 1, value: 0 };
                self.op(Op::Pad { before, after }, vec![operand, zero], DType::I8, &out)
            }
            2 => {
                let mut start = [0; MAX_RANK];
                start[axis] = self.within(0, dims[axis] - 1);
                out[axis] = self.within(1, dims[axis] - start[axis]);
                self.op(Op::Slice { start }, vec![operand], DType::I8, &out)
            }
            3 => {
                let ty = self.graph.tensor(x).ty;
                let same = self.graph.iter().filter(|(_, tensor)| tensor.ty == ty).map(|(id, _)| id);
                let same: Vec<TensorId> = same.collect();
                let other = same[self.within(0, same.len() as u32 - 1) as usize];
                out[axis] *= 2;
                self.op(Op::Concat { axis: axis as u8 }, vec![Operand::Tensor(other), operand], DType::I8, &out)
            }
            4 => self.op(Op::Reverse { axis: axis as u8 }, vec![operand], DType::I8, &out),
            5 if dims.iter().product::<u32>() < MAX => {
                out[axis] *= self.within(1, 3);
                self.op(Op::Tile, vec![operand], DType::I8, &out)
            }
            6 => {
                out[axis] = 1;
                self.op(Op::ReduceMax { axis: axis as u8 }, vec![operand], DType::I8, &out)
            }
            7 => {
                out.remove(axis);
                let at = self.op(Op::ArgMax { axis: axis as u8 }, vec![operand], DType::I32, &out);
                self.op(Op::Cast, vec![Operand::Tensor(at)], DType::I8, &out)
            }
            _ => {
                let rank = self.within(1, 5) as usize;
                self.reshaped(x, rank)
            }
        }
    }

    fn product(&mut self) -> TensorId {
        let x = self.any();
        let at = self.reshaped(x, 3);
        let [n, h, c] = self.shape(at)[..] else { unreachable!() };
        let x = Operand::Tensor(at);
        if self.within(0, 1) == 0 {
            let width = self.within(1, 4);
            let mut indices = self.constant(DType::I32, &[n, width]);
            if self.within(0, 1) == 0 {
                let moved = self.op(Op::Slice { start: [0; MAX_RANK] }, vec![x], DType::I8, &[n, h, 1]);
                let flat = self.op(Op::Reshape, vec![Operand::Tensor(moved)], DType::I8, &[n, h]);
                indices = Operand::Tensor(self.op(Op::Cast, vec![Operand::Tensor(flat)], DType::I32, &[n, h]));
            }
            let Operand::Tensor(id) = indices else { unreachable!() };
            let width = self.shape(id)[1];
            if self.within(0, 1) == 0 {
                return self.op(Op::Gather, vec![x, indices], DType::I8, &[n, width, c]);
            }
            let rows = self.given(DType::I8, &[n, width, c]);
            let is_turned = width == h && self.within(0, 1) == 0;
            let [values, input] = if is_turned { [rows, x] } else { [x, rows] };
            return self.op(Op::Scatter, vec![values, indices, input], DType::I8, &[n, h, c]);
        }
        if n * h * h > MAX {
            return at;
        }
        let turned = self.op(Op::Transpose { perms: [0, 2, 1, 0, 0, 0] }, vec![x], DType::I8, &[n, c, h]);
        let zero = Operand::Scalar { dtype: DType::I8, rank: 1, value: 0 };
        let sum = self.op(Op::MatMul, vec![x, Operand::Tensor(turned), zero, zero], DType::I32, &[n, h, h]);
        self.op(Op::Cast, vec![Operand::Tensor(sum)], DType::I8, &[n, h, h])
    }

    /// What differs, some of it left out as equal, and a route of each op, any that it may take.
    pub fn case(&mut self) -> (Vec<Mask>, Vec<Option<u8>>) {
        let count = self.graph.tensors.len();
        let differs: Vec<bool> = self.graph.tensors.iter().map(|tensor| tensor.node().is_none()).collect();
        let shared: Vec<bool> = (0..count).map(|at| at > 1 && self.within(0, 19) == 0).collect();
        let open = open(&self.graph, &differs, &shared);
        let nodes: Vec<_> = self.graph.tensors.iter().map(|tensor| tensor.node().cloned()).collect();
        let pick = |node: Option<Node>| {
            let routable = routable(&node?, &open);
            (!routable.is_empty()).then(|| routable[self.within(0, routable.len() as u32 - 1) as usize])
        };
        let routes = nodes.into_iter().map(pick).collect();
        (open, routes)
    }

    /// All that could be needed is.
    pub fn work(&self) -> Work {
        Work::new(&self.graph, &vec![true; self.graph.tensors.len()], &vec![false; self.graph.tensors.len()])
    }
}
