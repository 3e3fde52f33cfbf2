//! Recomputing one element: recursively through virtual tensors down to leaves.
//!
//! Checking and opening run this same walk. The checker's [`Supply`] takes what is needed from the opening, in the order
//! in which it is first needed; the opener's writes it there.

use std::{
    cell::{OnceCell, Ref, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use tequio_tensor::{DType, Read, Rows, Type, dot, eval};

use crate::{
    Descriptor, Digest, Layout, Malformed, Node, Operand, Scope, Source, Statement, TensorId, memo::Memo, table::Table,
};

/// Most virtual tensors between a drawn element and a leaf.
pub const MAX_DEPTH: u8 = 128;
/// Most elements read for one draw.
pub const MAX_READS: u32 = 1 << 22;
/// Most virtual elements computed for one draw: each is kept, so that reading it again takes no time.
pub const MAX_KEPT: usize = 1 << 16;

/// Where descriptors and leaves come from, each asked for once.
pub(crate) trait Supply {
    fn descriptor(&mut self, id: TensorId) -> Result<Descriptor, Malformed>;
    /// The payload of a leaf, `len` bytes long.
    fn leaf(&mut self, key: LeafKey, tensor: &Descriptor, len: usize) -> Result<Rc<[u8]>, Malformed>;
}

/// A leaf that was read. Leaves of constants and of inputs of job scope have shard 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LeafKey {
    pub tensor: TensorId,
    pub shard: u64,
    pub leaf: u32,
}

/// A tensor whose descriptor has been seen.
pub(crate) struct Known {
    pub id: TensorId,
    pub descriptor: Descriptor,
    inputs: OnceCell<Inputs>,
    /// The leaf read last: its shard, first element, element count and payload.
    last: RefCell<(u64, u32, u32, Rc<[u8]>)>,
    /// All leaves of a shard that were read, the last shard that was.
    leaves: RefCell<(u64, Table<Rc<[u8]>>)>,
    /// Values of a virtual tensor's elements, for the draw at hand.
    memo: RefCell<Memo>,
}

/// Elements side by side, as leaves hold them: their bytes, which may go on behind them, and how many they are.
struct Run<'a> {
    bytes: Ref<'a, [u8]>,
    count: u32,
    dtype: DType,
}

impl Known {
    /// The shard under which its leaves are known, one being opened.
    #[inline(always)]
    fn shard(&self, opened: u64) -> u64 {
        match self.descriptor.source {
            Source::Constant { .. } | Source::Input { scope: Scope::Job, .. } => 0,
            _ => opened,
        }
    }

    /// Elements that need no supply, from `index` on.
    #[inline(always)]
    fn at_hand(&self, opened: u64, index: u32) -> Option<Run<'_>> {
        match self.descriptor.source {
            Source::Virtual { .. } => self.computed(index),
            _ => self.of_leaf(self.shard(opened), index),
        }
    }

    /// Those of the leaf read last.
    #[inline(always)]
    fn of_leaf(&self, shard: u64, index: u32) -> Option<Run<'_>> {
        let (last, dtype) = (self.last.borrow(), self.descriptor.ty.dtype);
        let (of, first, count, _) = *last;
        let at = index.wrapping_sub(first);
        if of != shard || at >= count {
            return None;
        }
        let from = (at as usize).wrapping_mul(dtype.bytes());
        let bytes = Ref::map(last, |(.., payload)| payload.get(from..).unwrap_or_default());
        Some(Run { bytes, count: count.wrapping_sub(at), dtype })
    }

    /// Those of a virtual tensor that were computed.
    #[inline(always)]
    fn computed(&self, index: u32) -> Option<Run<'_>> {
        let mut count = 0;
        let bytes = Ref::map(self.memo.borrow(), |memo| {
            let bytes;
            (bytes, count) = memo.run(index);
            bytes
        });
        (count > 0).then_some(Run { bytes, count, dtype: self.descriptor.ty.dtype })
    }
}

impl Run<'_> {
    fn first(&self) -> i64 {
        self.dtype.read(&self.bytes)
    }

    /// How many elements of a row they are, and if they are `len`, how many such rows. No branches: on a chain one costs as
    /// much as 14 other instructions.
    #[inline(always)]
    fn holds(&self, rows: &Rows, len: u32) -> [u32; 2] {
        let steps = self.count.div_ceil(rows.step.max(1));
        let behind = self.count.wrapping_sub(rows.step.wrapping_mul(len.wrapping_sub(1)));
        [steps, if steps < len { 1 } else { behind.div_ceil(rows.row.max(1)) }]
    }
}

/// The operands of a tensor's op.
struct Inputs {
    types: Vec<Type>,
    values: Vec<Input>,
}

enum Input {
    Tensor(Rc<Known>),
    Scalar(i64),
}

pub(crate) struct Evaluator<S> {
    pub supply: S,
    pub known: BTreeMap<TensorId, Rc<Known>>,
    pub leaves: BTreeMap<LeafKey, Rc<[u8]>>,
    /// Virtual elements computed and elements read for the draw at hand.
    kept: usize,
    reads: u32,
    shard: u64,
    /// Of [`Table`]s.
    key: u32,
    /// Leaves that were looked for.
    #[cfg(test)]
    found: u32,
}

impl<S: Supply> Evaluator<S> {
    /// For a statement; what is found does not depend on it.
    pub fn new(supply: S, statement: &Statement) -> Self {
        let word = |digest: &Digest| digest.0.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
        // Neither is known to who writes a program.
        let key = word(&statement.seed) ^ word(&statement.root);
        Self {
            supply,
            known: BTreeMap::new(),
            leaves: BTreeMap::new(),
            kept: 0,
            reads: 0,
            shard: 0,
            key,
            #[cfg(test)]
            found: 0,
        }
    }

    /// The tensor `id`, its descriptor supplied if it is new.
    pub fn tensor(&mut self, id: TensorId) -> Result<Rc<Known>, Malformed> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let descriptor = self.supply.descriptor(id)?;
        let last = RefCell::new((0, 0, 0, Rc::default()));
        let leaves = RefCell::new((0, Table::new(self.key)));
        let memo = RefCell::new(Memo::new(descriptor.ty.dtype, self.key));
        let known = Rc::new(Known { id, descriptor, inputs: OnceCell::new(), last, leaves, memo });
        self.known.insert(id, known.clone());
        Ok(known)
    }

    /// What `shard` claims of an element of a committed tensor, and what follows from what it reads.
    pub fn claimed_and_computed(&mut self, tensor: &Known, shard: u64, index: u32) -> Result<(i64, i64), Malformed> {
        (self.shard, self.reads, self.kept) = (shard, 0, 0);
        // With its memory: draws on other tensors are not to add theirs to it.
        self.known.values().for_each(|known| known.memo.borrow_mut().clear());
        let claimed = self.element(tensor, index, 0)?;
        let computed = self.compute(tensor, index, 0)?;
        Ok((claimed, computed))
    }

    fn compute(&mut self, tensor: &Known, index: u32, depth: u8) -> Result<i64, Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed::Limit);
        }
        let node = tensor.descriptor.node().ok_or(Malformed::Uncomputed { tensor: tensor.id.0 })?;
        let inputs = match tensor.inputs.get() {
            Some(inputs) => inputs,
            None => {
                let inputs = self.inputs(tensor, node)?;
                tensor.inputs.get_or_init(|| inputs)
            }
        };
        let mut reading = Reading { evaluator: self, inputs, depth };
        eval(&node.op, &inputs.types, &tensor.descriptor.ty, index, &mut reading)
    }

    fn inputs(&mut self, tensor: &Known, node: &Node) -> Result<Inputs, Malformed> {
        let mut inputs = Inputs { types: Vec::new(), values: Vec::new() };
        for operand in &node.operands {
            let (ty, value) = match *operand {
                Operand::Scalar { dtype, rank, value } => (Operand::scalar_type(dtype, rank), Input::Scalar(value)),
                Operand::Tensor(id) => {
                    let operand = self.tensor(id)?;
                    (operand.descriptor.ty, Input::Tensor(operand))
                }
            };
            inputs.types.push(ty);
            inputs.values.push(value);
        }
        tequio_tensor::check(&node.op, &inputs.types, &tensor.descriptor.ty).map_err(Malformed::Op)?;
        Ok(inputs)
    }

    /// An element that is not at hand.
    #[inline(never)]
    fn fetch(&mut self, tensor: &Known, index: u32, depth: u8) -> Result<i64, Malformed> {
        let layout = match tensor.descriptor.source {
            Source::Virtual { .. } => {
                let value = self.compute(tensor, index, depth)?;
                if self.kept == MAX_KEPT {
                    return Err(Malformed::Limit);
                }
                self.kept = self.kept.wrapping_add(1);
                tensor.memo.borrow_mut().insert(index, value);
                return Ok(value);
            }
            Source::Constant { layout, .. } | Source::Input { layout, .. } | Source::Committed { layout, .. } => layout,
        };
        self.find_leaf(tensor, layout, tensor.shard(self.shard), index)
    }

    #[inline(always)]
    fn element(&mut self, tensor: &Known, index: u32, depth: u8) -> Result<i64, Malformed> {
        match tensor.at_hand(self.shard, index) {
            Some(run) => Ok(run.first()),
            None => self.fetch(tensor, index, depth),
        }
    }

    /// Makes the leaf that holds the element the one read last, and reads it.
    #[inline(never)]
    fn find_leaf(&mut self, tensor: &Known, layout: Layout, shard: u64, index: u32) -> Result<i64, Malformed> {
        let ty = &tensor.descriptor.ty;
        if index >= ty.shape.elements() {
            return Err(Malformed::Index { tensor: tensor.id.0, index });
        }
        #[cfg(test)]
        {
            self.found += 1;
        }
        let (leaf, first, count) = layout.around(ty, index);
        let mut known = tensor.leaves.borrow_mut();
        if known.0 != shard {
            *known = (shard, Table::new(self.key));
        }
        let payload = match known.1.get(leaf) {
            Some(payload) => payload.clone(),
            None => {
                let payload = self.leaf(LeafKey { tensor: tensor.id, shard, leaf }, tensor, layout)?;
                known.1.entry(leaf, || payload.clone());
                payload
            }
        };
        let value = payload.get(ty.dtype.bytes().wrapping_mul(index.wrapping_sub(first) as usize)..);
        let value = ty.dtype.read(value.unwrap_or_default());
        tensor.last.replace((shard, first, count, payload));
        Ok(value)
    }

    #[inline(never)]
    fn leaf(&mut self, key: LeafKey, tensor: &Known, layout: Layout) -> Result<Rc<[u8]>, Malformed> {
        if let Some(payload) = self.leaves.get(&key) {
            return Ok(payload.clone());
        }
        let len = layout.payload_len(&tensor.descriptor.ty, key.leaf);
        let payload = self.supply.leaf(key, &tensor.descriptor, len)?;
        self.leaves.insert(key, payload.clone());
        Ok(payload)
    }
}

struct Reading<'e, S> {
    evaluator: &'e mut Evaluator<S>,
    inputs: &'e Inputs,
    depth: u8,
}

impl<S: Supply> Reading<'_, S> {
    /// Elements of an operand that need no supply, from its first on.
    #[inline(always)]
    fn at_hand(&self, rows: &Rows) -> Option<Run<'_>> {
        let Some(Input::Tensor(tensor)) = self.inputs.values.get(rows.operand) else { return None };
        tensor.at_hand(self.evaluator.shard, rows.start)
    }

    fn count(&mut self, reads: u32) -> Result<(), Malformed> {
        self.evaluator.reads = self.evaluator.reads.saturating_add(reads);
        if self.evaluator.reads > MAX_READS { Err(Malformed::Limit) } else { Ok(()) }
    }

    #[inline(always)]
    fn element(&mut self, operand: usize, index: u32) -> Result<i64, Malformed> {
        match self.inputs.values.get(operand) {
            Some(Input::Tensor(tensor)) => self.evaluator.element(tensor, index, self.depth.wrapping_add(1)),
            Some(Input::Scalar(value)) => Ok(*value),
            None => Err(Malformed::Operands { count: operand }),
        }
    }

    /// Products of what is at hand: of whole rows of `len`, up to `rows` of them, or of some elements of the first, and how
    /// many of either they are.
    #[inline(always)]
    fn products(&self, a: &Rows, b: &Rows, [rows, len]: [u32; 2]) -> Option<(i64, [u32; 2])> {
        let (of_a, of_b) = (self.at_hand(a)?, self.at_hand(b)?);
        // The next of them lies elsewhere.
        if a.step >= of_a.count || b.step >= of_b.count {
            let x = of_a.first().wrapping_sub(a.zero_point);
            return Some((x.wrapping_mul(of_b.first().wrapping_sub(b.zero_point)), [1, 1]));
        }
        let ([len_a, rows_a], [len_b, rows_b]) = (of_a.holds(a, len), of_b.holds(b, len));
        let size = [rows.min(rows_a).min(rows_b), len.min(len_a).min(len_b)];
        Some((dot((a, of_a.dtype, &of_a.bytes), (b, of_b.dtype, &of_b.bytes), size), size))
    }

    /// The first product of a row of `len`, and what of it must be computed for that and for those that follow.
    #[inline(never)]
    fn product(&mut self, a: &Rows, b: &Rows, len: u32) -> Result<i64, Malformed> {
        let x = self.element(a.operand, a.start)?;
        // What is computed stays at hand, so it can be computed ahead: as long as the other needs no supply, which is to come
        // in the order of one read after the other.
        if let Some(Input::Tensor(tensor)) = self.inputs.values.get(a.operand)
            && let Source::Virtual { .. } = tensor.descriptor.source
        {
            let supplied = self.at_hand(b).map_or(0, |run| run.holds(b, len)[0].min(len));
            let mut next = a.start;
            for _ in 1..supplied {
                next = next.wrapping_add(a.step);
                if tensor.computed(next).is_some() {
                    break;
                }
                self.evaluator.fetch(tensor, next, self.depth.wrapping_add(1))?;
            }
        }
        let y = self.element(b.operand, b.start)?;
        Ok(x.wrapping_sub(a.zero_point).wrapping_mul(y.wrapping_sub(b.zero_point)))
    }
}

impl<S: Supply> Read for Reading<'_, S> {
    type Error = Malformed;

    /// Whatever is needed for the first time is supplied in the order of one read after the other. What is at hand then takes
    /// no more than a few steps an element.
    fn dot(&mut self, mut a: Rows, mut b: Rows, [mut rows, len]: [u32; 2]) -> Result<i64, Malformed> {
        self.count(rows.saturating_mul(len).saturating_mul(2))?;
        // Of the first of the rows that are left, `done` elements are in it.
        let (mut sum, mut done) = (0i64, 0u32);
        while rows > 0 && done < len {
            let (left, x, y) = (len.wrapping_sub(done), a.skip(done), b.skip(done));
            let (more, [whole, some]) = match self.products(&x, &y, [if done == 0 { rows } else { 1 }, left]) {
                Some(products) => products,
                None => (self.product(&x, &y, left)?, [1, 1]),
            };
            sum = sum.wrapping_add(more);
            if some < left {
                done = done.wrapping_add(some);
            } else {
                (a, b, rows, done) = (a.skip_rows(whole), b.skip_rows(whole), rows.wrapping_sub(whole), 0);
            }
        }
        Ok(sum)
    }

    // `eval` calls this in many places: one copy of it keeps the contract small.
    #[inline(never)]
    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Malformed> {
        self.count(1)?;
        self.element(operand, index)
    }
}

#[cfg(test)]
mod tests;
