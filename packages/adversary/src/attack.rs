//! Cheats on any program, without a chain: what they save, and how often one draw catches them.

mod guess;
mod inside;
mod narrow;
mod part;
mod solve;

use std::collections::{BTreeMap, BTreeSet};

use tequio_attestation::{Manifest, Operand, Source, TensorId};

pub use guess::guesses;
pub use narrow::steers;
pub use solve::solves;

use crate::{follow::follow_knowing, known::Known};

/// A program, and what computing each of its tensors costs, by id: the parts of the header's cost.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub manifest: &'a Manifest,
    pub costs: &'a [u64],
}

/// A cheat's share of the work saved, and the chance that one draw catches it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cheat {
    pub saved: f64,
    pub caught: f64,
}

/// Numbers in 1/2³².
const UNIT: f64 = 4_294_967_296.0;

impl<'a> Target<'a> {
    pub fn delta(&self) -> f64 {
        self.manifest.header.delta as f64 / UNIT
    }

    pub fn gamma(&self) -> f64 {
        self.manifest.header.gamma as f64 / UNIT
    }

    /// What one draw catches of a cheat that saves so much, at least.
    pub fn promised(&self, saved: f64) -> f64 {
        self.delta() * (saved - self.gamma()).max(0.0)
    }

    /// Caught ÷ promised; infinite where nothing is.
    pub fn ratio(&self, cheat: Cheat) -> f64 {
        let promised = self.promised(cheat.saved);
        if promised > 1e-9 { cheat.caught / promised } else { f64::INFINITY }
    }

    /// Shows the old trace in `slots`, and computes the rest from there. Work that the old trace determines, because
    /// nothing that it reads has changed, is not saved: it is known.
    pub fn replay(&self, old: &Known, new: &Known, slots: &BTreeSet<u32>) -> Cheat {
        let claims = slots.iter().map(|slot| (*slot, old.trace.slots[*slot as usize].clone())).collect();
        self.claim(old, new, slots, &claims)
    }

    /// Shows `claims`, and computes what is not in `free` honestly.
    pub fn claim(&self, old: &Known, new: &Known, free: &BTreeSet<u32>, claims: &BTreeMap<u32, Vec<u8>>) -> Cheat {
        let followed = follow_knowing(self.manifest, &new.inputs, claims, &[old, new]);
        let caught = followed.caught_by_one_draw(self.manifest) as f64 / UNIT;
        Cheat { saved: self.saved(free, |id| self.is_new(old, new, id)), caught }
    }

    /// The share of the work that is not needed if the tensors of `free` are not computed, of what `counts`.
    fn saved(&self, free: &BTreeSet<u32>, counts: impl Fn(TensorId) -> bool) -> f64 {
        let mut needed = BTreeSet::new();
        for (slot, (id, _)) in (0..).zip(self.manifest.committed()) {
            if !free.contains(&slot) {
                needed.extend(self.cone(id));
            }
        }
        let spared = (0..self.manifest.header.tensors).map(TensorId).filter(|id| !needed.contains(id) && counts(*id));
        spared.map(|id| self.costs[id.0 as usize] as f64).sum::<f64>() / self.manifest.header.cost.max(1) as f64
    }

    /// Whether anything that a tensor reads is not as it was.
    fn is_new(&self, old: &Known, new: &Known, id: TensorId) -> bool {
        let changed = |operand: &Operand| match operand {
            Operand::Tensor(read) => old.values[read.0 as usize] != new.values[read.0 as usize],
            Operand::Scalar { .. } => false,
        };
        self.manifest.descriptor(id).node().is_some_and(|node| node.operands.iter().any(changed))
    }

    /// A committed tensor and the virtual ones that it is computed from.
    fn cone(&self, id: TensorId) -> BTreeSet<TensorId> {
        let (mut cone, mut todo) = (BTreeSet::new(), vec![id]);
        while let Some(id) = todo.pop() {
            if !cone.insert(id) {
                continue;
            }
            for operand in self.manifest.descriptor(id).node().iter().flat_map(|node| &node.operands) {
                if let Operand::Tensor(read) = operand
                    && matches!(self.manifest.descriptor(*read).source, Source::Virtual { .. })
                {
                    todo.push(*read);
                }
            }
        }
        cone
    }

    /// The share of the work that is not needed if of each committed tensor this part is not computed. What several of
    /// them are made from is spared as far as all of them are.
    fn spared(&self, parts: &[f64]) -> f64 {
        let mut spared = vec![f64::INFINITY; self.manifest.tensors.len()];
        for ((id, _), part) in self.manifest.committed().into_iter().zip(parts) {
            self.cone(id).into_iter().for_each(|id| spared[id.0 as usize] = spared[id.0 as usize].min(*part));
        }
        let cost = |(spared, cost): (&f64, &u64)| if spared.is_finite() { spared * *cost as f64 } else { 0.0 };
        spared.iter().zip(self.costs).map(cost).sum::<f64>() / self.manifest.header.cost.max(1) as f64
    }

    /// The chance that a draw falls on a committed tensor.
    fn tickets(&self, slot: usize) -> f64 {
        match self.manifest.descriptor(self.manifest.committed()[slot].0).source {
            Source::Committed { interval, .. } => (interval.last as f64 - interval.first as f64 + 1.0) / UNIT,
            _ => 0.0,
        }
    }

    /// Sets of committed tensors to replay: all of them where there are at most `most`, else every tail, every range
    /// before one, and each tensor alone.
    pub fn cuts(&self, most: u32) -> Vec<BTreeSet<u32>> {
        let count = self.manifest.header.committed;
        if count <= most {
            return (1..1u32 << count).map(|bits| (0..count).filter(|slot| bits >> slot & 1 == 1).collect()).collect();
        }
        let tails = (0..count).map(|from| (from..count).collect());
        let ones = (0..count).map(|slot| BTreeSet::from([slot]));
        let heads = (1..count).map(|to| (0..to).collect());
        tails.chain(ones).chain(heads).collect()
    }
}
