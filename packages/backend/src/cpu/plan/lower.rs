//! From elementwise operators to the lanes of a chain.

use tequio_attestation::{Node, Operand};
use tequio_tensor::{DType, Op, Rescale, Shape, Type, constant_operands};

use super::{fuse::Fusion, graph::Graph};
use crate::cpu::{
    buffers::Home,
    kernel::{
        chain::{Act, Chain, From, Load, Pin, stride_of},
        lanes::{Binary, Lane, Reg, Short, Unary},
        scale::{LANES, Scale},
    },
};

/// Whether a tensor can be computed in lanes of int32.
pub fn fits(graph: &Graph, tensor: usize) -> bool {
    let Some(node) = graph.node(tensor).filter(|_| graph.origin[tensor] == tensor) else { return false };
    let narrow = |ty: Type| ty.dtype != DType::I48;
    let to = graph.ty(tensor).dtype;
    let special = matches!(node.op, Op::Rescale(_) | Op::Clamp { .. } | Op::Negate | Op::Table | Op::Mul | Op::Select);
    (special || unary(&node.op, to).is_some() || binary(&node.op, to.bits()).is_some())
        && narrow(*graph.ty(tensor))
        && node.operands.iter().all(|operand| narrow(graph.operand_type(operand)))
        && constant_operands(&node.op).iter().all(|&at| graph.constant(&node.operands[at]).is_some())
}

/// The chain that ends in the standing tensor `root`. `stride` is the lanes of a row of its contraction if it has one.
pub fn chain(graph: &Graph, fusion: &Fusion, homes: &[Home], root: usize, stride: Option<usize>) -> Chain {
    let ty = graph.ty(root);
    let width = ty.shape.dims().last().copied().unwrap_or(1) as usize;
    let mut lower = Lower {
        graph,
        fusion,
        homes,
        stride: stride.unwrap_or_else(|| stride_of(width)),
        by_row: stride.is_some(),
        pins: Vec::new(),
        acts: Vec::new(),
    };
    let result = lower.computed(root);
    // Without anything that depends on rows, all elements are one.
    let (width, stride) = if lower.by_row { (width, lower.stride) } else { (LANES, LANES) };
    let (steps, registers, result) = allocate(lower.pins.len(), lower.acts, result);
    Chain { steps, pins: lower.pins, registers, result, dtype: ty.dtype, width, stride }
}

struct Lower<'a> {
    graph: &'a Graph<'a>,
    fusion: &'a Fusion,
    homes: &'a [Home],
    stride: usize,
    by_row: bool,
    pins: Vec<Pin>,
    acts: Vec<Act>,
}

impl Lower<'_> {
    fn act(&mut self, act: Act) -> Reg {
        self.acts.push(act);
        Reg::At(self.acts.len() - 1)
    }

    fn lane(&mut self, lane: Lane) -> Reg {
        self.act(Act::Lane(lane))
    }

    fn pin(&mut self, pin: Pin) -> Reg {
        self.pins.push(pin);
        Reg::Pin(self.pins.len() - 1)
    }

    /// The lanes of an operand of an operator whose output has the shape `to`.
    fn operand(&mut self, operand: &Operand, to: &Shape) -> Reg {
        let ty = self.graph.operand_type(operand);
        if ty.shape.elements() == 1
            && let Some(value) = self.graph.constant(operand)
        {
            return self.pin(Pin::Value(value[0] as i32));
        }
        let Some(origin) = self.graph.operand_origin(operand) else { unreachable!("a scalar is constant") };
        if !self.fusion.stands[origin] {
            return self.computed(origin);
        }
        let (home, dtype) = (self.homes[origin], ty.dtype);
        if ty.shape == *to {
            return self.act(Act::Load(Load { home, dtype, from: From::Same }));
        }
        self.by_row = true;
        let (starts, single) = row_starts(&ty.shape, to);
        if let Some(row) = self.graph.constant(operand).filter(|_| !single && starts.iter().all(|&start| start == 0)) {
            return self.pin(Pin::Row(row.into_iter().map(|value| value as i32).collect()));
        }
        self.act(Act::Load(Load { home, dtype, from: From::Rows { starts, single } }))
    }

    /// The lanes of a tensor that this chain computes.
    fn computed(&mut self, tensor: usize) -> Reg {
        if self.fusion.head[tensor] == Some(tensor) {
            return Reg::Head;
        }
        let Some(node) = self.graph.node(tensor) else { unreachable!("only computed tensors are fused") };
        let ty = self.graph.ty(tensor);
        match node.op {
            Op::Rescale(attributes) => self.rescale(node, &attributes, ty),
            Op::Clamp { min, max } => self.clamp(node, min, max, ty),
            Op::Negate => {
                let a = self.operand(&node.operands[0], &ty.shape);
                let [first, second] = [1, 2].map(|at| self.scalar(node, at) as i32);
                let (min, max) = (ty.dtype.min() as i32, ty.dtype.max() as i32);
                self.lane(Lane::Unary(Unary::Negate(first, second, min, max), a))
            }
            Op::Table => {
                let a = self.operand(&node.operands[0], &ty.shape);
                let table = self.constant(node, 1).into_iter().map(|entry| entry as i32).collect::<Vec<_>>();
                match <[i32; 256]>::try_from(table) {
                    Ok(table) => self.lane(Lane::Table(Box::new(table), a)),
                    Err(table) => self.lane(Lane::Interpolate(table, a)),
                }
            }
            Op::Mul => {
                let [a, b] = [0, 1].map(|at| self.operand(&node.operands[at], &ty.shape));
                let wide = self.graph.operand_type(&node.operands[0]).dtype == DType::I32;
                match self.scalar(node, 2).clamp(0, 63) as u32 {
                    shift @ 1.. if wide => self.lane(Lane::MulShift(shift, a, b)),
                    _ => self.lane(Lane::Binary(Binary::Mul, a, b)),
                }
            }
            Op::Select => {
                let [condition, a, b] = [0, 1, 2].map(|at| self.operand(&node.operands[at], &ty.shape));
                self.lane(Lane::Select(condition, a, b))
            }
            _ => self.plain(node, ty),
        }
    }

    /// Operators without attributes.
    fn plain(&mut self, node: &Node, ty: &Type) -> Reg {
        let bits = self.graph.operand_type(&node.operands[0]).dtype.bits();
        let a = self.operand(&node.operands[0], &ty.shape);
        if let Some(unary) = unary(&node.op, ty.dtype) {
            return self.lane(Lane::Unary(unary, a));
        }
        let b = self.operand(&node.operands[1], &ty.shape);
        let Some(binary) = binary(&node.op, bits) else { unreachable!("checked by `fits`") };
        self.lane(Lane::Binary(binary, a, b))
    }

    fn rescale(&mut self, node: &Node, attributes: &Rescale, ty: &Type) -> Reg {
        let input = self.graph.operand_type(&node.operands[0]).dtype;
        let mut a = self.operand(&node.operands[0], &ty.shape);
        let [multiplier, shift] = [1, 2].map(|at| self.constant(node, at));
        let (mut zero_in, mut zero_out) = (self.scalar(node, 3), self.scalar(node, 4));
        let (mut min, mut max) = (ty.dtype.min() as i32, ty.dtype.max() as i32);
        self.by_row |= attributes.per_channel && multiplier.len() > 1;
        if attributes.input_unsigned {
            zero_in = input.zero_extend(zero_in);
            a = self.lane(Lane::Unary(Unary::Mask(input.unsigned_max() as i32), a));
        }
        if attributes.output_unsigned {
            zero_out = ty.dtype.zero_extend(zero_out);
            (min, max) = (0, ty.dtype.unsigned_max() as i32);
        }
        let zero_out = zero_out as i32;
        let scaled = if attributes.scale32 {
            let scale = Scale::new(attributes, &multiplier, &shift, self.stride);
            self.lane(Lane::Scale(Box::new(Scale { zero_in: zero_in as i32, zero_out, min, max, ..scale }), a))
        } else {
            let shift = shift.into_iter().map(|shift| shift.clamp(2, 62)).collect();
            self.lane(Lane::ScaleShort(Box::new(Short { zero_in, zero_out, min, max, multiplier, shift }), a))
        };
        if attributes.output_unsigned { self.lane(Lane::Unary(Unary::Wrap(ty.dtype.bits()), scaled)) } else { scaled }
    }

    /// A clamp of what was just scaled narrows the scale's own bounds.
    fn clamp(&mut self, node: &Node, min: i64, max: i64, ty: &Type) -> Reg {
        let a = self.operand(&node.operands[0], &ty.shape);
        let (min, max) = (min as i32, max as i32);
        if (min as i64, max as i64) == (ty.dtype.min(), ty.dtype.max()) {
            return a;
        }
        if Reg::At(self.acts.len().wrapping_sub(1)) == a
            && let Some(Act::Lane(Lane::Scale(scale, _))) = self.acts.last_mut()
        {
            (scale.min, scale.max) = (scale.min.clamp(min, max), scale.max.clamp(min, max));
            return a;
        }
        self.lane(Lane::Unary(Unary::Clamp(min, max), a))
    }

    fn constant(&self, node: &Node, at: usize) -> Vec<i64> {
        self.graph.constant(&node.operands[at]).unwrap_or_else(|| unreachable!("checked by `fits`"))
    }

    fn scalar(&self, node: &Node, at: usize) -> i64 {
        self.constant(node, at)[0]
    }
}

fn unary(op: &Op, to: DType) -> Option<Unary> {
    Some(match op {
        Op::Abs => Unary::Abs,
        Op::Clz => Unary::Clz,
        Op::BitwiseNot => Unary::Xor(-1),
        Op::LogicalNot => Unary::Xor(1),
        Op::Cast if to == DType::Bool => Unary::NotZero,
        Op::Cast => Unary::Wrap(to.bits()),
        _ => return None,
    })
}

fn binary(op: &Op, bits: u32) -> Option<Binary> {
    Some(match op {
        Op::Add => Binary::Add,
        Op::Sub => Binary::Sub,
        Op::IntDiv => Binary::IntDiv,
        Op::Maximum => Binary::Maximum,
        Op::Minimum => Binary::Minimum,
        Op::ArithmeticRightShift { round: false } => Binary::ShiftRight(bits),
        Op::ArithmeticRightShift { round: true } => Binary::ShiftRightRound(bits),
        Op::LogicalLeftShift => Binary::ShiftLeft(bits),
        Op::LogicalRightShift => Binary::ShiftRightLogical(bits),
        Op::BitwiseAnd | Op::LogicalAnd => Binary::And,
        Op::BitwiseOr | Op::LogicalOr => Binary::Or,
        Op::BitwiseXor | Op::LogicalXor => Binary::Xor,
        Op::Equal => Binary::Equal,
        Op::Greater => Binary::Greater,
        Op::GreaterEqual => Binary::GreaterEqual,
        _ => return None,
    })
}

/// For each row of `to` the element of `from` at its start, and whether it serves the whole row.
fn row_starts(from: &Shape, to: &Shape) -> (Vec<u32>, bool) {
    let last = to.rank().saturating_sub(1);
    let rows = to.elements() / to.dim(last);
    let start = |row: u32| {
        let mut at = to.coords(row * to.dim(last));
        for (axis, at) in at.iter_mut().enumerate() {
            *at = if from.dim(axis) == 1 { 0 } else { *at };
        }
        from.index(&at)
    };
    ((0..rows).map(start).collect(), from.dim(last) == 1)
}

type Allocated = (Vec<(usize, Act)>, usize, Reg);

/// Gives acts registers behind those of the `pinned`, used again once nothing reads them, so that few tiles stay in
/// cache.
fn allocate(pinned: usize, acts: Vec<Act>, mut result: Reg) -> Allocated {
    let mut last: Vec<usize> = (0..acts.len()).collect();
    for (at, act) in acts.iter().enumerate() {
        let reads = if let Act::Lane(lane) = act { lane.reads() } else { [None; 3] };
        reads.into_iter().flatten().for_each(|reg| {
            if let Reg::At(read) = reg {
                last[read] = at
            }
        });
    }
    if let Reg::At(read) = result {
        last[read] = acts.len();
    }
    let mut busy: Vec<usize> = Vec::new();
    let mut places: Vec<usize> = Vec::with_capacity(acts.len());
    let mut steps = Vec::with_capacity(acts.len());
    let place = |places: &[usize], reg: &mut Reg| {
        if let Reg::At(read) = reg {
            *read = places[*read];
        }
    };
    for (at, mut act) in acts.into_iter().enumerate() {
        if let Act::Lane(lane) = &mut act {
            lane.reads_mut().into_iter().flatten().for_each(|reg| place(&places, reg));
        }
        let free = busy.iter().position(|&until| until < at).unwrap_or_else(|| {
            busy.push(0);
            busy.len() - 1
        });
        busy[free] = last[at];
        places.push(pinned + free);
        steps.push((pinned + free, act));
    }
    place(&places, &mut result);
    (steps, pinned + busy.len(), result)
}
