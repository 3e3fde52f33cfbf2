//! What a part of an element's multiply-accumulates says of it.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tequio_attestation::{Node, Operand, TensorId};
use tequio_tensor::{Elements, Op, evaluate, is_dense, is_elementwise};

use super::run::{Run, computed};
use crate::{
    analysis::{cone::Cone, weighing::Weighing, weights::ONE},
    graph::Graph,
    limits::MAX_PARTS,
    values::Values,
};

/// Parts that are tried, in tenths.
const TENTHS: [usize; 2] = [1, 3];
/// Most shards on which it is tried.
const SHARDS: usize = 16;
/// Most intervals into which a channel's partial sums are sorted, and least sums in each.
const BINS: usize = 16;
const SUMS: usize = 64;

/// Guesses of a tensor's elements from partial sums. Elements of a channel whose sums lie in one bin are a class, and are
/// guessed alike.
pub struct Part {
    /// What a guess saves of an element, in 1/65,536.
    saves: u128,
    bins: usize,
    channels: usize,
    /// By class, in 1/65,536, rounded up: how often its best guess is right; as one that saves all of the element would have
    /// to be to gain as much.
    rates: Vec<u32>,
    /// By element of an item and bin: how often its sum lay there, and how often the guess was wrong.
    seen: Vec<[u32; 2]>,
}

impl Part {
    pub fn rates(&self) -> &[u32] {
        &self.rates
    }

    /// By element of an item, in 1/65,536: what guessing it gains where guesses are priced up to `skip`, in those classes
    /// that are right most often, as many as gain most.
    pub fn gains(&self, skip: u16) -> Vec<u128> {
        let loss = (ONE * ONE / (ONE - skip as u128)) as i128;
        let by_rate = |rates: &[u32]| {
            let mut order: Vec<usize> = (0..rates.len()).filter(|bin| rates[*bin] > skip.into()).collect();
            order.sort_by_key(|bin| Reverse(rates[*bin]));
            order
        };
        let orders: Vec<Vec<usize>> = self.rates.chunks(self.bins).map(by_rate).collect();
        let of_element = |(element, seen): (usize, &[[u32; 2]])| {
            let (mut gain, mut most) = (0, 0);
            for bin in &orders[element % self.channels] {
                let [all, wrong] = seen[*bin].map(i128::from);
                gain += all * self.saves as i128 - wrong * loss;
                most = most.max(gain);
            }
            (most as u128).div_ceil(seen.iter().map(|[all, _]| *all as u128).sum::<u128>().max(1))
        };
        self.seen.chunks(self.bins).enumerate().map(of_element).collect()
    }
}

/// What a class is guessed to be.
#[derive(Clone, Copy)]
enum Guess {
    Value(i64),
    /// What is most frequent at the position.
    Mode,
    /// The element before in the channel.
    Before,
}

/// Of the tensor in slot `at`, which has items of `item` elements of which `modes` are the most frequent values.
pub fn parts(weighing: &Weighing<'_>, at: usize, runs: &[Run], item: usize, modes: &[i64]) -> Vec<Part> {
    let (graph, cone) = (weighing.graph, &weighing.cones[at]);
    let Some(dense) = source(weighing, cone) else { return vec![] };
    let Some(node) = graph.tensor(dense).node() else { return vec![] };
    let work = weighing.work.cone(cone).saturating_mul(1 + TENTHS.len() as u64).max(1);
    let runs = &runs[..runs.len().min(SHARDS).min((MAX_PARTS / work) as usize)];
    let channels = graph.tensor(dense).ty.shape.dims().last().map_or(1, |last| *last as usize);
    let elements = graph.tensor(dense).ty.shape.elements() as usize;
    let bins = (runs.len() * elements / channels / SUMS).min(BINS);
    if bins < 2 || !item.is_multiple_of(channels) {
        return vec![];
    }
    let terms = Terms::of(graph, node);
    let mut sums = vec![vec![]; TENTHS.len()];
    for run in runs {
        let known = operands(graph, cone, dense, run);
        let values = |id: TensorId| known.get(&id).map_or(&run.values[id.0 as usize][..], Vec::as_slice);
        for (sums, tenths) in sums.iter_mut().zip(TENTHS) {
            sums.extend(terms.partial(graph, dense, node, terms.kept(tenths), values));
        }
    }
    let truth: Vec<i64> = runs.iter().flat_map(|run| run.values[cone.root.0 as usize].iter().copied()).collect();
    let part = |(sums, tenths): (Vec<i64>, usize)| {
        let saves = ONE - ONE * terms.kept(tenths) as u128 / terms.count.max(1) as u128;
        let truth = Truth { values: &truth, modes, item, channels };
        let classes = classes(&sums, channels, bins);
        let best = truth.best(&classes, channels * bins);
        let mut seen = vec![[0; 2]; item * bins];
        for (at, class) in classes.into_iter().enumerate() {
            let [all, wrong] = &mut seen[at % item * bins + class % bins];
            *all += 1;
            *wrong += u32::from(!truth.is_right(best[class].0, at));
        }
        let rates = best.into_iter().map(|(_, right)| as_if_all(right, saves)).collect();
        Part { saves, bins, channels, rates, seen }
    };
    sums.into_iter().zip(TENTHS).map(part).filter(|part| part.saves > 0).collect()
}

/// `1 − (1 − right) / saves`, at least 0.
pub fn as_if_all(right: u32, saves: u128) -> u32 {
    (ONE - ((ONE - right as u128) * ONE / saves.max(1)).min(ONE)) as u32
}

/// The dense op that the cone's root follows from element by element, the most costly one.
pub fn source(weighing: &Weighing<'_>, cone: &Cone) -> Option<TensorId> {
    let graph = weighing.graph;
    let mut reached = BTreeSet::from([cone.root]);
    for &id in &cone.computed {
        let tensor = graph.tensor(id);
        let Some(node) = tensor.node().filter(|_| reached.contains(&id)) else { continue };
        if !is_elementwise(&node.op) && !matches!(node.op, Op::Reshape | Op::Identity) {
            continue;
        }
        let (shape, moved) = (tensor.ty.shape, node.op == Op::Reshape);
        for operand in &node.operands {
            let Operand::Tensor(read) = operand else { continue };
            if moved || graph.tensor(*read).ty.shape == shape {
                reached.insert(*read);
            }
        }
    }
    let is_source =
        |id: &&TensorId| reached.contains(id) && graph.tensor(**id).node().is_some_and(|node| is_dense(&node.op));
    cone.computed.iter().filter(is_source).max_by_key(|id| weighing.work.cost[id.0 as usize]).copied()
}

/// The virtual tensors of a cone that one of them is computed from.
pub fn operands(graph: &Graph, cone: &Cone, of: TensorId, run: &Run) -> BTreeMap<TensorId, Vec<i64>> {
    let mut needed = BTreeSet::from([of]);
    for &id in &cone.computed {
        let Some(node) = graph.tensor(id).node().filter(|_| needed.contains(&id)) else { continue };
        needed.extend(node.operands.iter().filter_map(|operand| match operand {
            Operand::Tensor(read) => Some(*read),
            Operand::Scalar { .. } => None,
        }));
    }
    let mut known: BTreeMap<TensorId, Vec<i64>> = BTreeMap::new();
    for &id in cone.computed.iter().rev().filter(|id| **id != of && needed.contains(id)) {
        let values = |id: TensorId| known.get(&id).map_or(&run.values[id.0 as usize][..], Vec::as_slice);
        let value = computed(graph, graph.tensor(id), values);
        known.insert(id, value);
    }
    known
}

/// The zero point of a dense op's second operand.
pub fn weight_zero_point(graph: &Graph, node: &Node) -> i64 {
    let at = if node.op == Op::MatMul { 3 } else { 4 };
    node.operands.get(at).map_or(0, |operand| Values::of(graph, operand).get(0))
}

/// What an element of a dense op's output sums: products with each of so many elements of its second operand.
struct Terms {
    count: usize,
    /// Elements of the second operand from one term of an output to the next.
    step: usize,
    zero_point: i64,
    /// Whether the second operand is known, so that the terms with the largest weights can be chosen.
    is_known: bool,
}

impl Terms {
    fn of(graph: &Graph, node: &Node) -> Self {
        let shape = graph.operand_type(&node.operands[1]).shape;
        let dims = |axes: core::ops::Range<usize>| axes.map(|axis| shape.dim(axis) as usize).product();
        let (count, step) = match node.op {
            Op::Conv2d(_) | Op::TransposeConv2d(_) => (dims(1..4), 1),
            Op::Conv3d(_) => (dims(1..5), 1),
            Op::DepthwiseConv2d(_) => (dims(0..2), dims(2..4)),
            _ => (dims(1..2), dims(2..3)),
        };
        Self { count, step, zero_point: weight_zero_point(graph, node), is_known: graph.is_constant(&node.operands[1]) }
    }

    fn kept(&self, tenths: usize) -> usize {
        (self.count * tenths).div_ceil(10)
    }

    /// The sums of the `kept` terms with the largest weights, or of the first ones.
    fn partial<'a>(
        &self,
        graph: &Graph,
        id: TensorId,
        node: &Node,
        kept: usize,
        values: impl Fn(TensorId) -> &'a [i64],
    ) -> Vec<i64> {
        let weights = match &node.operands[1] {
            Operand::Tensor(id) => self.largest(values(*id), kept),
            Operand::Scalar { value, .. } => vec![*value],
        };
        let operand = |(at, operand): (usize, &Operand)| match *operand {
            _ if at == 1 => Elements::All(&weights),
            Operand::Tensor(id) => Elements::All(values(id)),
            Operand::Scalar { value, .. } => Elements::Scalar(value),
        };
        let operands: Vec<Elements<'_>> = node.operands.iter().enumerate().map(operand).collect();
        evaluate(&node.op, &graph.operand_types(node), &graph.tensor(id).ty, &operands).collect()
    }

    /// The second operand with all but the `kept` terms of each output made to count nothing.
    fn largest(&self, values: &[i64], kept: usize) -> Vec<i64> {
        let mut left = vec![self.zero_point; values.len()];
        let block = self.count * self.step;
        for first in (0..values.len()).step_by(block.max(1)) {
            for output in 0..self.step.min(values.len() - first) {
                let mut terms: Vec<usize> = (0..self.count)
                    .map(|term| first + output + term * self.step)
                    .filter(|at| *at < values.len())
                    .collect();
                if self.is_known {
                    terms.sort_by_key(|at| Reverse(values[*at].abs_diff(self.zero_point)));
                }
                terms.iter().take(kept).for_each(|at| left[*at] = values[*at]);
            }
        }
        left
    }
}

/// The class of each sum, channel × bins + bin: a channel's sums sorted into bins of equal size.
fn classes(sums: &[i64], channels: usize, bins: usize) -> Vec<usize> {
    let bounds = |channel: usize| -> Vec<i64> {
        let mut of_channel: Vec<i64> = sums[channel..].iter().step_by(channels).copied().collect();
        of_channel.sort_unstable();
        (1..bins).map(|bin| of_channel[of_channel.len() * bin / bins]).collect()
    };
    let bounds: Vec<Vec<i64>> = (0..channels).map(bounds).collect();
    let class = |(at, sum): (usize, &i64)| {
        let channel = at % channels;
        channel * bins + bounds[channel].partition_point(|bound| bound <= sum)
    };
    sums.iter().enumerate().map(class).collect()
}

/// What is guessed, items one after the other.
struct Truth<'a> {
    values: &'a [i64],
    modes: &'a [i64],
    item: usize,
    channels: usize,
}

impl Truth<'_> {
    fn is_right(&self, guess: Guess, at: usize) -> bool {
        match guess {
            Guess::Value(value) => value == self.values[at],
            Guess::Mode => self.modes[at % self.item] == self.values[at],
            Guess::Before => at % self.item >= self.channels && self.values[at - self.channels] == self.values[at],
        }
    }

    /// By class its best guess, and how often that is right, in 1/65,536, rounded up.
    fn best(&self, classes: &[usize], count: usize) -> Vec<(Guess, u32)> {
        let mut values = vec![BTreeMap::<i64, u64>::new(); count];
        let mut right = vec![[0u64; 3]; count];
        for (at, class) in classes.iter().enumerate() {
            *values[*class].entry(self.values[at]).or_default() += 1;
            let [all, mode, before] = &mut right[*class];
            *all += 1;
            *mode += u64::from(self.is_right(Guess::Mode, at));
            *before += u64::from(self.is_right(Guess::Before, at));
        }
        let best = |(values, [all, mode, before]): (BTreeMap<i64, u64>, [u64; 3])| {
            let (value, most) = values.into_iter().max_by_key(|(_, count)| *count).unwrap_or_default();
            let guesses = [(most, Guess::Value(value)), (mode, Guess::Mode), (before, Guess::Before)];
            let (most, guess) = guesses.into_iter().max_by_key(|(count, _)| *count).unwrap_or(guesses[0]);
            (guess, (most << 16).div_ceil(all.max(1)) as u32)
        };
        values.into_iter().zip(right).map(best).collect()
    }
}
