//! *Steer* through a dense layer: a solver looks for few elements of what the layer reads that make it what it was.

use std::collections::{BTreeMap, BTreeSet};

use tequio_attestation::{Manifest, Operand, Source, TensorId};
use tequio_tensor::{Op, Read, Type, eval, is_dense};

use super::{Cheat, Target, narrow::is_behind};
use crate::{element::encode, known::Known};

/// Products of the largest system that is tried, and of all of one layer.
const LARGE: usize = 100_000;
const ALL: usize = 4_000_000;
/// Times that the values of the chosen elements are fitted anew after one more is chosen.
const SWEEPS: usize = 3;

/// For every committed tensor that is a dense layer over another one: changes elements of that one until the layer is what
/// it was, or as much of it as pays, and replays everything from there.
pub fn solves(target: Target<'_>, old: &Known, new: &Known) -> Vec<(String, Cheat)> {
    let mut cheats = vec![];
    for (number, (id, _)) in (0..).zip(target.manifest.committed()) {
        let Some(layer) = Layer::of(target.manifest, id) else { continue };
        let Some(shown) = layer.solved(target, number, old, new) else { continue };
        let behind: BTreeSet<u32> = (layer.slot + 1..target.manifest.header.committed)
            .filter(|at| is_behind(target, *at, layer.dense))
            .collect();
        let mut claims: BTreeMap<u32, Vec<u8>> =
            behind.iter().map(|at| (*at, old.trace.slots[*at as usize].clone())).collect();
        claims.insert(layer.slot, shown);
        cheats.push((format!("solve slot {} for slot {number}", layer.slot), target.claim(old, new, &behind, &claims)));
    }
    cheats
}

/// A dense op over a committed tensor, and the ops that make another committed tensor of it, element by element.
struct Layer<'a> {
    manifest: &'a Manifest,
    /// What is read.
    slot: u32,
    dense: TensorId,
    /// From the one that reads the dense op's output to the committed one.
    tail: Vec<TensorId>,
}

impl<'a> Layer<'a> {
    fn of(manifest: &'a Manifest, id: TensorId) -> Option<Self> {
        let (mut at, mut tail) = (id, vec![]);
        loop {
            let tensor = manifest.descriptor(at);
            let node = tensor.node().filter(|_| at == id || matches!(tensor.source, Source::Virtual { .. }))?;
            if is_dense(&node.op) {
                break;
            }
            if !matches!(
                node.op,
                Op::Rescale(_) | Op::Clamp { .. } | Op::Identity | Op::Reshape | Op::Maximum | Op::Minimum
            ) {
                return None;
            }
            tail.push(at);
            at = tensor_of(&node.operands[0])?;
        }
        let node = manifest.descriptor(at).node()?;
        let is_known = |operand: &Operand| match operand {
            Operand::Tensor(id) => matches!(manifest.descriptor(*id).source, Source::Constant { .. }),
            Operand::Scalar { .. } => true,
        };
        let mut read = tensor_of(&node.operands[0]).filter(|_| is_known(&node.operands[1]))?;
        // What lies in the same order.
        loop {
            match &manifest.descriptor(read).source {
                Source::Committed { slot, .. } => {
                    tail.reverse();
                    return Some(Self { manifest, slot: *slot, dense: at, tail });
                }
                Source::Virtual { node } if matches!(node.op, Op::Identity | Op::Reshape) => {
                    read = tensor_of(&node.operands[0])?;
                }
                _ => return None,
            }
        }
    }

    /// What is shown of the tensor that is read.
    fn solved(&self, target: Target<'_>, number: u32, old: &Known, new: &Known) -> Option<Vec<u8>> {
        let wide = self.manifest.committed()[self.slot as usize].0;
        let narrow = self.manifest.committed()[number as usize].0;
        let (ty, past) = (self.manifest.descriptor(wide).ty, &old.values[narrow.0 as usize]);
        let each = |slot: u32, all: usize| target.tickets(slot as usize) / all.max(1) as f64;
        let costs = [each(self.slot, ty.shape.elements() as usize), each(number, past.len())];
        let mut rows = Vec::with_capacity(past.len());
        let mut terms = 0;
        for (index, wanted) in (0u32..).zip(past) {
            let (sum, row) = self.row(new, index);
            terms += row.len();
            if terms > ALL {
                return None;
            }
            let [least, most] = self.between(new, index, *wanted);
            rows.push(Row { terms: row, off: [sum - least, sum - most] });
        }
        let mut values = new.values[wide.0 as usize].clone();
        let limits = [ty.dtype.min(), ty.dtype.max()];
        for system in systems(&rows) {
            if system.iter().map(|row| rows[*row].terms.len()).sum::<usize>() <= LARGE {
                let rows: Vec<Row> = system.iter().map(|row| rows[*row].clone()).collect();
                solve(rows, &mut values, limits, costs);
            }
        }
        Some(encode(&values, ty.dtype))
    }

    /// What the dense op sums at an element, and the elements that it reads with their weights.
    fn row(&self, known: &Known, index: u32) -> (i64, Vec<(usize, i64)>) {
        let tensor = self.manifest.descriptor(self.dense);
        let Some(node) = tensor.node() else { return (0, vec![]) };
        let types: Vec<Type> = node.operands.iter().map(|operand| self.manifest.operand_type(operand)).collect();
        let mut reads = Reads { known, operands: &node.operands, given: None, read: vec![vec![]; node.operands.len()] };
        let Ok(sum) = eval(&node.op, &types, &tensor.ty, index, &mut reads);
        let zero = if node.op == Op::MatMul { 3 } else { 4 };
        let zero = reads.read[zero].first().map_or(0, |(_, zero)| *zero);
        let of = |((at, _), (_, weight)): (&(u32, i64), &(u32, i64))| (*at as usize, weight - zero);
        let row = reads.read[0].iter().zip(&reads.read[1]).map(of).filter(|(_, weight)| *weight != 0).collect();
        (sum, row)
    }

    /// Sums of which the tail makes `wanted`, the least and the largest, if larger sums never make less of it.
    fn between(&self, known: &Known, index: u32, wanted: i64) -> [i64; 2] {
        let (floor, ceiling) = (i64::from(i32::MIN), i64::from(i32::MAX));
        // The least sum of which no less than so much is made.
        let least = |value: i64| {
            let (mut low, mut high) = (floor, ceiling + 1);
            while low < high {
                let middle = (low + high).div_euclid(2);
                if self.made(known, index, middle) >= value {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            low
        };
        [least(wanted), least(wanted + 1) - 1]
    }

    fn made(&self, known: &Known, index: u32, sum: i64) -> i64 {
        self.tail.iter().fold(sum, |value, id| {
            let tensor = self.manifest.descriptor(*id);
            let Some(node) = tensor.node() else { return value };
            let types: Vec<Type> = node.operands.iter().map(|operand| self.manifest.operand_type(operand)).collect();
            let mut reads = Reads { known, operands: &node.operands, given: Some(value), read: vec![] };
            let Ok(value) = eval(&node.op, &types, &tensor.ty, index, &mut reads);
            value
        })
    }
}

fn tensor_of(operand: &Operand) -> Option<TensorId> {
    match operand {
        Operand::Tensor(id) => Some(*id),
        Operand::Scalar { .. } => None,
    }
}

/// What an op reads of a shard, but for its first operand where that is given.
struct Reads<'a> {
    known: &'a Known,
    operands: &'a [Operand],
    given: Option<i64>,
    /// By operand, where it is asked for.
    read: Vec<Vec<(u32, i64)>>,
}

impl Read for Reads<'_> {
    type Error = std::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        let value = match (self.given.filter(|_| operand == 0), &self.operands[operand]) {
            (Some(value), _) => value,
            (None, Operand::Tensor(id)) => self.known.values[id.0 as usize][index as usize],
            (None, Operand::Scalar { value, .. }) => *value,
        };
        if let Some(read) = self.read.get_mut(operand) {
            read.push((index, value));
        }
        Ok(value)
    }
}

/// One element of a layer's output.
#[derive(Clone)]
struct Row {
    terms: Vec<(usize, i64)>,
    /// How far the sum is above the least and the largest that will do.
    off: [i64; 2],
}

impl Row {
    /// How far it is off, and to which side.
    fn miss(&self) -> i64 {
        if self.off[0] < 0 { self.off[0] } else { self.off[1].max(0) }
    }
}

/// Rows that have elements in common, directly or through others.
fn systems(rows: &[Row]) -> Vec<Vec<usize>> {
    let mut readers = BTreeMap::<usize, Vec<usize>>::new();
    for (at, row) in rows.iter().enumerate() {
        row.terms.iter().for_each(|(element, _)| readers.entry(*element).or_default().push(at));
    }
    let (mut seen, mut systems) = (vec![false; rows.len()], vec![]);
    for first in 0..rows.len() {
        let (mut system, mut todo) = (vec![], vec![first]);
        while let Some(row) = todo.pop() {
            if !std::mem::replace(&mut seen[row], true) {
                system.push(row);
                for (element, _) in &rows[row].terms {
                    todo.extend(readers.remove(element).unwrap_or_default());
                }
            }
        }
        if !system.is_empty() {
            systems.push(system);
        }
    }
    systems
}

/// Changes the elements that take most of the error away, one after the other, and keeps the state that costs least:
/// `costs` of a changed element and of a row that is off.
fn solve(mut rows: Vec<Row>, values: &mut [i64], limits: [i64; 2], costs: [f64; 2]) {
    let mut columns = BTreeMap::<usize, Vec<(usize, i64)>>::new();
    for (at, row) in rows.iter().enumerate() {
        row.terms.iter().for_each(|(element, weight)| columns.entry(*element).or_default().push((at, *weight)));
    }
    let honest: BTreeMap<usize, i64> = columns.keys().map(|element| (*element, values[*element])).collect();
    let mut chosen = BTreeSet::new();
    let off = |rows: &[Row]| rows.iter().filter(|row| row.miss() != 0).count();
    let cost = |rows: &[Row], values: &[i64]| {
        let changed = honest.iter().filter(|(element, honest)| values[**element] != **honest).count();
        costs[0] * changed as f64 + costs[1] * off(rows) as f64
    };
    let state = |values: &[i64]| honest.keys().map(|element| (*element, values[*element])).collect::<Vec<_>>();
    let mut best = (cost(&rows, values), state(values));
    while off(&rows) > 0 && chosen.len() < 2 * rows.len() {
        let candidates = columns.iter().filter(|(element, _)| !chosen.contains(*element));
        let gains = candidates.map(|(element, column)| {
            let step = step(&rows, column, values[*element], limits);
            (gain(&rows, column, step), *element)
        });
        let Some((gain, element)) = gains.max_by(|one, other| one.0.total_cmp(&other.0)) else { break };
        if gain <= 0.0 {
            break;
        }
        chosen.insert(element);
        for _ in 0..SWEEPS {
            for element in std::iter::once(&element).chain(&chosen) {
                let column = &columns[element];
                let step = step(&rows, column, values[*element], limits);
                values[*element] += step;
                for (row, weight) in column {
                    rows[*row].off.iter_mut().for_each(|off| *off += weight * step);
                }
            }
        }
        let now = cost(&rows, values);
        if now < best.0 {
            best = (now, state(values));
        }
    }
    best.1.into_iter().for_each(|(element, value)| values[element] = value);
}

/// By how much to change an element so that the squares of what is missed get smallest, about.
fn step(rows: &[Row], column: &[(usize, i64)], value: i64, [least, most]: [i64; 2]) -> i64 {
    let (mut up, mut down) = (0.0, 0.0);
    for (row, weight) in column {
        let miss = rows[*row].miss();
        up += *weight as f64 * miss as f64;
        down += if miss != 0 { (*weight * *weight) as f64 } else { 0.0 };
    }
    let exact = if down > 0.0 { -up / down } else { 0.0 };
    let tries = [exact.floor() as i64, exact.ceil() as i64, exact as i64 / 2];
    let possible = tries.map(|step| (value + step).clamp(least, most) - value);
    possible
        .into_iter()
        .max_by(|one, other| gain(rows, column, *one).total_cmp(&gain(rows, column, *other)))
        .unwrap_or(0)
}

/// By how much that makes the squares of what is missed smaller.
fn gain(rows: &[Row], column: &[(usize, i64)], step: i64) -> f64 {
    let square = |miss: i64| (miss as f64).powi(2);
    let of_row = |(row, weight): &(usize, i64)| {
        let moved = Row { terms: vec![], off: rows[*row].off.map(|off| off + weight * step) };
        square(rows[*row].miss()) - square(moved.miss())
    };
    column.iter().map(of_row).sum()
}
