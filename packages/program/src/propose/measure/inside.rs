//! What is known of a check's root without computing all of it: where those elements inside are guessed that are nearly always
//! the same, or small weights are taken for nothing.

use std::collections::BTreeMap;

use tequio_attestation::{Operand, TensorId};
use tequio_tensor::{is_dense, is_elementwise};

use super::{
    batch::batch,
    part::{as_if_all, operands, source, weight_zero_point},
    run::{Run, computed},
};
use crate::{
    analysis::{cone::Cone, weighing::Weighing, weights::ONE},
    graph::Graph,
    limits::MAX_PARTS,
};

/// How often, in 1/1000, an element has its most frequent value if that is taken.
const SURE: [u64; 5] = [1_000, 985, 950, 900, 750];
/// Parts of the weights, in tenths, that are taken for nothing: the smallest.
const TENTHS: [usize; 3] = [1, 3, 5];
/// Most shards that are learnt from, and on which it is tried.
const LEARNT: usize = 16;
const TRIED: usize = 4;

/// Guesses inside a check.
pub struct Inside {
    /// What they save of it, in 1/65,536.
    saves: u128,
    /// By element of an item: how often it is wrong, in 1/65,536, rounded up.
    wrong: Vec<u32>,
}

impl Inside {
    /// How often guesses that save all would have to be right to gain as much as these.
    pub fn rates(&self) -> impl Iterator<Item = u32> {
        self.wrong.iter().map(|wrong| as_if_all((ONE as u32).saturating_sub(*wrong), self.saves))
    }

    /// By element of an item, in 1/65,536: what they gain where guesses are priced up to `skip`.
    pub fn gains(&self, skip: u16) -> impl Iterator<Item = u128> {
        let rest = ONE - skip as u128;
        self.wrong.iter().map(move |wrong| self.saves.saturating_sub(*wrong as u128 * ONE / rest))
    }
}

/// Of the tensor in slot `at`, which has items of `item` elements.
pub fn inside(weighing: &Weighing<'_>, at: usize, runs: &[Run], item: usize) -> Vec<Inside> {
    let (graph, cone) = (weighing.graph, &weighing.cones[at]);
    let layers = layers(weighing, cone);
    let work = weighing.work.cone(cone).max(1);
    let ways = (layers.len() + 1) * SURE.len() + TENTHS.len();
    let most = MAX_PARTS / work.saturating_mul((LEARNT + TRIED * ways) as u64 / TRIED as u64);
    let runs = &runs[..runs.len().min(LEARNT)];
    if layers.is_empty() || runs.is_empty() || most == 0 {
        return vec![];
    }
    let exact: Vec<Values> = runs.iter().map(|run| operands(graph, cone, cone.root, run)).collect();
    let tried = runs.len().min(TRIED).min(most as usize);
    let try_with = |saved: u64, instead: &Values, guesses: &Guesses<'_>| -> Option<Inside> {
        let mut wrong = vec![0u64; item];
        for (run, exact) in runs.iter().zip(&exact).take(tried) {
            let truth = &run.values[cone.root.0 as usize];
            for (at, (value, truth)) in
                changed(graph, cone, run, exact, instead, guesses).iter().zip(&**truth).enumerate()
            {
                wrong[at % item] += u64::from(value != truth);
            }
        }
        let all = (tried * graph.tensor(cone.root).ty.shape.elements() as usize / item.max(1)).max(1) as u64;
        let wrong = wrong.into_iter().map(|count| (count << 16).div_ceil(all) as u32).collect();
        let saves = ONE * u128::from(saved.min(work)) / u128::from(work);
        (saves > 0).then_some(Inside { saves, wrong })
    };
    let guesses: Vec<Vec<Guess>> = layers.iter().map(|layer| guesses(weighing, layer, &exact)).collect();
    let mut found = vec![];
    for sure in SURE {
        let places = (0..layers.len()).map(|at| at..at + 1).chain(std::iter::once(0..layers.len()));
        for of in places {
            let mut taken = Guesses::new();
            let is_sure = |guess: &&Guess| guess.right * 1_000 >= guess.all * sure;
            let all = guesses[of].iter().flatten().filter(is_sure);
            all.for_each(|guess| taken.entry(guess.tensor).or_default().push(guess));
            let saved = taken.values().flatten().map(|guess| guess.cost).fold(0, u64::saturating_add);
            if saved > 0 {
                found.extend(try_with(saved, &Values::new(), &taken));
            }
        }
    }
    for tenths in TENTHS {
        let (mut lighter, mut saved) = (Values::new(), 0);
        for &id in &cone.computed {
            if let Some((weights, values, left_out)) = lightened(graph, id, &runs[0], tenths) {
                let cost = u128::from(weighing.work.cost[id.0 as usize]);
                saved += (cost * left_out as u128 / values.len().max(1) as u128) as u64;
                lighter.insert(weights, values);
            }
        }
        if saved > 0 {
            found.extend(try_with(saved, &lighter, &BTreeMap::new()));
        }
    }
    found
}

/// A dense op's weights with the smallest of them taken for nothing, and how many counted for something and no longer do.
/// `None` of other ops, and if weights are computed.
fn lightened(graph: &Graph, id: TensorId, run: &Run, tenths: usize) -> Option<(TensorId, Vec<i64>, usize)> {
    let node = graph.tensor(id).node().filter(|node| is_dense(&node.op))?;
    let Operand::Tensor(weights) = node.operands[1] else { return None };
    graph.tensor(weights).constant()?;
    let (zero, mut values) = (weight_zero_point(graph, node), run.values[weights.0 as usize].to_vec());
    let mut sizes: Vec<u64> = values.iter().map(|weight| weight.abs_diff(zero)).collect();
    sizes.sort_unstable();
    let least = *sizes.get(sizes.len() * tenths / 10)?;
    let counts = |weight: &&mut i64| **weight != zero && weight.abs_diff(zero) < least;
    let left_out = values.iter_mut().filter(counts).map(|weight| *weight = zero).count();
    Some((weights, values, left_out))
}

type Values = BTreeMap<TensorId, Vec<i64>>;
type Guesses<'a> = BTreeMap<TensorId, Vec<&'a Guess>>;

/// A dense op's elementwise tail in a cone, the root's own left out.
struct Layer {
    tail: TensorId,
    /// Of one element.
    cost: u64,
}

fn layers(weighing: &Weighing<'_>, cone: &Cone) -> Vec<Layer> {
    let graph = weighing.graph;
    let own = source(weighing, cone);
    let mut layers: BTreeMap<TensorId, u64> = BTreeMap::new();
    let dense = |id: &&TensorId| graph.tensor(**id).node().is_some_and(|node| is_dense(&node.op));
    for &id in cone.computed.iter().filter(dense).filter(|id| Some(**id) != own && **id != cone.root) {
        let (mut tail, mut cost) = (id, weighing.work.each[id.0 as usize]);
        while let Some(next) = only_reader(graph, cone, tail) {
            let tensor = graph.tensor(next);
            let follows = tensor.node().is_some_and(|node| is_elementwise(&node.op));
            if next == cone.root || !follows || tensor.ty.shape != graph.tensor(tail).ty.shape {
                break;
            }
            (tail, cost) = (next, cost + weighing.work.each[next.0 as usize]);
        }
        *layers.entry(tail).or_default() += cost;
    }
    layers.into_iter().map(|(tail, cost)| Layer { tail, cost }).collect()
}

/// The tensor of the cone that alone reads this one.
fn only_reader(graph: &Graph, cone: &Cone, read: TensorId) -> Option<TensorId> {
    let reads =
        |id: &&TensorId| graph.tensor(**id).node().is_some_and(|node| node.operands.contains(&Operand::Tensor(read)));
    let mut readers = cone.computed.iter().filter(reads);
    readers.next().filter(|_| readers.next().is_none()).copied()
}

/// An element of an item and its most frequent value.
struct Guess {
    tensor: TensorId,
    element: usize,
    /// Elements of an item.
    item: usize,
    value: i64,
    /// How often it has that value, of how many times.
    right: u64,
    all: u64,
    /// Of that element in all items.
    cost: u64,
}

fn guesses(weighing: &Weighing<'_>, layer: &Layer, exact: &[Values]) -> Vec<Guess> {
    let id = layer.tail;
    let elements = weighing.graph.tensor(id).ty.shape.elements() as usize;
    let batch = batch(weighing, id.0 as usize);
    let item = elements / batch;
    let of_element = |element: usize| {
        let mut values = BTreeMap::<i64, u64>::new();
        let all =
            exact.iter().filter_map(|exact| exact.get(&id)).flat_map(|all| all.iter().skip(element).step_by(item));
        all.for_each(|value| *values.entry(*value).or_default() += 1);
        let (value, right) = values.into_iter().max_by_key(|(_, count)| *count).unwrap_or_default();
        let all = (exact.len() * batch) as u64;
        Guess { tensor: id, element, item, value, right, all, cost: layer.cost.saturating_mul(batch as u64) }
    };
    (0..item).map(of_element).collect()
}

/// The root if `instead` is taken for some constants, some elements are guessed, and everything else is computed.
fn changed(graph: &Graph, cone: &Cone, run: &Run, exact: &Values, instead: &Values, guesses: &Guesses<'_>) -> Vec<i64> {
    let mut values = instead.clone();
    for &id in cone.computed.iter().rev() {
        let tensor = graph.tensor(id);
        let Some(node) = tensor.node() else { continue };
        let reads = |operand: &Operand| matches!(operand, Operand::Tensor(read) if values.contains_key(read));
        let is_changed = node.operands.iter().any(reads);
        let guessed = guesses.get(&id);
        if !is_changed && guessed.is_none() {
            continue;
        }
        let known = |read: TensorId| {
            let found = values.get(&read).or_else(|| exact.get(&read));
            found.map_or(&run.values[read.0 as usize][..], Vec::as_slice)
        };
        let mut value = match exact.get(&id) {
            Some(value) if !is_changed => value.clone(),
            _ => computed(graph, tensor, known),
        };
        for guess in guessed.into_iter().flatten() {
            value.iter_mut().skip(guess.element).step_by(guess.item).for_each(|value| *value = guess.value);
        }
        values.insert(id, value);
    }
    values.remove(&cone.root).unwrap_or_else(|| run.values[cone.root.0 as usize].to_vec())
}
