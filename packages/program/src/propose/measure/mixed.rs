//! How much keeps its old value when only what lies on its route changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tequio_attestation::TensorId;

use super::{pairs::Pair, rate::rate, run};
use crate::analysis::{
    case::Case,
    cone::Cone,
    flow::{Edge, targets},
    weighing::Weighing,
};

/// By slot, the most over the pairs; `u16::MAX` where all of a tensor that differs keeps its value.
pub fn rates(weighing: &Weighing<'_>, case: &Case, pairs: &[Pair<'_>]) -> Vec<u16> {
    let mut most = vec![0; weighing.slots.len()];
    for pair in pairs {
        let of_pair = of_pair(weighing, case, pair);
        most.iter_mut().zip(of_pair).for_each(|(most, rate)| *most = rate.max(*most));
    }
    most
}

/// Every committed tensor evaluated with new values, made the same way, of what its route meets first, and with the old
/// trace's of everything else.
fn of_pair(weighing: &Weighing<'_>, case: &Case, pair: &Pair<'_>) -> Vec<u16> {
    let graph = weighing.graph;
    let mut mix: Vec<Arc<Vec<i64>>> = pair.old.values.clone();
    for (at, differs) in case.differs.iter().enumerate() {
        if *differs {
            mix[at] = pair.new.values[at].clone();
        }
    }
    let mut rates = Vec::with_capacity(weighing.cones.len());
    for cone in &weighing.cones {
        let at = cone.root.0 as usize;
        if case.open[at].is_none() {
            rates.push(0);
            continue;
        }
        let met = met(weighing, case, cone);
        let mut computed: BTreeMap<TensorId, Vec<i64>> = BTreeMap::new();
        for &id in cone.computed.iter().rev() {
            let value = run::computed(graph, graph.tensor(id), |read| match computed.get(&read) {
                Some(value) => value,
                None if met.contains(&read) => &mix[read.0 as usize],
                None => &pair.old.values[read.0 as usize],
            });
            computed.insert(id, value);
        }
        let value = computed.remove(&cone.root).unwrap_or_default();
        let equal = value.iter().zip(&*pair.old.values[at]).filter(|(new, old)| new == old).count();
        rates.push(rate(equal, value.len()));
        mix[at] = Arc::new(value);
    }
    rates
}

/// The inputs and committed tensors that a cone's route meets first.
fn met(weighing: &Weighing<'_>, case: &Case, cone: &Cone) -> BTreeSet<TensorId> {
    let mut met = BTreeSet::new();
    let mut on_route = BTreeSet::from([cone.root]);
    for &id in &cone.computed {
        if !on_route.contains(&id) {
            continue;
        }
        let (tensor, route) = (weighing.graph.tensor(id), case.routes[id.0 as usize]);
        let Some(edge) = Edge::of(weighing.graph, tensor, route, &case.open) else { continue };
        for target in targets(&edge) {
            let is_computed = target != cone.root && cone.computed.contains(&target);
            if is_computed {
                on_route.insert(target)
            } else {
                met.insert(target)
            };
        }
    }
    met
}
