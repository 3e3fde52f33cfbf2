//! *Skip* inside checks: elements of layers that are not committed are guessed, or all layers computed roughly, and what
//! is committed follows from that.

use std::collections::{BTreeMap, BTreeSet};

use tequio_attestation::{Manifest, Operand, Source, TensorId};
use tequio_tensor::{is_dense, is_elementwise};

use super::{
    Cheat, Target,
    part::{source, weight_zero_point},
};
use crate::{element::computed, known::Known};

/// How often an element must have its most frequent value for that to be taken.
const SURE: [f64; 5] = [1.0, 0.985, 0.95, 0.9, 0.75];
/// Parts of the weights, in tenths, that are taken for nothing: the smallest.
const TENTHS: [usize; 3] = [1, 3, 5];
/// Most shards on which that is tried.
const SHARDS: usize = 4;

type Values = BTreeMap<TensorId, Vec<i64>>;

/// Guesses what is nearly always the same, in all layers inside checks and in each alone, and computes all of them from their
/// largest weights. Nothing where no check computes more than one layer.
pub fn insides(target: Target<'_>, learnt: &[Known], tried: &[Known], items: usize) -> Vec<(String, Cheat)> {
    let manifest = target.manifest;
    let cones: Vec<Cone> = manifest.committed().into_iter().map(|(id, _)| Cone::new(target, id)).collect();
    let layers: BTreeMap<TensorId, f64> = cones.iter().flat_map(|cone| cone.layers.clone()).collect();
    let (false, Some(first)) = (layers.is_empty(), tried.first()) else { return vec![] };
    let tried = &tried[..tried.len().min(SHARDS)];
    let guesses: BTreeMap<TensorId, Vec<Guess>> =
        layers.keys().map(|id| (*id, guesses(manifest, *id, learnt, items))).collect();
    let mut cheats = vec![];
    for sure in SURE {
        let ones = layers.keys().map(|id| (format!("in layer {} ", id.0), vec![*id]));
        let all = (String::new(), layers.keys().copied().collect());
        for (place, of) in ones.chain([all]) {
            let taken = |id: &TensorId| {
                let guesses = if of.contains(id) { &guesses[id][..] } else { &[] };
                guesses.iter().filter(|guess| guess.right >= sure).collect::<Vec<_>>()
            };
            let share = |id: &TensorId| taken(id).len() as f64 / guesses[id].len().max(1) as f64;
            let saved = layers.iter().map(|(id, cost)| cost * share(id)).sum();
            if saved == 0.0 {
                continue;
            }
            let overwrite = |id: TensorId, value: &mut Vec<i64>| {
                let guesses = if layers.contains_key(&id) { taken(&id) } else { vec![] };
                let item = value.len() / items_of(manifest, id, items);
                for guess in &guesses {
                    value.iter_mut().skip(guess.element).step_by(item).for_each(|value| *value = guess.value);
                }
                !guesses.is_empty()
            };
            let caught = caught(target, &cones, tried, &Values::new(), overwrite);
            cheats.push((
                format!("guess {place}inside checks what is right {sure} of the time"),
                Cheat { saved, caught },
            ));
        }
    }
    let inside: BTreeSet<TensorId> =
        cones.iter().filter(|cone| !cone.layers.is_empty()).flat_map(|cone| cone.computed.clone()).collect();
    for tenths in TENTHS {
        let (mut lighter, mut saved) = (Values::new(), 0.0);
        for &id in &inside {
            if let Some((weights, values, left_out)) = lightened(manifest, id, first, tenths) {
                saved += left_out * target.costs[id.0 as usize] as f64 / manifest.header.cost.max(1) as f64;
                lighter.insert(weights, values);
            }
        }
        let caught = caught(target, &cones, tried, &lighter, |_, _| false);
        cheats.push((format!("compute inside checks without {tenths} tenths of the weights"), Cheat { saved, caught }));
    }
    cheats
}

/// A committed tensor and the virtual ones that it is computed from, ascending.
struct Cone {
    slot: usize,
    root: TensorId,
    computed: Vec<TensorId>,
    /// The last tensors of the elementwise tails of its dense ops, the root's own left out, and the shares of the program's
    /// work that they take.
    layers: BTreeMap<TensorId, f64>,
}

impl Cone {
    fn new(target: Target<'_>, root: TensorId) -> Self {
        let manifest = target.manifest;
        let computed: Vec<TensorId> = target.cone(root).into_iter().collect();
        let slot = manifest.committed().iter().position(|(id, _)| *id == root).unwrap_or_default();
        let node = |id: TensorId| manifest.descriptor(id).node();
        let readers = |read: TensorId| {
            computed
                .iter()
                .copied()
                .filter(move |id| node(*id).is_some_and(|node| node.operands.contains(&Operand::Tensor(read))))
        };
        let share = |id: TensorId| target.costs[id.0 as usize] as f64 / manifest.header.cost.max(1) as f64;
        let own = source(manifest, root);
        let mut layers = BTreeMap::new();
        for &id in computed.iter().filter(|id| node(**id).is_some_and(|node| is_dense(&node.op))) {
            let (mut tail, mut cost) = (id, share(id));
            loop {
                let all: Vec<TensorId> = readers(tail).collect();
                let shape = manifest.descriptor(tail).ty.shape;
                match all[..] {
                    [next]
                        if node(next).is_some_and(|node| is_elementwise(&node.op))
                            && manifest.descriptor(next).ty.shape == shape =>
                    {
                        (tail, cost) = (next, cost + share(next));
                    }
                    _ => break,
                }
            }
            if Some(id) != own && tail != root {
                *layers.entry(tail).or_insert(0.0) += cost;
            }
        }
        Self { slot, root, computed, layers }
    }
}

/// The chance that one draw catches it if `instead` is taken for some constants, and tensors inside checks are changed by
/// `overwrite`, which says whether it did.
fn caught(
    target: Target<'_>,
    cones: &[Cone],
    tried: &[Known],
    instead: &Values,
    overwrite: impl Fn(TensorId, &mut Vec<i64>) -> bool,
) -> f64 {
    let manifest = target.manifest;
    let mut caught = 0.0;
    for cone in cones.iter().filter(|cone| !cone.layers.is_empty()) {
        for known in tried {
            let mut values = instead.clone();
            for &id in &cone.computed {
                let Some(node) = manifest.descriptor(id).node() else { continue };
                let reads = |operand: &Operand| matches!(operand, Operand::Tensor(read) if values.contains_key(read));
                let is_changed = node.operands.iter().any(reads);
                let value = |read: TensorId| &values.get(&read).unwrap_or(&known.values[read.0 as usize])[..];
                let mut made =
                    if is_changed { computed(manifest, id, value) } else { known.values[id.0 as usize].clone() };
                if (id != cone.root && overwrite(id, &mut made)) || is_changed {
                    values.insert(id, made);
                }
            }
            let truth = &known.values[cone.root.0 as usize];
            let Some(made) = values.get(&cone.root) else { continue };
            let wrong = made.iter().zip(truth).filter(|(made, truth)| made != truth).count() as f64;
            caught += target.tickets(cone.slot) * wrong / truth.len().max(1) as f64 / tried.len().max(1) as f64;
        }
    }
    caught
}

/// An element of an item, its most frequent value, and how often that is right where it was learnt.
struct Guess {
    element: usize,
    value: i64,
    right: f64,
}

fn items_of(manifest: &Manifest, id: TensorId, items: usize) -> usize {
    if manifest.descriptor(id).ty.shape.dims().first() == Some(&(items as u32)) { items } else { 1 }
}

fn guesses(manifest: &Manifest, id: TensorId, learnt: &[Known], items: usize) -> Vec<Guess> {
    let item = manifest.descriptor(id).ty.shape.elements() as usize / items_of(manifest, id, items);
    let of_element = |element: usize| {
        let (mut values, mut all) = (BTreeMap::<i64, usize>::new(), 0);
        for value in learnt.iter().flat_map(|known| known.values[id.0 as usize].iter().skip(element).step_by(item)) {
            *values.entry(*value).or_default() += 1;
            all += 1;
        }
        let (value, most) = values.into_iter().max_by_key(|(_, count)| *count).unwrap_or_default();
        Guess { element, value, right: most as f64 / all.max(1) as f64 }
    };
    (0..item).map(of_element).collect()
}

/// A dense op's weights with the smallest of them taken for nothing, and the share that counted for something and no longer
/// does. `None` of other ops, and if weights are computed.
fn lightened(manifest: &Manifest, id: TensorId, known: &Known, tenths: usize) -> Option<(TensorId, Vec<i64>, f64)> {
    let node = manifest.descriptor(id).node().filter(|node| is_dense(&node.op))?;
    let Operand::Tensor(weights) = node.operands[1] else { return None };
    if !matches!(manifest.descriptor(weights).source, Source::Constant { .. }) {
        return None;
    }
    let (zero, mut values) = (weight_zero_point(node, known), known.values[weights.0 as usize].clone());
    let mut sizes: Vec<u64> = values.iter().map(|weight| weight.abs_diff(zero)).collect();
    sizes.sort_unstable();
    let least = sizes[(sizes.len() * tenths / 10).min(sizes.len() - 1)];
    let counts = |weight: &&mut i64| **weight != zero && weight.abs_diff(zero) < least;
    let count = values.iter_mut().filter(counts).map(|weight| *weight = zero).count();
    let left_out = count as f64 / values.len() as f64;
    Some((weights, values, left_out))
}
