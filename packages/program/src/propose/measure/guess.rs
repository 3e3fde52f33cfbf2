//! How often elements are guessed, and up to which rate guessing is priced.

use std::collections::BTreeMap;

use super::{
    batch::batch,
    inside::{Inside, inside},
    part::{self, Part},
    run::Run,
};
use crate::{
    analysis::{case::Case, weighing::Weighing, weights::ONE},
    limits::MAX_S,
    refused::Refused,
};

/// Least s.
const LEAST: u16 = 4_096;
/// Rates that are tried, in these steps.
const STEP: u16 = 4_096;

/// γ and s by slot. Of all bounds on s the one that makes δ(1 − γ)² largest: what a complete cheat and what one that
/// saves little is caught with. Above it what flow makes a tensor weigh anyway is used.
pub fn priced(weighing: &Weighing<'_>, cases: &[Case], runs: &[Run]) -> Result<(u32, Vec<u16>), Refused> {
    let guesses: Vec<Guesses> = (0..weighing.slots.len()).map(|at| Guesses::new(weighing, at, runs)).collect();
    let cost = weighing.work.total()?.max(1);
    let mut trial = weighing.clone();
    trial.skips = vec![0; guesses.len()];
    let flows = trial.weights(cases)?;
    let mut best: Option<(u128, u32, Vec<u16>)> = None;
    for bound in (LEAST..=MAX_S).step_by(STEP.into()) {
        let of_slot = |at: usize| {
            let most = guesses[at].most();
            // 1 − C / w, rounded down.
            let cone = weighing.work.cone(&weighing.cones[at]) as u128;
            let free = ONE.saturating_sub((cone * ONE).div_ceil(flows[at]));
            most.min(bound.max(free.min(MAX_S.into()) as u16).into()).clamp(LEAST.into(), MAX_S.into()) as u16
        };
        trial.skips = (0..guesses.len()).map(of_slot).collect();
        let sum: u128 = trial.weights(cases)?.iter().sum();
        let gamma = gamma(weighing, &guesses, &trial.skips, cost);
        // δ(1 − γ)², but for the cost.
        let rest = ONE - gamma as u128;
        let score = ((rest * rest) << 80) / sum.max(1);
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, gamma, trial.skips.clone()));
        }
    }
    Ok(best.map_or((0, vec![]), |(_, gamma, skips)| (gamma, skips)))
}

/// `Σ (C_k / D) · mean of what is unpriced` in 1/65,536, rounded up, at most 1. Guessing an element that saves all of it is
/// unpriced by `max(0, 1 − (1 − s_e) / (1 − s_k))`; one that takes a part of it by the mean, over where the partial sum
/// lies, of `max(0, saved part − (1 − s_e) / (1 − s_k))`.
fn gamma(weighing: &Weighing<'_>, guesses: &[Guesses], skips: &[u16], cost: u64) -> u32 {
    let mut sum = 0u128;
    for ((cone, guesses), skip) in weighing.cones.iter().zip(guesses).zip(skips) {
        let unpriced = guesses.unpriced(*skip);
        let all: u128 = unpriced.iter().sum();
        sum += (weighing.work.cone(cone) as u128 * all).div_ceil(unpriced.len().max(1) as u128);
    }
    sum.div_ceil(cost.into()).min(ONE) as u32
}

/// How a tensor's elements are guessed.
struct Guesses {
    /// By element of an item, how often the best guess that takes none of its multiply-accumulates is right, in 1/65,536,
    /// rounded up.
    free: Vec<u32>,
    parts: Vec<Part>,
    inside: Vec<Inside>,
}

impl Guesses {
    /// Free is an element's most frequent value or that of the element before it in its channel, whichever is right more
    /// often. Items of a batch count as shards of their own.
    fn new(weighing: &Weighing<'_>, at: usize, runs: &[Run]) -> Self {
        let id = weighing.slots[at].0 as usize;
        let shape = weighing.graph.tensors()[id].ty.shape;
        let channels = shape.dims().last().map_or(1, |last| *last as usize);
        let batch = batch(weighing, id);
        let item = shape.elements() as usize / batch;
        let items: Vec<&[i64]> = runs.iter().flat_map(|run| run.values[id].chunks(item)).collect();
        let of_element = |element: usize| {
            let mut values = BTreeMap::<i64, usize>::new();
            items.iter().for_each(|item| *values.entry(item[element]).or_default() += 1);
            let before = match element.checked_sub(channels) {
                Some(before) => items.iter().filter(|item| item[element] == item[before]).count(),
                None => 0,
            };
            let (mode, most) = values.into_iter().max_by_key(|(_, count)| *count).unwrap_or_default();
            let right = most.max(before);
            (mode, ((right as u64) << 16).div_ceil(items.len().max(1) as u64) as u32)
        };
        let (modes, free): (Vec<i64>, Vec<u32>) = (0..item).map(of_element).unzip();
        let parts = part::parts(weighing, at, runs, item, &modes);
        Self { free, parts, inside: inside(weighing, at, runs, item) }
    }

    fn most(&self) -> u32 {
        let parts = self.parts.iter().flat_map(Part::rates).copied();
        let inside = self.inside.iter().flat_map(Inside::rates);
        self.free.iter().copied().chain(parts).chain(inside).max().unwrap_or(0)
    }

    /// By element, in 1/65,536: what the best way to guess it gains where guesses are priced up to `skip`.
    fn unpriced(&self, skip: u16) -> Vec<u128> {
        let rest = ONE - skip as u128;
        let gain = |guess: u32| ONE - ((ONE - guess as u128) * ONE / rest).min(ONE);
        let mut gains: Vec<u128> = self.free.iter().map(|guess| gain(*guess)).collect();
        for part in &self.parts {
            gains.iter_mut().zip(part.gains(skip)).for_each(|(most, other)| *most = other.max(*most));
        }
        for inside in &self.inside {
            gains.iter_mut().zip(inside.gains(skip)).for_each(|(most, other)| *most = other.max(*most));
        }
        gains
    }
}
