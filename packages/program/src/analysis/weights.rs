//! Weights of committed tensors, δ and draw intervals: `docs/attestation.md`, "Weights".

use core::cmp::Reverse;
use std::{
    collections::{BTreeSet, BinaryHeap},
    sync::Arc,
};

use tequio_attestation::{Interval, TensorId};
use tequio_tensor::is_dense;

use super::{
    bits::{Bits, copies},
    cone::Cone,
    flow::FRACTION,
    work::Work,
};
use crate::{graph::Graph, refused::Refused};

/// One, in the plan's rates.
pub(crate) const ONE: u128 = 1 << 16;
/// Tickets of a draw.
pub(crate) const TICKETS: u128 = 1 << 32;
/// Of so many parts the outputs get one.
const FLOOR: u128 = 32;

/// What weights are made of, whatever the scenario.
pub(crate) struct Scale<'a> {
    pub graph: &'a Graph,
    pub work: &'a Work,
    pub bits: &'a Bits,
    /// s of the committed tensors in 1/65,536, by slot.
    pub skips: &'a [u16],
    /// Theirs, by slot.
    pub cones: &'a [Arc<Cone>],
}

/// One scenario's part in weights.
pub(crate) struct Flows<'a> {
    /// [`super::flow::largest_arrivals`].
    pub arrivals: &'a [u128],
    /// ρ of the committed tensors in 1/65,536, by slot; `None` of one that doesn't differ.
    pub rates: &'a [Option<u16>],
}

/// What is won by making a committed tensor what it was: flow in MAC equivalents, and how much of it is so anyway.
#[derive(Clone, Copy)]
struct Prize {
    flow: u128,
    rate: u16,
}

impl Prize {
    /// `flow / (1 − rate)`, rounded up.
    fn weight(&self) -> Result<u128, Refused> {
        let product = self.flow.checked_mul(ONE).ok_or(Refused::Cost)?;
        Ok(product.div_ceil(ONE - self.rate as u128))
    }

    /// The same for a tensor of which fewer elements have to be changed.
    fn through(&self, wide: u64, narrow: u64, rate: Option<u16>) -> Result<Self, Refused> {
        let product = self.flow.checked_mul(wide.max(narrow) as u128).ok_or(Refused::Cost)?;
        Ok(Self { flow: product.div_ceil(narrow.max(1) as u128), rate: self.rate.max(rate.unwrap_or(0)) })
    }
}

impl Scale<'_> {
    /// w of each committed tensor, in MAC equivalents, rounded up, at least 1: the largest over what skipping it saves
    /// and what each scenario's flows say, the outputs' floor included.
    pub fn weights(&self, scenarios: &[Flows<'_>]) -> Result<Vec<u128>, Refused> {
        let mut weights = Vec::with_capacity(self.cones.len());
        for (cone, skip) in self.cones.iter().zip(self.skips) {
            let product = (self.work.cone(cone) as u128).checked_mul(ONE).ok_or(Refused::Cost)?;
            weights.push(product.div_ceil(ONE - *skip as u128).max(1));
        }
        for flows in scenarios {
            self.raise(&mut weights, flows)?;
        }
        self.raise_outputs(&mut weights)?;
        Ok(weights)
    }

    /// What replaying or steering each tensor is worth in one scenario. Everything a cone reads may be steered: what
    /// the narrowest tensor on the way to its root needs is fewer bits than there are. Through a cone without a dense
    /// op one steers further.
    fn raise(&self, weights: &mut [u128], flows: &Flows<'_>) -> Result<(), Refused> {
        let mut prizes = Vec::with_capacity(self.cones.len());
        for (cone, rate) in self.cones.iter().zip(flows.rates) {
            prizes.push(match rate {
                Some(rate) => Prize { flow: self.flow(cone, flows.arrivals)?, rate: *rate },
                None => Prize { flow: 0, rate: 0 },
            });
        }
        let replayed = prizes.clone();
        for (at, cone) in self.cones.iter().enumerate().rev() {
            weights[at] = weights[at].max(prizes[at].weight()?);
            let won = if self.is_cheap(cone) { prizes[at] } else { replayed[at] };
            for id in cone.areas.keys().filter(|id| **id != cone.root) {
                let Ok(read) = self.slot(*id) else { continue };
                let (wide, narrow) = (self.bits.given(self.graph, *id), self.bits.narrowest(self.graph, cone, *id));
                let steered = won.through(wide, narrow, flows.rates[read])?;
                if steered.weight()? > prizes[read].weight()? {
                    prizes[read] = steered;
                }
            }
        }
        Ok(())
    }

    fn slot(&self, id: TensorId) -> Result<usize, usize> {
        self.cones.binary_search_by_key(&id, |cone| cone.root)
    }

    fn is_cheap(&self, cone: &Cone) -> bool {
        let dense = |id: &TensorId| self.graph.tensor(*id).node().is_some_and(|node| is_dense(&node.op));
        !cone.computed.iter().any(dense)
    }

    /// `F_k`: elements × (largest arrival at one + what computing one costs, its cone's share included).
    fn flow(&self, cone: &Cone, arrivals: &[u128]) -> Result<u128, Refused> {
        let elements = self.graph.tensor(cone.root).ty.shape.elements() as u128;
        let own = ((self.work.cone(cone) as u128) << FRACTION).div_ceil(elements);
        let largest = arrivals[cone.root.0 as usize] + own;
        Ok(elements.checked_mul(largest).ok_or(Refused::Cost)?.div_ceil(1 << FRACTION))
    }

    /// Outputs together get no less than 1/32 of the draws, whatever they cost, and so does what they are only copied
    /// or converted from: an element there is drawn no less often than one of the output.
    fn raise_outputs(&self, weights: &mut [u128]) -> Result<(), Refused> {
        let sum = sum(weights)?;
        let mut parts = vec![0u128; weights.len()];
        let outputs: BTreeSet<_> = self.graph.outputs().iter().collect();
        for id in &outputs {
            if let Ok(slot) = self.slot(**id) {
                parts[slot] += TICKETS.div_ceil(outputs.len() as u128);
            }
        }
        for (at, cone) in self.cones.iter().enumerate().rev() {
            if parts[at] == 0 {
                continue;
            }
            let floor = sum.checked_mul(parts[at]).ok_or(Refused::Cost)?.div_ceil((FLOOR - 1) * TICKETS);
            weights[at] = weights[at].max(floor);
            let elements = |id: TensorId| self.graph.tensor(id).ty.shape.elements() as u128;
            if cone.computed.iter().all(|id| copies(self.graph, *id)) {
                for id in cone.areas.keys().filter(|id| **id != cone.root) {
                    let (part, whole) = (elements(*id), elements(cone.root));
                    if let Ok(read) = self.slot(*id) {
                        parts[read] = parts[read].max((parts[at] * part.min(whole)).div_ceil(whole));
                    }
                }
            }
        }
        Ok(())
    }
}

/// δ·2³², rounded down, at most 2³² − 1.
pub(crate) fn delta(cost: u64, weights: &[u128]) -> Result<u32, Refused> {
    let sum = sum(weights)?;
    Ok(u32::try_from(cost as u128 * TICKETS / sum).unwrap_or(u32::MAX))
}

fn sum(weights: &[u128]) -> Result<u128, Refused> {
    weights.iter().try_fold(0u128, |sum, weight| sum.checked_add(*weight)).ok_or(Refused::Cost)
}

/// The share of tickets of each weight: by largest remainder, ties to the lower slot. Who gets none so takes one from
/// who has most, the lowest of equals.
pub(crate) fn intervals(weights: &[u128]) -> Result<Vec<Interval>, Refused> {
    let sum = sum(weights)?;
    let mut tickets = Vec::with_capacity(weights.len());
    let mut rests = Vec::with_capacity(weights.len());
    for (slot, weight) in weights.iter().enumerate() {
        let scaled = weight.checked_mul(TICKETS).ok_or(Refused::Cost)?;
        tickets.push((scaled / sum) as u64);
        rests.push((Reverse(scaled % sum), slot));
    }
    rests.sort_unstable();
    let missing = TICKETS as u64 - tickets.iter().sum::<u64>();
    rests.iter().take(missing as usize).for_each(|(_, slot)| tickets[*slot] += 1);
    give_one(&mut tickets);
    let mut next = 0u64;
    let interval = |tickets: u64| {
        let first = next;
        next += tickets;
        Interval { first: first as u32, last: (next - 1) as u32 }
    };
    Ok(tickets.into_iter().map(interval).collect())
}

/// Whoever has no ticket takes one from who has most.
fn give_one(tickets: &mut [u64]) {
    let mut rich: BinaryHeap<_> = tickets.iter().enumerate().map(|(slot, &has)| (has, Reverse(slot))).collect();
    for slot in 0..tickets.len() {
        if tickets[slot] == 0
            && let Some((has, Reverse(most))) = rich.pop()
        {
            (tickets[slot], tickets[most]) = (1, has - 1);
            rich.push((has - 1, Reverse(most)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tickets(weights: &[u128]) -> Vec<u64> {
        let intervals = intervals(weights).unwrap();
        let mut next = 0u64;
        for interval in &intervals {
            assert_eq!(interval.first as u64, next);
            assert!(interval.last >= interval.first);
            next = interval.last as u64 + 1;
        }
        assert_eq!(next, 1 << 32);
        intervals.iter().map(|interval| interval.last as u64 - interval.first as u64 + 1).collect()
    }

    #[test]
    fn tickets_go_by_largest_remainder_and_ties_to_the_lower_slot() {
        assert_eq!(tickets(&[1]), [1 << 32]);
        assert_eq!(tickets(&[1, 1, 1]), [1_431_655_766, 1_431_655_765, 1_431_655_765]);
        assert_eq!(tickets(&[3, 1]), [3 << 30, 1 << 30]);
    }

    #[test]
    fn everyone_gets_a_ticket() {
        assert_eq!(tickets(&[1, 1 << 70, 1]), [1, (1 << 32) - 2, 1]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(Prize { flow: u128::MAX / 2, rate: 0 }.weight(), Err(Refused::Cost));
        assert_eq!(intervals(&[u128::MAX]).err(), Some(Refused::Cost));
    }

    #[test]
    fn delta_is_rounded_down_and_capped() {
        assert_eq!(delta(1, &[3]), Ok(1_431_655_765));
        assert_eq!(delta(2, &[1]), Ok(u32::MAX));
    }
}
