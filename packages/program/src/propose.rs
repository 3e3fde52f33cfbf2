//! A plan by rule and search.

mod choose;
mod layouts;
mod measure;
mod rates;

use tequio_attestation::{Layout, TensorId};

use crate::{
    analysis::{
        cone::Cone,
        flow::{self, largest_arrivals},
        route,
        weights::{self, Slot},
    },
    graph::{Graph, Tensor},
    limits::MAX_ROUTE_READS,
    plan::{COMPILER, Commit, Given, Plan, Route},
    refused::Refused,
};

/// Other routes and further commitments tried, each.
const TRIES: usize = 32;

impl Plan {
    /// A plan by the compiler's own rules, without measured rates.
    ///
    /// # Errors
    /// If no choice keeps every check within the limits, and for a program without inputs: there is nothing to post.
    pub fn propose(graph: &Graph) -> Result<Self, Refused> {
        plan(graph)
    }
}

/// 1. Committed are the outputs and the tails of dense ops, and what limits need.
/// 2. A pool or reduction is committed too if that makes Σ w × committed bytes smaller.
/// 3. An op with several operands routes through the one that makes Σ w smallest, larger tensors tried first.
/// 4. Layouts by worst opening; rates are the defaults.
fn plan(graph: &Graph) -> Result<Plan, Refused> {
    graph.postable()?;
    let defaults = route::defaults(graph);
    flow::limited(graph, &defaults)?;
    let mut search = Search { graph, committed: choose::committed(graph)?, routes: defaults.clone() };
    search.narrow()?;
    search.reroute()?;
    let Search { committed, routes, .. } = search;
    let cones = cones(graph, &committed);
    let layouts = layouts::choose(graph, &committed, &cones);
    let (mut given, mut commits) = (Vec::new(), Vec::new());
    for (id, tensor) in graph.iter() {
        let Some(Layout { leaf_log2, row }) = layouts[id.0 as usize] else { continue };
        let (name, tensor) = (tensor.name.clone(), id.0);
        if committed[id.0 as usize] {
            let (r, s) = (rates::R, rates::s(graph, id));
            commits.push(Commit { tensor, name, leaf_log2, row, r, s });
        } else {
            given.push(Given { tensor, name, leaf_log2, row });
        }
    }
    let other = |(id, _): &(TensorId, _)| routes[id.0 as usize] != defaults[id.0 as usize];
    let routes = graph.iter().filter(other).filter_map(|(id, tensor)| {
        let operand = routes[id.0 as usize]?;
        Some(Route { tensor: id.0, name: tensor.name.clone(), operand })
    });
    Ok(Plan { compiler: COMPILER, given, committed: commits, routes: routes.collect() })
}

fn cones(graph: &Graph, committed: &[bool]) -> Vec<Cone> {
    let roots = graph.iter().map(|(id, _)| id).filter(|id| committed[id.0 as usize]);
    roots.map(|root| Cone::new(graph, committed, root)).collect()
}

struct Search<'g> {
    graph: &'g Graph,
    committed: Vec<bool>,
    routes: Vec<Option<u8>>,
}

impl Search<'_> {
    fn slots(&self) -> Vec<Slot> {
        let committed = self.graph.iter().map(|(id, _)| id).filter(|id| self.committed[id.0 as usize]);
        committed.map(|id| Slot { id, r: rates::R, s: rates::s(self.graph, id) }).collect()
    }

    /// Σ w × committed bytes.
    fn product(&self, arrivals: &[u128]) -> Result<u128, Refused> {
        let (slots, cones) = (self.slots(), cones(self.graph, &self.committed));
        let total: u128 = weights::weights(self.graph, &slots, &cones, arrivals)?.iter().sum();
        let bytes: u64 = slots.iter().map(|slot| self.graph.tensor(slot.id).bytes()).sum();
        Ok(total.saturating_mul(bytes as u128))
    }

    fn narrow(&mut self) -> Result<(), Refused> {
        let candidates = choose::narrowing(self.graph, &self.committed);
        if candidates.is_empty() {
            return Ok(());
        }
        let arrivals = largest_arrivals(self.graph, &self.routes);
        let mut best = self.product(&arrivals)?;
        for id in candidates.into_iter().take(TRIES) {
            self.committed[id.0 as usize] = true;
            let score = self.product(&arrivals)?;
            self.committed[id.0 as usize] = score < best;
            best = best.min(score);
        }
        Ok(())
    }

    fn reroute(&mut self) -> Result<(), Refused> {
        let elements = |id: TensorId| self.graph.tensor(id).ty.shape.elements() as u64;
        let choices = |(id, tensor): (TensorId, &Tensor)| {
            let operands = tensor.node().map(|node| route::routable(self.graph, node)).unwrap_or_default();
            operands.into_iter().skip(1).map(move |operand| (id, operand))
        };
        let mut choices: Vec<_> = self.graph.iter().flat_map(choices).collect();
        choices.sort_by_key(|(id, _)| core::cmp::Reverse(elements(*id)));
        // Routes change neither what is committed nor what a check reads.
        let (slots, cones) = (self.slots(), cones(self.graph, &self.committed));
        let total = |routes: &[Option<u8>]| -> Result<u128, Refused> {
            let arrivals = largest_arrivals(self.graph, routes);
            Ok(weights::weights(self.graph, &slots, &cones, &arrivals)?.iter().sum())
        };
        let mut best = total(&self.routes)?;
        let mut left = MAX_ROUTE_READS;
        for (id, operand) in choices.into_iter().take(TRIES) {
            let before = self.routes[id.0 as usize].replace(operand);
            let reads = self.graph.iter().map(|(id, _)| flow::reads(self.graph, id, self.routes[id.0 as usize]));
            let Some(rest) = left.checked_sub(reads.fold(0, u64::saturating_add)) else {
                self.routes[id.0 as usize] = before;
                continue;
            };
            left = rest;
            let sum = total(&self.routes)?;
            if sum < best {
                best = sum;
            } else {
                self.routes[id.0 as usize] = before;
            }
        }
        Ok(())
    }
}
