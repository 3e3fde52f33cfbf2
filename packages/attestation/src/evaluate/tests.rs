//! What is at hand is read many elements at once: values, and the order in which anything is first needed, stay those of one
//! read after the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use proptest::prelude::*;
use tequio_tensor::{DType, Op, Read, Rescale, Transposed2d, Type, Window2d, Window3d, eval};

use super::{Evaluator, LeafKey, Supply};
use crate::{
    Descriptor, Digest, Layout, Malformed, Node, Operand, ProgramId, Scope, Source, Statement, Subject, TensorId,
    Terms, commit::payload,
};

/// Small random numbers from a seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn within(&mut self, least: u32, most: u32) -> u32 {
        least + (self.next() % u64::from(most - least + 1)) as u32
    }
}

/// Anything that was supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Supplied {
    Tensor(TensorId),
    Leaf(LeafKey),
}

/// A program's tensors, with the bytes of those that have leaves.
#[derive(Default)]
struct Program {
    tensors: Vec<(Descriptor, Vec<u8>)>,
}

impl Program {
    fn push(&mut self, ty: Type, source: Source) -> Operand {
        self.tensors.push((Descriptor { ty, source }, vec![]));
        Operand::Tensor(TensorId(self.tensors.len() as u32 - 1))
    }

    /// A constant, or an input.
    fn given(&mut self, numbers: &mut Numbers, dtype: DType, dims: &[u32], is_input: bool) -> Operand {
        let ty = Type::new(dtype, dims).unwrap();
        let elements = ty.shape.elements();
        let rows: Vec<u32> = (1..=elements).filter(|row| elements.is_multiple_of(*row)).collect();
        let row = rows[numbers.next() as usize % rows.len()];
        let layout = Layout::new(numbers.within(6, 8) as u8, row, &ty).unwrap();
        let operand = if is_input {
            self.push(ty, Source::Input { layout, scope: Scope::Shard })
        } else {
            self.push(ty, Source::Constant { layout, root: Digest::default() })
        };
        let bytes = (0..elements).flat_map(|_| dtype.write(dtype.wrap(numbers.next() as i64)));
        self.tensors.last_mut().unwrap().1 = bytes.collect();
        operand
    }

    /// A shard's input is another's with its number added to each byte.
    fn bytes(&self, id: TensorId, shard: u64) -> Vec<u8> {
        self.tensors[id.0 as usize].1.iter().map(|byte| byte.wrapping_add(shard as u8)).collect()
    }

    fn ty(&self, operand: &Operand) -> Type {
        match *operand {
            Operand::Tensor(id) => self.tensors[id.0 as usize].0.ty,
            Operand::Scalar { dtype, rank, .. } => Operand::scalar_type(dtype, rank),
        }
    }

    fn op(&mut self, op: Op, operands: Vec<Operand>, dtype: DType, dims: &[u32]) -> Operand {
        let ty = Type::new(dtype, dims).unwrap();
        let types: Vec<Type> = operands.iter().map(|operand| self.ty(operand)).collect();
        tequio_tensor::check(&op, &types, &ty).unwrap();
        self.push(ty, Source::Virtual { node: Node { op, operands } })
    }
}

fn scalar(dtype: DType, value: i64) -> Operand {
    Operand::Scalar { dtype, rank: 1, value }
}

/// A layer over `x`, which has four axes: its sums, scaled back to what `x` is. `None` where it has no room for one.
fn layer(p: &mut Program, n: &mut Numbers, x: Operand) -> Option<Operand> {
    let ty = p.ty(&x);
    let [batch, height, width, channels] = *ty.shape.dims() else { return None };
    let wide = if ty.dtype == DType::I16 { DType::I48 } else { DType::I32 };
    let zero = if ty.dtype == DType::I8 { i64::from(n.within(0, 9)) - 4 } else { 0 };
    let kind = n.within(0, 3);
    if kind == 3 {
        let other = p.given(n, ty.dtype, &[batch, height, width, channels], false);
        let sum = [x, other].map(|of| match ty.dtype {
            DType::I16 => p.op(Op::Cast, vec![of], DType::I32, &[batch, height, width, channels]),
            _ => scaled(p, of, DType::I32, 0),
        });
        let sum = p.op(Op::Add, sum.to_vec(), DType::I32, &[batch, height, width, channels]);
        return Some(scaled(p, sum, ty.dtype, 0));
    }
    let kernel = [n.within(1, 4), n.within(1, 4)];
    let [stride, dilation] = [[n.within(1, 2), n.within(1, 2)], [n.within(1, 2), n.within(1, 2)]];
    let before = kernel.map(|taps| n.within(0, taps - 1));
    // What is left of the stride is padding behind.
    let sides = [0, 1].map(|axis| {
        let span = (kernel[axis] - 1) * dilation[axis] + 1;
        let len = [height, width][axis] + before[axis];
        let behind =
            (0..span).find(|behind| len + behind >= span && (len + behind - span).is_multiple_of(stride[axis]))?;
        Some((behind, (len + behind - span) / stride[axis] + 1))
    });
    let [Some((below, rows)), Some((right, columns))] = sides else { return None };
    let window = Window2d { pad: [before[0], below, before[1], right], stride, dilation };
    let (weight_dims, out, op) = if kind == 0 {
        let each = n.within(1, 2);
        let weights = [kernel[0], kernel[1], channels, each];
        (weights, channels * each, Op::DepthwiseConv2d(window))
    } else {
        let filters = n.within(1, 5);
        ([filters, kernel[0], kernel[1], channels], filters, Op::Conv2d(window))
    };
    let weight = p.given(n, DType::I8, &weight_dims, false);
    let bias = p.given(n, wide, &[out], false);
    let operands = vec![x, weight, bias, scalar(ty.dtype, zero), scalar(DType::I8, 0)];
    let sums = p.op(op, operands, wide, &[batch, rows, columns, out]);
    Some(scaled(p, sums, ty.dtype, 6))
}

fn scaled(p: &mut Program, x: Operand, to: DType, shift: i64) -> Operand {
    let ty = p.ty(&x);
    let scale32 = ty.dtype != DType::I48;
    let rescale =
        Rescale { scale32, double_round: false, per_channel: false, input_unsigned: false, output_unsigned: false };
    let (multiplier, unit) = if scale32 { (DType::I32, 30) } else { (DType::I16, 14) };
    let operands =
        vec![x, scalar(multiplier, 1 << unit), scalar(DType::I8, unit + shift), scalar(ty.dtype, 0), scalar(to, 0)];
    p.op(Op::Rescale(rescale), operands, to, ty.shape.dims())
}

/// Supplies a program's tensors and leaves, and writes down which.
struct Log<'p> {
    program: &'p Program,
    order: Vec<Supplied>,
}

impl Supply for Log<'_> {
    fn descriptor(&mut self, id: TensorId) -> Result<Descriptor, Malformed> {
        self.order.push(Supplied::Tensor(id));
        Ok(self.program.tensors[id.0 as usize].0.clone())
    }

    fn leaf(&mut self, key: LeafKey, tensor: &Descriptor, len: usize) -> Result<Rc<[u8]>, Malformed> {
        self.order.push(Supplied::Leaf(key));
        let bytes = self.program.bytes(key.tensor, key.shard);
        let payload = payload(&tensor.ty, tensor.layout().unwrap(), &bytes, key.leaf);
        assert_eq!(payload.len(), len);
        Ok(payload.into())
    }
}

/// The same by one read after the other.
struct OneByOne<'p> {
    program: &'p Program,
    seen: BTreeSet<Supplied>,
    order: Vec<Supplied>,
    computed: BTreeMap<(TensorId, u32), i64>,
    reads: u32,
    shard: u64,
}

impl OneByOne<'_> {
    fn need(&mut self, supplied: Supplied) {
        if self.seen.insert(supplied) {
            self.order.push(supplied);
        }
    }

    fn element(&mut self, id: TensorId, index: u32) -> i64 {
        let descriptor = &self.program.tensors[id.0 as usize].0;
        let ty = descriptor.ty;
        if let Some(layout) = descriptor.layout() {
            let shard = if matches!(descriptor.source, Source::Constant { .. }) { 0 } else { self.shard };
            self.need(Supplied::Leaf(LeafKey { tensor: id, shard, leaf: layout.place(&ty, index).leaf }));
            return ty.dtype.read(&self.program.bytes(id, shard)[index as usize * ty.dtype.bytes()..]);
        }
        if let Some(value) = self.computed.get(&(id, index)) {
            return *value;
        }
        let node = descriptor.node().unwrap();
        for operand in &node.operands {
            if let Operand::Tensor(id) = operand {
                self.need(Supplied::Tensor(*id));
            }
        }
        let types: Vec<Type> = node.operands.iter().map(|operand| self.program.ty(operand)).collect();
        let Ok(value) = eval(&node.op, &types, &ty, index, &mut Operands { of: self, node });
        self.computed.insert((id, index), value);
        value
    }
}

struct Operands<'a, 'p> {
    of: &'a mut OneByOne<'p>,
    node: &'a Node,
}

impl Read for Operands<'_, '_> {
    type Error = core::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        self.of.reads += 1;
        Ok(match self.node.operands[operand] {
            Operand::Tensor(id) => self.of.element(id, index),
            Operand::Scalar { value, .. } => value,
        })
    }
}

/// An operand: a constant, an input, or what one of them is passed through.
fn operand(p: &mut Program, n: &mut Numbers, dtype: DType, dims: &[u32]) -> Operand {
    let is_input = n.within(0, 1) == 0;
    let given = p.given(n, dtype, dims, is_input);
    match n.within(0, 4) {
        0 => p.op(Op::Identity, vec![given], dtype, dims),
        1 if dtype != DType::I4 && dtype != DType::I48 => {
            let axis = n.within(0, dims.len() as u32 - 1) as u8;
            p.op(Op::Reverse { axis }, vec![given], dtype, dims)
        }
        _ => given,
    }
}

fn zero_point(p: &mut Program, n: &mut Numbers, dtype: DType) -> Operand {
    match n.within(0, 3) {
        0 => p.given(n, dtype, &[1], false),
        _ => scalar(dtype, dtype.wrap(n.next() as i64)),
    }
}

/// Padding, stride and dilation along an axis, and how long the output is.
fn windows(n: &mut Numbers, len: u32, kernel: u32) -> ([u32; 2], u32, u32, u32) {
    let (stride, dilation) = (n.within(1, 3), n.within(1, 4));
    let span = (kernel - 1) * dilation + 1;
    let before = n.within(0, span + 1);
    let fits = |behind: &u32| {
        let padded = len + before + behind;
        padded >= span && (padded - span).is_multiple_of(stride)
    };
    let behind = (n.within(0, span + 1)..).find(fits).unwrap();
    ([before, behind], stride, dilation, (len + before + behind - span) / stride + 1)
}

/// A sum of products of operands of all kinds. `None` where its output would have no elements.
fn products(p: &mut Program, n: &mut Numbers) -> Option<Operand> {
    let (dtype, sums) = if n.within(0, 3) == 0 { (DType::I16, DType::I48) } else { (DType::I8, DType::I32) };
    let weights = if dtype == DType::I8 && n.within(0, 2) == 0 { DType::I4 } else { DType::I8 };
    let kind = n.within(0, 4);
    if kind == 0 {
        let [batch, height, inner, width] = [n.within(1, 2), n.within(1, 12), n.within(1, 150), n.within(1, 9)];
        let (a, b, dims) = if n.within(0, 2) == 0 {
            let square = operand(p, n, dtype, &[batch, inner / 4 + 1, inner / 4 + 1]);
            (square, square, [batch, inner / 4 + 1, inner / 4 + 1])
        } else {
            let a = operand(p, n, dtype, &[batch, height, inner]);
            (a, operand(p, n, dtype, &[batch, inner, width]), [batch, height, width])
        };
        let zeros = [zero_point(p, n, dtype), zero_point(p, n, dtype)];
        return Some(p.op(Op::MatMul, vec![a, b, zeros[0], zeros[1]], sums, &dims));
    }
    let [batch, depth, height, width] = [n.within(1, 2), n.within(1, 5), n.within(1, 9), n.within(1, 9)];
    let [deep, tall, wide] = [n.within(1, 3), n.within(1, 5), n.within(1, 5)];
    let (channels, filters) = (n.within(1, 20), n.within(1, 4));
    let [z, y, x] = [(depth, deep), (height, tall), (width, wide)].map(|(len, kernel)| windows(n, len, kernel));
    let window = Window2d { pad: [y.0[0], y.0[1], x.0[0], x.0[1]], stride: [y.1, x.1], dilation: [y.2, x.2] };
    let (op, input, kernel, out) = match kind {
        1 => {
            let out = [batch, y.3, x.3, channels * filters];
            (Op::DepthwiseConv2d(window), vec![height, width], vec![tall, wide, channels, filters], out.to_vec())
        }
        2 => {
            let out = [batch, y.3, x.3, filters];
            (Op::Conv2d(window), vec![height, width], vec![filters, tall, wide, channels], out.to_vec())
        }
        3 => {
            let window = Window3d {
                pad: [z.0[0], z.0[1], y.0[0], y.0[1], x.0[0], x.0[1]],
                stride: [z.1, y.1, x.1],
                dilation: [z.2, y.2, x.2],
            };
            let out = [batch, z.3, y.3, x.3, filters];
            (Op::Conv3d(window), vec![depth, height, width], vec![filters, deep, tall, wide, channels], out.to_vec())
        }
        _ => {
            let out_pad = [tall, tall, wide, wide].map(|taps| n.within(0, taps + 2) as i32 - (taps as i32 - 1));
            let side = |len: u32, stride: u32, taps: u32, pad: &[i32]| {
                u32::try_from(((len - 1) * stride + taps) as i32 + pad[0] + pad[1]).ok().filter(|len| *len > 0)
            };
            let rows = side(height, y.1, tall, &out_pad[..2])?;
            let columns = side(width, x.1, wide, &out_pad[2..])?;
            let op = Op::TransposeConv2d(Transposed2d { out_pad, stride: [y.1, x.1] });
            (op, vec![height, width], vec![filters, tall, wide, channels], vec![batch, rows, columns, filters])
        }
    };
    let input = operand(p, n, dtype, &[&[batch], &input[..], &[channels]].concat());
    let weight = operand(p, n, weights, &kernel);
    let biases = if n.within(0, 1) == 0 { 1 } else { *out.last().unwrap() };
    let bias = operand(p, n, sums, &[biases]);
    let zeros = [zero_point(p, n, dtype), zero_point(p, n, weights)];
    Some(p.op(op, vec![input, weight, bias, zeros[0], zeros[1]], sums, &out))
}

fn statement(n: &mut Numbers) -> Statement {
    let subject = Subject {
        program_id: ProgramId(Digest::default()),
        input_root: Digest::default(),
        first_shard: 0,
        count: 1,
        draws: 1,
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    };
    Statement { subject, root: Digest::default(), seed: Digest([n.next() as u8; 32]) }
}

/// Some elements of a tensor, each as a draw is.
fn compare(program: &Program, n: &mut Numbers, of: Operand) -> Result<(), TestCaseError> {
    let Operand::Tensor(last) = of else { unreachable!() };
    let elements = program.tensors[last.0 as usize].0.ty.shape.elements();
    let mut evaluator = Evaluator::new(Log { program, order: vec![] }, &statement(n));
    let (seen, order, computed) = (BTreeSet::new(), vec![], BTreeMap::new());
    let mut other = OneByOne { program, seen, order, computed, reads: 0, shard: 0 };
    for _ in 0..4 {
        let (index, shard) = (n.within(0, elements - 1), n.within(0, 1).into());
        let tensor = evaluator.tensor(last).unwrap();
        (evaluator.reads, evaluator.kept, evaluator.found, evaluator.shard) = (0, 0, 0, shard);
        evaluator.known.values().for_each(|known| known.memo.borrow_mut().clear());
        let value = evaluator.compute(&tensor, index, 0).unwrap();
        other.need(Supplied::Tensor(last));
        (other.reads, other.computed, other.shard) = (0, BTreeMap::new(), shard);
        prop_assert_eq!(value, other.element(last, index));
        prop_assert_eq!(&evaluator.supply.order, &other.order);
        prop_assert_eq!(evaluator.reads, other.reads);
        // The last of them is what was asked for.
        prop_assert_eq!(evaluator.kept + 1, other.computed.len());
        // Work is bounded by reads.
        prop_assert!(evaluator.found <= evaluator.reads, "{} leaves for {} reads", evaluator.found, evaluator.reads);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn layers_over_one_another(seed: u64) {
        let mut n = Numbers(seed);
        let mut program = Program::default();
        let dtype = if n.within(0, 3) == 0 { DType::I16 } else { DType::I8 };
        let dims = [1, n.within(3, 9), n.within(3, 9), n.within(1, 20)];
        let mut x = program.given(&mut n, dtype, &dims, true);
        for _ in 0..n.within(1, 3) {
            x = layer(&mut program, &mut n, x).unwrap_or(x);
        }
        let Operand::Tensor(last) = x else { unreachable!() };
        prop_assume!(program.tensors[last.0 as usize].0.node().is_some());
        compare(&program, &mut n, x)?;
    }

    #[test]
    fn sums_of_all_kinds_of_products(seed: u64) {
        let mut n = Numbers(seed);
        let mut program = Program::default();
        let sums = products(&mut program, &mut n);
        prop_assume!(sums.is_some());
        let mut sums = sums.unwrap();
        let ty = program.ty(&sums);
        if ty.dtype == DType::I32 && n.within(0, 2) > 0 {
            let axis = n.within(0, ty.shape.rank() as u32 - 1) as u8;
            let mut dims = ty.shape.dims().to_vec();
            dims[usize::from(axis)] = 1;
            sums = program.op(Op::ReduceSum { axis }, vec![sums], DType::I32, &dims);
        }
        compare(&program, &mut n, sums)?;
    }
}
