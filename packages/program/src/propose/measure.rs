//! Rates as they are on real inputs, instead of the defaults.

mod batch;
mod guess;
mod inside;
mod mixed;
mod pairs;
mod part;
mod rate;
mod run;

use core::cmp::Reverse;

use pairs::{PAIRS, Pair};
use run::Run;
use tequio_attestation::TensorId;

use super::{reroute, scenario};
use crate::{
    analysis::{case::Case, flow, route::routable, weighing::Weighing},
    compile::cones::cones,
    graph::Graph,
    limits::MAX_MIXING,
    plan::Plan,
    refused::Refused,
    scheme::Scheme,
};

/// Other routes that are tried with rates measured anew, in each scenario.
const TRIES: usize = 8;
/// Times that routes are chosen anew because what was on them makes no difference, in each scenario.
const ROUNDS: usize = 64;

impl Plan {
    /// The same plan with scenarios, routes, rates and γ as `shards` show them: for each its inputs in graph order, as
    /// canonical bytes. At most [`crate::MAX_TRACES`] count, fewer of a program so large that these would take minutes, and one alone shows nothing of what shards have in common.
    ///
    /// # Errors
    /// If the plan doesn't fit the graph, if a shard lacks inputs, or if two shards already take too long.
    pub fn measured(&self, graph: &Graph, shards: &[Vec<Vec<u8>>]) -> Result<Self, Refused> {
        flow::limited(graph)?;
        let scheme = Scheme::new(graph, self)?;
        let shards = &shards[..shards.len().min(run::most(graph, &scheme.committed)?)];
        let fits = |shard: &Vec<Vec<u8>>| {
            let types = graph.tensors()[..graph.inputs()].iter().map(|tensor| tensor.ty.bytes());
            shard.iter().map(Vec::len).eq(types)
        };
        if !shards.iter().all(fits) {
            return Err(Refused::None { what: "whole shard of inputs" });
        }
        if shards.is_empty() {
            return Ok(self.clone());
        }
        let constants = run::constants(graph);
        let run = |inputs: &Vec<Vec<u8>>| Run::new(graph, &scheme.committed, &constants, inputs);
        let runs: Vec<Run> = shards.iter().map(run).collect();
        let slots: Vec<_> = scheme.slots.iter().map(|slot| (slot.id, slot.s)).collect();
        let mut weighing = Weighing::new(graph, cones(&scheme)?, &scheme.committed, &scheme.job, &slots);
        let mut cases = Vec::new();
        for differs in pairs::scenarios(&scheme, &runs) {
            cases.push(measured(&weighing, &scheme, &runs, differs)?);
        }
        let mut plan = self.clone();
        (plan.gamma, weighing.skips) = guess::priced(&weighing, &cases, &runs)?;
        plan.committed.iter_mut().zip(&weighing.skips).for_each(|(commit, s)| commit.s = *s);
        plan.scenarios = cases.iter().map(|case| scenario(graph, case)).collect();
        Ok(plan)
    }
}

/// One scenario: what is equal as a whole in some pair, how much in the most similar one, and routes through what makes
/// a difference.
fn measured(weighing: &Weighing<'_>, scheme: &Scheme<'_>, runs: &[Run], differs: Vec<bool>) -> Result<Case, Refused> {
    let graph = weighing.graph;
    let pairs = pairs::of(scheme, runs, &differs);
    let mut shared = pairs::equal(graph, &pairs);
    let rates = pairs::rates(weighing, &pairs);
    for _ in 0..ROUNDS {
        let mut cases = [Case::new(graph, differs.clone(), shared.clone(), rates.clone())];
        reroute(weighing, &mut cases)?;
        let [mut case] = cases;
        let still = settle(weighing, &pairs, &mut case, &rates)?;
        if still.is_empty() {
            return Ok(case);
        }
        // What makes no difference at all: no route may go through it.
        still.iter().for_each(|id| shared[id.0 as usize] = true);
    }
    Err(Refused::TooMany { what: "rounds of measuring", found: ROUNDS + 1, limit: ROUNDS })
}

/// Measures along the case's routes, and along others, and keeps the best. Gives the committed tensors that keep all of
/// their old value.
fn settle(
    weighing: &Weighing<'_>,
    pairs: &[Pair<'_>],
    case: &mut Case,
    rates: &[u16],
) -> Result<Vec<TensorId>, Refused> {
    let graph = weighing.graph;
    let pairs = &pairs[..pairs.len().min(PAIRS)];
    let mut left = MAX_MIXING / weighing.work.total()?.saturating_mul(pairs.len() as u64).max(1);
    let mut measure = |case: &mut Case| -> Result<Option<u128>, Refused> {
        let along = mixed::rates(weighing, case, pairs);
        case.rates = rates.iter().zip(along).map(|(r, along)| (*r).max(along)).collect();
        left = left.saturating_sub(1);
        // Too much to be weighed is as bad as it gets.
        let sum = weighing.weights(core::slice::from_ref(case)).map_or(u128::MAX, |weights| weights.iter().sum());
        Ok((left > 0).then_some(sum))
    };
    let mut best = measure(case)?;
    let mut choices: Vec<_> = graph.iter().filter(|(_, tensor)| tensor.node().is_some()).map(|(id, _)| id).collect();
    choices.sort_by_key(|id| Reverse(graph.tensor(*id).ty.shape.elements()));
    let mut tries = 0;
    for id in choices {
        let Some(node) = graph.tensor(id).node() else { continue };
        for operand in routable(node, &case.open) {
            let Some(least) = best.filter(|_| tries < TRIES && case.routes[id.0 as usize] != Some(operand)) else {
                continue;
            };
            tries += 1;
            let mut other = case.clone();
            other.routes[id.0 as usize] = Some(operand);
            match measure(&mut other)? {
                Some(sum) if sum < least => (*case, best) = (other, Some(sum)),
                Some(_) => {}
                None => best = None,
            }
        }
    }
    let whole = weighing.slots.iter().zip(&case.rates).filter(|(_, rate)| **rate == u16::MAX);
    let routed = whole.filter(|(id, _)| !case.open[id.0 as usize].is_none()).map(|(id, _)| *id);
    Ok(routed.collect())
}
