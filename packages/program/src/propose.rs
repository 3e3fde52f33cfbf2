//! A plan by rule and search.

mod check;
mod choose;
mod layouts;
mod measure;
mod rates;
mod search;

use core::cmp::Reverse;
use std::sync::Arc;

use search::Search;
use tequio_attestation::{Layout, TensorId};

use crate::{
    analysis::{case::Case, cone::Cone, flow, route, weighing::Weighing},
    compile::cones::cones,
    graph::{Graph, Tensor},
    limits::{MAX_CHECK_BYTES, MAX_ROUTE_READS},
    plan::{COMPILER, Commit, Given, Plan, Route, Scenario},
    refused::Refused,
    scheme::Scheme,
};

/// Other routes tried.
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
        let plain = Choice::plain(graph, &job)?;
        for bytes in [MAX_CHECK_BYTES, MAX_CHECK_BYTES / 2] {
            let plan = plain.searched(bytes)?.plan();
            // Layouts are a compromise of all that read a tensor: checks may take too much after all.
            if Scheme::new(graph, &plan).is_ok_and(|scheme| cones(&scheme).is_ok()) {
                return Ok(plan);
            }
        }
        Ok(plain.plan())
    }

    /// The plan that a search begins with, all inputs of shard scope: committed are the outputs, of every convolution and
    /// product the narrowest tensor of its elementwise tail, and what limits need.
    ///
    /// # Errors
    /// As [`Self::propose`].
    pub fn plain(graph: &Graph) -> Result<Self, Refused> {
        graph.postable()?;
        Ok(Choice::plain(graph, &vec![false; graph.inputs()])?.plan())
    }
}

/// What is committed, weighed at the default rates, and by which routes.
struct Choice<'g> {
    /// By input.
    job: Vec<bool>,
    committed: Vec<bool>,
    weighing: Weighing<'g>,
    cases: Vec<Case>,
}

impl<'g> Choice<'g> {
    /// By the rule of [`choose::committed`]. There is a case in which all inputs of shard scope differ, and one in which all
    /// of job scope do.
    fn plain(graph: &'g Graph, job: &[bool]) -> Result<Self, Refused> {
        flow::limited(graph)?;
        let committed = choose::committed(graph)?;
        let roots = graph.iter().map(|(id, _)| id).filter(|id| committed[id.0 as usize]);
        let cones = roots.map(|id| Arc::new(Cone::new(graph, &committed, id))).collect();
        let shards: Vec<bool> = job.iter().map(|job| !job).collect();
        let scenarios = [shards, job.to_vec()].into_iter().filter(|differs| differs.contains(&true));
        let case = |differs| Case::new(graph, differs, vec![false; graph.tensors().len()], vec![]);
        Self::routed(graph, job, committed, cones, scenarios.map(case).collect())
    }

    /// What a search makes of it: checks are shown no more than so many bytes.
    fn searched(&self, bytes: u64) -> Result<Self, Refused> {
        let graph = self.weighing.graph;
        let mut search = Search::new(graph, choose::anchors(graph, &self.committed), self.committed.clone(), bytes);
        search.improve(&self.weighing, &self.cases);
        Self::routed(graph, &self.job, search.committed().to_vec(), search.cones(), self.cases.clone())
    }

    /// An op with several operands routes through the one that makes Σ w smallest, larger tensors tried first.
    fn routed(
        graph: &'g Graph,
        job: &[bool],
        committed: Vec<bool>,
        cones: Vec<Arc<Cone>>,
        mut cases: Vec<Case>,
    ) -> Result<Self, Refused> {
        let slots: Vec<_> = cones.iter().map(|cone| (cone.root, rates::s(graph, cone))).collect();
        let weighing = Weighing::new(graph, cones, &committed, job, &slots);
        cases.iter_mut().for_each(|case| case.rates = vec![rates::R; slots.len()]);
        reroute(&weighing, &mut cases)?;
        Ok(Self { job: job.to_vec(), committed, weighing, cases })
    }

    /// Layouts by worst opening.
    fn plan(&self) -> Plan {
        let Self { job, committed, weighing, cases } = self;
        let graph = weighing.graph;
        let layouts = layouts::choose(graph, committed, &weighing.cones);
        let mut skips = weighing.skips.iter();
        let (mut given, mut commits) = (Vec::new(), Vec::new());
        for (id, tensor) in graph.iter() {
            let Some(Layout { leaf_log2, row }) = layouts[id.0 as usize] else { continue };
            let (name, tensor) = (tensor.name.clone(), id.0);
            if committed[id.0 as usize] {
                let s = skips.next().copied().unwrap_or_default();
                commits.push(Commit { tensor, name, leaf_log2, row, s });
            } else {
                given.push(Given { tensor, name, leaf_log2, row });
            }
        }
        let scenarios = cases.iter().map(|case| scenario(graph, case)).collect();
        Plan { compiler: COMPILER, job: marked(job), given, committed: commits, scenarios, gamma: 0 }
    }
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
