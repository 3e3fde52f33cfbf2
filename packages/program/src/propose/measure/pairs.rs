//! Two shards that differ as a scenario says.

use std::{borrow::Cow, collections::BTreeSet};

use super::{super::rates::R, rate::rate, run::Run};
use crate::{
    analysis::{cone::Cone, weighing::Weighing},
    graph::Graph,
    limits::MAX_SCENARIOS,
    scheme::Scheme,
};

/// Pairs along whose routes is measured what keeps its value, and most that are made up, in each scenario.
pub const PAIRS: usize = 4;

/// An old shard and a new one.
pub struct Pair<'a> {
    pub old: Cow<'a, Run>,
    pub new: Cow<'a, Run>,
}

/// What differs, by input: what must be there, and every set that two of the shards differ in.
pub fn scenarios(scheme: &Scheme<'_>, runs: &[Run]) -> Vec<Vec<bool>> {
    let mut all: Vec<Vec<bool>> = scheme.cases.iter().map(|case| case.differs.clone()).collect();
    for (at, old) in runs.iter().enumerate() {
        for new in &runs[at + 1..] {
            let differs = differs(old, new);
            if differs.contains(&true) && !all.contains(&differs) && all.len() < MAX_SCENARIOS {
                all.push(differs);
            }
        }
    }
    all
}

fn differs(old: &Run, new: &Run) -> Vec<bool> {
    old.inputs.iter().zip(&new.inputs).map(|(old, new)| old != new).collect()
}

/// All pairs that differ in just these inputs, the most similar ones first; where there are none, shards into which
/// another's inputs are put.
pub fn of<'a>(scheme: &Scheme<'_>, runs: &'a [Run], wanted: &[bool]) -> Vec<Pair<'a>> {
    let mut pairs = vec![];
    for (at, old) in runs.iter().enumerate() {
        for new in &runs[at + 1..] {
            if differs(old, new) == wanted {
                pairs.push(Pair { old: Cow::Borrowed(old), new: Cow::Borrowed(new) });
            }
        }
    }
    if pairs.is_empty() {
        let next = |at: usize| &runs[(at + 1) % runs.len()];
        let made = runs
            .iter()
            .enumerate()
            .take(PAIRS)
            .map(|(at, old)| Pair { old: Cow::Borrowed(old), new: Cow::Owned(grafted(scheme, old, next(at), wanted)) });
        pairs.extend(made.filter(|pair| differs(&pair.old, &pair.new) == wanted));
    }
    pairs.sort_by_cached_key(|pair| core::cmp::Reverse(equal_elements(scheme, pair)));
    pairs
}

fn equal_elements(scheme: &Scheme<'_>, pair: &Pair<'_>) -> usize {
    let equal = |id: usize| pair.old.values[id].iter().zip(&*pair.new.values[id]).filter(|(a, b)| a == b).count();
    (0..scheme.graph.inputs()).map(equal).sum()
}

/// `old` with another's inputs where they have to differ, turned round where the other's are the same.
fn grafted(scheme: &Scheme<'_>, old: &Run, other: &Run, wanted: &[bool]) -> Run {
    let graph = scheme.graph;
    let input = |(at, wanted): (usize, &bool)| {
        let (mine, theirs) = (&old.inputs[at], &other.inputs[at]);
        let width = graph.tensors()[at].ty.dtype.bytes();
        match wanted {
            false => mine.clone(),
            true if mine != theirs => theirs.clone(),
            true => mine.rchunks(width).flatten().copied().collect(),
        }
    };
    let inputs: Vec<Vec<u8>> = wanted.iter().enumerate().map(input).collect();
    Run::new(graph, &scheme.committed, &old.values, &inputs)
}

/// By tensor: whether it is equal as a whole in any of the pairs although it depends on what differs.
pub fn equal(graph: &Graph, pairs: &[Pair<'_>]) -> Vec<bool> {
    let is_equal = |at: usize| pairs.iter().any(|pair| pair.old.digests[at] == pair.new.digests[at]);
    let ops: BTreeSet<usize> =
        graph.iter().filter(|(_, tensor)| tensor.node().is_some()).map(|(id, _)| id.0 as usize).collect();
    (0..graph.tensors().len()).map(|at| ops.contains(&at) && is_equal(at)).collect()
}

/// By slot: how much of a committed tensor, or of a narrower one that it is made from, is equal in the most similar pair,
/// twins left out: replaying those is right. So much of it need not be steered.
pub fn rates(weighing: &Weighing<'_>, pairs: &[Pair<'_>]) -> Vec<u16> {
    let of_pair = |at: usize, pair: &Pair<'_>| {
        let (old, new) = (&pair.old.values[at], &pair.new.values[at]);
        let equal = old.iter().zip(&**new).filter(|(old, new)| old == new).count();
        if equal < old.len() { rate(equal, old.len()) } else { 0 }
    };
    let most = |at: usize| pairs.iter().map(|pair| of_pair(at, pair)).max().unwrap_or(0);
    let of_cone = |cone: &Cone| cone.computed.iter().map(|id| most(id.0 as usize)).max().unwrap_or(0).max(R);
    weighing.cones.iter().map(|cone| of_cone(cone)).collect()
}
