//! Weights of committed tensors, δ and draw intervals: `docs/attestation.md`, "Weights".

use core::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use tequio_attestation::{Interval, Operand, TensorId};

use super::{cone::Cone, flow::FRACTION};
use crate::{graph::Graph, refused::Refused};

/// One, in the plan's rates.
const ONE: u128 = 1 << 16;
/// Tickets of a draw.
const TICKETS: u128 = 1 << 32;

/// A committed tensor and its rates in 1/65,536.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub id: TensorId,
    pub r: u16,
    pub s: u16,
}

/// w of each committed tensor, in MAC equivalents, rounded up, at least 1. `cones` are the committed tensors', in the
/// same order; `arrivals` those of [`super::flow::largest_arrivals`].
pub(crate) fn weights(graph: &Graph, slots: &[Slot], cones: &[Cone], arrivals: &[u128]) -> Result<Vec<u128>, Refused> {
    let rest = |slot: &Slot| ONE - slot.r as u128;
    let mut weights = Vec::with_capacity(slots.len());
    let mut flows = Vec::with_capacity(slots.len());
    for (slot, cone) in slots.iter().zip(cones) {
        let flow = flow(graph, cone, arrivals)?;
        let skip = (cone.cost as u128 * ONE).div_ceil(ONE - slot.s as u128);
        weights.push(skip.max(share(flow, 1, 1, rest(slot))?).max(1));
        flows.push(flow);
    }
    // Everything a cone reads may be steered: what the narrowest tensor on the way to its root needs is fewer bits than
    // there are.
    for (cone, flow) in cones.iter().zip(flows) {
        for id in cone.areas.keys().filter(|id| **id != cone.root) {
            if let Ok(at) = slots.binary_search_by_key(id, |slot| slot.id) {
                let (wide, narrow) = (graph.tensor(*id).bits(), narrowest(graph, cone, *id));
                weights[at] = weights[at].max(share(flow, wide.max(narrow), narrow, rest(&slots[at]))?);
            }
        }
    }
    Ok(weights)
}

/// Bits of the narrowest tensor of a cone that reads `from`, the root or a virtual one.
fn narrowest(graph: &Graph, cone: &Cone, from: TensorId) -> u64 {
    let mut reached = BTreeSet::from([from]);
    // Ascending, so that operands come before what reads them.
    for &id in cone.computed.iter().rev() {
        let reads = |operand: &Operand| matches!(operand, Operand::Tensor(read) if reached.contains(read));
        if graph.tensor(id).node().is_some_and(|node| node.operands.iter().any(reads)) {
            reached.insert(id);
        }
    }
    let read = cone.computed.iter().filter(|id| reached.contains(id));
    read.map(|id| graph.tensor(*id).bits()).min().unwrap_or_else(|| graph.tensor(cone.root).bits())
}

/// `F_k`: elements × (largest arrival at one + what computing one costs, its cone's share included).
fn flow(graph: &Graph, cone: &Cone, arrivals: &[u128]) -> Result<u128, Refused> {
    let elements = graph.tensor(cone.root).ty.shape.elements() as u128;
    let own = ((cone.cost as u128) << FRACTION).div_ceil(elements);
    let largest = arrivals[cone.root.0 as usize] + own;
    Ok(elements.checked_mul(largest).ok_or(Refused::Cost)?.div_ceil(1 << FRACTION))
}

/// `flow × wide / narrow / (rest / 65536)`, rounded up.
fn share(flow: u128, wide: u64, narrow: u64, rest: u128) -> Result<u128, Refused> {
    let product = flow.checked_mul(wide as u128).and_then(|product| product.checked_mul(ONE));
    Ok(product.ok_or(Refused::Cost)?.div_ceil(narrow as u128 * rest))
}

/// Cost of one shard: every op once.
pub(crate) fn total_cost(graph: &Graph) -> Result<u64, Refused> {
    let mut sum = graph.iter().map(|(id, _)| graph.cost(id));
    sum.try_fold(0u64, u64::checked_add).ok_or(Refused::Cost)
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
        assert_eq!(share(u128::MAX / 2, 3, 1, ONE), Err(Refused::Cost));
        assert_eq!(intervals(&[u128::MAX]).err(), Some(Refused::Cost));
    }

    #[test]
    fn delta_is_rounded_down_and_capped() {
        assert_eq!(delta(1, &[3]), Ok(1_431_655_765));
        assert_eq!(delta(2, &[1]), Ok(u32::MAX));
    }
}
