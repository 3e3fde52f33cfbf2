//! Recomputing one element: recursively through virtual tensors down to leaves.
//!
//! Checking and opening run this same walk. The checker's [`Supply`] takes what is needed from the opening, in the order
//! in which it is first needed; the opener's writes it there.

use std::{
    cell::{OnceCell, Ref, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use tequio_tensor::{DType, Line, Read, Type, eval};

use crate::{Descriptor, Layout, Malformed, Node, Operand, Scope, Source, TensorId, memo::Memo};

/// Most virtual tensors between a drawn element and a leaf.
pub const MAX_DEPTH: u8 = 128;
/// Most elements read for one draw.
pub const MAX_READS: u32 = 1 << 22;
/// Most virtual elements computed for one draw: each is kept, so that reading it again takes no time.
pub const MAX_KEPT: usize = 1 << 17;

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
    /// Values of a virtual tensor's elements, for the draw at hand.
    memo: RefCell<Memo>,
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
}

impl<S: Supply> Evaluator<S> {
    pub fn new(supply: S) -> Self {
        Self { supply, known: BTreeMap::new(), leaves: BTreeMap::new(), kept: 0, reads: 0, shard: 0 }
    }

    /// The tensor `id`, its descriptor supplied if it is new.
    pub fn tensor(&mut self, id: TensorId) -> Result<Rc<Known>, Malformed> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let descriptor = self.supply.descriptor(id)?;
        let last = RefCell::new((0, 0, 0, Rc::default()));
        let known = Rc::new(Known { id, descriptor, inputs: OnceCell::new(), last, memo: RefCell::default() });
        self.known.insert(id, known.clone());
        Ok(known)
    }

    /// What `shard` claims of an element of a committed tensor, and what follows from what it reads.
    pub fn claimed_and_computed(
        &mut self,
        tensor: &Known,
        layout: Layout,
        shard: u64,
        index: u32,
    ) -> Result<(i64, i64), Malformed> {
        (self.shard, self.reads, self.kept) = (shard, 0, 0);
        // With its memory: draws on other tensors are not to add theirs to it.
        self.known.values().for_each(|known| _ = known.memo.take());
        let claimed = self.leaf_value(tensor, layout, shard, index)?;
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

    fn value(&mut self, tensor: &Known, index: u32, depth: u8) -> Result<i64, Malformed> {
        match tensor.descriptor.source {
            Source::Virtual { .. } => {
                if let Some(value) = tensor.memo.borrow().get(index) {
                    return Ok(value);
                }
                let value = self.compute(tensor, index, depth)?;
                if self.kept == MAX_KEPT {
                    return Err(Malformed::Limit);
                }
                self.kept += 1;
                tensor.memo.borrow_mut().insert(index, value);
                Ok(value)
            }
            Source::Constant { layout, .. } => self.leaf_value(tensor, layout, 0, index),
            Source::Input { layout, scope: Scope::Job } => self.leaf_value(tensor, layout, 0, index),
            Source::Input { layout, .. } | Source::Committed { layout, .. } => {
                self.leaf_value(tensor, layout, self.shard, index)
            }
        }
    }

    fn leaf_value(&mut self, tensor: &Known, layout: Layout, shard: u64, index: u32) -> Result<i64, Malformed> {
        let ty = &tensor.descriptor.ty;
        let is_last = {
            let (last_shard, first, count, _) = *tensor.last.borrow();
            last_shard == shard && index.wrapping_sub(first) < count
        };
        if !is_last {
            self.find_leaf(tensor, layout, shard, index)?;
        }
        let (_, first, _, payload) = &*tensor.last.borrow();
        Ok(ty.dtype.read(&payload[(index - first) as usize * ty.dtype.bytes()..]))
    }

    /// Makes the leaf that holds the element the one read last.
    #[inline(never)]
    fn find_leaf(&mut self, tensor: &Known, layout: Layout, shard: u64, index: u32) -> Result<(), Malformed> {
        let ty = &tensor.descriptor.ty;
        if index >= ty.shape.elements() {
            return Err(Malformed::Index { tensor: tensor.id.0, index });
        }
        let leaf = layout.place(ty, index).leaf;
        let key = LeafKey { tensor: tensor.id, shard, leaf };
        let payload = match self.leaves.get(&key) {
            Some(payload) => payload.clone(),
            None => {
                let payload = self.supply.leaf(key, &tensor.descriptor, layout.payload_len(ty, leaf))?;
                self.leaves.insert(key, payload.clone());
                payload
            }
        };
        let (first, count) = layout.span(ty, leaf);
        tensor.last.replace((shard, first, count, payload));
        Ok(())
    }
}

/// Elements of a tensor that need no supply: those that were computed, or of the leaf read last.
enum Hand<'a> {
    Computed(Ref<'a, Memo>),
    Leaf { first: u32, count: u32, payload: Rc<[u8]>, dtype: DType },
}

impl Hand<'_> {
    fn get(&self, index: u32) -> Option<i64> {
        match self {
            Self::Computed(memo) => memo.get(index),
            Self::Leaf { first, count, payload, dtype } => {
                let at = index.wrapping_sub(*first);
                if at >= *count {
                    return None;
                }
                match dtype {
                    DType::I8 => payload.get(at as usize).map(|byte| i64::from(*byte as i8)),
                    _ => payload.get(at as usize * dtype.bytes()..).map(|bytes| dtype.read(bytes)),
                }
            }
        }
    }
}

struct Reading<'e, S> {
    evaluator: &'e mut Evaluator<S>,
    inputs: &'e Inputs,
    depth: u8,
}

impl<S: Supply> Reading<'_, S> {
    fn hand(&self, operand: usize) -> Option<Hand<'_>> {
        let Some(Input::Tensor(tensor)) = self.inputs.values.get(operand) else { return None };
        let shard = match tensor.descriptor.source {
            Source::Virtual { .. } => return Some(Hand::Computed(tensor.memo.borrow())),
            Source::Constant { .. } | Source::Input { scope: Scope::Job, .. } => 0,
            Source::Input { .. } | Source::Committed { .. } => self.evaluator.shard,
        };
        let (of, first, count, payload) = &*tensor.last.borrow();
        let dtype = tensor.descriptor.ty.dtype;
        (*of == shard).then(|| Hand::Leaf { first: *first, count: *count, payload: payload.clone(), dtype })
    }

    /// The sum as long as both are at hand, and of how many; the lines begin behind it then.
    #[inline(never)]
    fn at_hand(&mut self, a: &mut Line, b: &mut Line, len: u32) -> (i64, u32) {
        let (Some(of_a), Some(of_b)) = (self.hand(a.operand), self.hand(b.operand)) else { return (0, 0) };
        let most = len.min((MAX_READS - self.evaluator.reads) / 2);
        let (mut sum, mut steps) = (0i64, 0);
        while steps < most {
            let (Some(x), Some(y)) = (of_a.get(a.start), of_b.get(b.start)) else { break };
            sum = sum.wrapping_add(x.wrapping_sub(a.zero_point).wrapping_mul(y.wrapping_sub(b.zero_point)));
            (a.start, b.start, steps) = (a.start.wrapping_add(a.step), b.start.wrapping_add(b.step), steps + 1);
        }
        drop((of_a, of_b));
        self.evaluator.reads += 2 * steps;
        (sum, steps)
    }
}

impl<S: Supply> Read for Reading<'_, S> {
    type Error = Malformed;

    /// Whatever is needed for the first time is supplied in the order of one read after the other. What is at hand then takes
    /// no more than a few steps an element.
    fn dot(&mut self, mut a: Line, mut b: Line, mut len: u32) -> Result<i64, Malformed> {
        let mut sum = 0i64;
        while len > 0 {
            let x = self.read(a.operand, a.start)?.wrapping_sub(a.zero_point);
            let y = self.read(b.operand, b.start)?.wrapping_sub(b.zero_point);
            sum = sum.wrapping_add(x.wrapping_mul(y));
            (a.start, b.start, len) = (a.start.wrapping_add(a.step), b.start.wrapping_add(b.step), len - 1);
            let (more, steps) = self.at_hand(&mut a, &mut b, len);
            (sum, len) = (sum.wrapping_add(more), len - steps);
        }
        Ok(sum)
    }

    // `eval` calls this in many places: one copy of it keeps the contract small.
    #[inline(never)]
    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Malformed> {
        self.evaluator.reads += 1;
        if self.evaluator.reads > MAX_READS {
            return Err(Malformed::Limit);
        }
        match self.inputs.values.get(operand) {
            Some(Input::Tensor(tensor)) => self.evaluator.value(tensor, index, self.depth + 1),
            Some(Input::Scalar(value)) => Ok(*value),
            None => Err(Malformed::Operands { count: operand }),
        }
    }
}
