//! What guessing elements inside a check says of its root: of layers that are not committed, those that are nearly always
//! the same.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tequio_attestation::{Operand, TensorId};
use tequio_tensor::{is_dense, is_elementwise};

use super::{
    guess::batch,
    part::{as_if_all, operands, source},
    run::{Run, computed},
};
use crate::{
    analysis::{cone::Cone, weighing::Weighing, weights::ONE},
    graph::Graph,
    limits::MAX_PARTS,
};

/// Shares of a check's work that are tried, in tenths.
const TENTHS: [u64; 3] = [1, 3, 6];
/// Most shards on which it is tried.
const SHARDS: usize = 8;

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
    let most = MAX_PARTS / work.saturating_mul(1 + TENTHS.len() as u64);
    let runs = &runs[..runs.len().min(SHARDS).min(most as usize)];
    if layers.is_empty() || runs.is_empty() {
        return vec![];
    }
    let exact: Vec<Values> = runs.iter().map(|run| operands(graph, cone, cone.root, run)).collect();
    let mut guesses: Vec<Guess> = layers.iter().flat_map(|layer| guesses(weighing, layer, &exact)).collect();
    guesses.sort_by_key(|guess| Reverse(guess.right));
    let mut tried = vec![];
    let (mut taken, mut saved) = (BTreeMap::<TensorId, Vec<Guess>>::new(), 0u64);
    let mut left = guesses.into_iter().peekable();
    for tenths in TENTHS {
        let before = saved;
        while let Some(guess) = left.next_if(|_| saved.saturating_mul(10) < work.saturating_mul(tenths)) {
            saved = saved.saturating_add(guess.cost);
            taken.entry(guess.tensor).or_insert_with(Vec::new).push(guess);
        }
        if saved == before {
            break;
        }
        let mut wrong = vec![0u64; item];
        for (run, exact) in runs.iter().zip(&exact) {
            let truth = &run.values[cone.root.0 as usize];
            for (at, (value, truth)) in guessed(graph, cone, run, exact, &taken).iter().zip(&**truth).enumerate() {
                wrong[at % item] += u64::from(value != truth);
            }
        }
        let all = (runs.len() * graph.tensor(cone.root).ty.shape.elements() as usize / item.max(1)).max(1) as u64;
        let wrong = wrong.into_iter().map(|count| (count << 16).div_ceil(all) as u32).collect();
        tried.push(Inside { saves: ONE * u128::from(saved.min(work)) / u128::from(work), wrong });
    }
    tried
}

type Values = BTreeMap<TensorId, Vec<i64>>;

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
    right: u64,
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
        Guess { tensor: id, element, item, value, right, cost: layer.cost.saturating_mul(batch as u64) }
    };
    (0..item).map(of_element).collect()
}

/// The root as it is if these elements of every item are guessed and everything else is computed.
fn guessed(graph: &Graph, cone: &Cone, run: &Run, exact: &Values, taken: &BTreeMap<TensorId, Vec<Guess>>) -> Vec<i64> {
    let mut values = Values::new();
    let mut changed = BTreeSet::new();
    for &id in cone.computed.iter().rev() {
        let tensor = graph.tensor(id);
        let reads_changed = tensor.node().is_some_and(|node| {
            node.operands.iter().any(|operand| matches!(operand, Operand::Tensor(read) if changed.contains(read)))
        });
        let guesses = taken.get(&id);
        if !reads_changed && guesses.is_none() {
            continue;
        }
        let known = |read: TensorId| {
            let found = values.get(&read).or_else(|| exact.get(&read));
            found.map_or(&run.values[read.0 as usize][..], Vec::as_slice)
        };
        let mut value = match exact.get(&id) {
            Some(value) if !reads_changed => value.clone(),
            _ => computed(graph, tensor, known),
        };
        for guess in guesses.into_iter().flatten() {
            value.iter_mut().skip(guess.element).step_by(guess.item).for_each(|value| *value = guess.value);
        }
        changed.insert(id);
        values.insert(id, value);
    }
    values.remove(&cone.root).unwrap_or_else(|| run.values[cone.root.0 as usize].to_vec())
}
