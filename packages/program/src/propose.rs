//! A plan by rule and search.

mod choose;
mod layouts;
mod measure;

mod rates;

use core::cmp::Reverse;

use tequio_attestation::{Layout, TensorId};

use crate::{
    analysis::{case::Case, cone::Cone, flow, route, weighing::Weighing},
    graph::{Graph, Tensor},
    limits::MAX_ROUTE_READS,
    plan::{COMPILER, Commit, Given, Plan, Route, Scenario},
    refused::Refused,
};

/// Other routes and further commitments tried, each.
const TRIES: usize = 32;

impl Plan {
    /// A plan by the compiler's own rules, without measured rates, all inputs of shard scope.
    ///
    /// # Errors
    /// If no choice keeps every check within the limits, and for a program without inputs: there is nothing to post.
    pub fn propose(graph: &Graph) -> Result<Self, Refused> {
        Self::propose_with_job(graph, &[])
    }

    /// The same with the inputs of `job` of job scope.
    ///
    /// # Errors
    /// As [`Self::propose`], and if a name of `job` is no input's or no other input is left.
    pub fn propose_with_job(graph: &Graph, job: &[&str]) -> Result<Self, Refused> {
        graph.postable()?;
        let names = graph.input_names();
        if let Some(name) = job.iter().find(|name| !names.contains(name)) {
            return Err(Refused::NoInput { name: (*name).into() });
        }
        let job: Vec<bool> = names.iter().map(|name| job.contains(name)).collect();
        if job.iter().all(|job| *job) {
            return Err(Refused::None { what: "inputs of shard scope" });
        }
        plan(graph, job)
    }
}

/// 1. Committed are the outputs and the tails of dense ops, and what limits need.
/// 2. A pool or reduction is committed too if that makes Σ w × committed bytes smaller.
/// 3. An op with several operands routes through the one that makes Σ w smallest, larger tensors tried first.
/// 4. Layouts by worst opening; rates are the defaults.
fn plan(graph: &Graph, job: Vec<bool>) -> Result<Plan, Refused> {
    flow::limited(graph)?;
    let committed = choose::committed(graph)?;
    let shards: Vec<bool> = job.iter().map(|job| !job).collect();
    let scenarios = [shards, job.clone()].into_iter().filter(|differs| differs.contains(&true));
    let case = |differs| Case::new(graph, differs, vec![false; graph.tensors().len()], vec![]);
    let mut search = Search { graph, job, committed, cases: scenarios.map(case).collect() };
    search.narrow()?;
    search.fill();
    let weighing = search.weighing();
    reroute(&weighing, &mut search.cases)?;
    let Search { job, committed, cases, .. } = search;
    let layouts = layouts::choose(graph, &committed, &weighing.cones);
    let (mut given, mut commits) = (Vec::new(), Vec::new());
    for (id, tensor) in graph.iter() {
        let Some(Layout { leaf_log2, row }) = layouts[id.0 as usize] else { continue };
        let (name, tensor) = (tensor.name.clone(), id.0);
        if committed[id.0 as usize] {
            commits.push(Commit { tensor, name, leaf_log2, row, s: rates::s(graph, id) });
        } else {
            given.push(Given { tensor, name, leaf_log2, row });
        }
    }
    let scenarios = cases.iter().map(|case| scenario(graph, case)).collect();
    Ok(Plan { compiler: COMPILER, job: marked(&job), given, committed: commits, scenarios, gamma: 0 })
}

fn marked(marks: &[bool]) -> Vec<u32> {
    (0..).zip(marks).filter(|(_, mark)| **mark).map(|(id, _)| id).collect()
}

/// A case as plans have it.
fn scenario(graph: &Graph, case: &Case) -> Scenario {
    let defaults = route::defaults(graph, &case.open);
    let other = |(id, _): &(TensorId, &Tensor)| case.routes[id.0 as usize] != defaults[id.0 as usize];
    let routes = graph.iter().filter(other).filter_map(|(id, tensor)| {
        let operand = case.routes[id.0 as usize]?;
        Some(Route { tensor: id.0, name: tensor.name.clone(), operand })
    });
    Scenario {
        differs: marked(&case.differs),
        shared: marked(&case.shared),
        routes: routes.collect(),
        rates: case.rates.clone(),
    }
}

struct Search<'g> {
    graph: &'g Graph,
    job: Vec<bool>,
    committed: Vec<bool>,
    cases: Vec<Case>,
}

impl<'g> Search<'g> {
    fn weighing(&self) -> Weighing<'g> {
        let committed = self.graph.iter().map(|(id, _)| id).filter(|id| self.committed[id.0 as usize]);
        let slots: Vec<_> = committed.map(|id| (id, rates::s(self.graph, id))).collect();
        let cones = slots.iter().map(|(id, _)| Cone::new(self.graph, &self.committed, *id)).collect();
        Weighing::new(self.graph, cones, &self.committed, &self.job, &slots)
    }

    /// Default rates for what is committed.
    fn fill(&mut self) {
        let count = self.committed.iter().filter(|committed| **committed).count();
        self.cases.iter_mut().for_each(|case| case.rates = vec![rates::R; count]);
    }

    /// Σ w × committed bytes.
    fn product(&mut self) -> Result<u128, Refused> {
        self.fill();
        let weighing = self.weighing();
        let total: u128 = weighing.weights(&self.cases)?.iter().sum();
        let bytes: u64 = weighing.slots.iter().map(|slot| self.graph.tensor(*slot).bytes()).sum();
        Ok(total.saturating_mul(bytes as u128))
    }

    fn narrow(&mut self) -> Result<(), Refused> {
        let candidates = choose::narrowing(self.graph, &self.committed);
        if candidates.is_empty() {
            return Ok(());
        }
        let mut best = self.product()?;
        let left = MAX_ROUTE_READS / flow::reads(self.graph).saturating_mul(self.cases.len() as u64).max(1);
        for id in candidates.into_iter().take(TRIES.min(left as usize)) {
            self.committed[id.0 as usize] = true;
            let score = self.product()?;
            self.committed[id.0 as usize] = score < best;
            best = best.min(score);
        }
        Ok(())
    }
}

/// Takes other routes where they make Σ w smaller.
fn reroute(weighing: &Weighing<'_>, cases: &mut [Case]) -> Result<(), Refused> {
    let graph = weighing.graph;
    let elements = |id: TensorId| graph.tensor(id).ty.shape.elements() as u64;
    let mut left = MAX_ROUTE_READS / flow::reads(graph).max(1);
    let mut weighed: Vec<_> = cases.iter().map(|case| weighing.weigh(case)).collect();
    let mut best: u128 = weighing.sum_up(&weighed)?.iter().sum();
    for (at, case) in cases.iter_mut().enumerate() {
        let choices = |(id, tensor): (TensorId, &Tensor)| {
            let operands = tensor.node().map(|node| route::routable(node, &case.open)).unwrap_or_default();
            let taken = case.routes[id.0 as usize];
            operands.into_iter().filter(move |operand| Some(*operand) != taken).map(move |operand| (id, operand))
        };
        let mut choices: Vec<_> = graph.iter().flat_map(choices).collect();
        choices.sort_by_key(|(id, _)| Reverse(elements(*id)));
        for (id, operand) in choices.into_iter().take(TRIES) {
            let Some(rest) = left.checked_sub(1) else { return Ok(()) };
            left = rest;
            let before = case.routes[id.0 as usize].replace(operand);
            let tried = core::mem::replace(&mut weighed[at], weighing.weigh(case));
            // Choices that aren't known can double flow until it doesn't fit: then the old route is as good.
            match weighing.sum_up(&weighed).map(|weights| weights.iter().sum::<u128>()) {
                Ok(sum) if sum < best => best = sum,
                _ => {
                    case.routes[id.0 as usize] = before;
                    weighed[at] = tried;
                }
            }
        }
    }
    Ok(())
}
