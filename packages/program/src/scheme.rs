//! A plan laid over its graph, each part where it applies.

use tequio_attestation::{Layout, TensorId};

use crate::{
    analysis::{case::Case, route},
    graph::{Graph, Tensor, TensorSource},
    limits::{MAX_S, MAX_SCENARIOS},
    plan::{COMPILER, Plan, Scenario},
    refused::Misfit,
};

/// A plan that fits its graph.
pub(crate) struct Scheme<'g> {
    pub graph: &'g Graph,
    /// By id; `None` for virtual tensors.
    pub layouts: Vec<Option<Layout>>,
    /// By id.
    pub committed: Vec<bool>,
    /// The committed tensors by slot, and how often each is guessed.
    pub slots: Vec<Slot>,
    /// By input: whether it is of job scope.
    pub job: Vec<bool>,
    pub cases: Vec<Case>,
}

/// A committed tensor and its s in 1/65,536.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub id: TensorId,
    pub s: u16,
}

impl<'g> Scheme<'g> {
    pub fn new(graph: &'g Graph, plan: &Plan) -> Result<Self, Misfit> {
        if plan.compiler != COMPILER {
            return Err(Misfit::Compiler { found: plan.compiler, wanted: COMPILER });
        }
        if plan.gamma > 1 << 16 {
            return Err(Misfit::Gamma { gamma: plan.gamma });
        }
        let count = graph.tensors().len();
        let mut scheme = Self {
            graph,
            layouts: vec![None; count],
            committed: vec![false; count],
            slots: vec![],
            job: vec![],
            cases: vec![],
        };
        scheme.job = scheme.marked("job", &plan.job, graph.inputs())?;
        scheme.lay_given(plan)?;
        scheme.commit(plan)?;
        scheme.differ(plan)?;
        Ok(scheme)
    }

    /// The tensor of this number, if it has this name.
    fn named(&self, list: &'static str, at: usize, id: u32, name: &str) -> Result<&'g Tensor, Misfit> {
        let tensor = self.graph.tensors().get(id as usize).ok_or(Misfit::List { list, at })?;
        if tensor.name != name {
            return Err(Misfit::Name { tensor: id, found: tensor.name.clone(), wanted: name.into() });
        }
        Ok(tensor)
    }

    fn lay(&mut self, id: u32, tensor: &Tensor, leaf_log2: u8, row: u32) -> Result<(), Misfit> {
        let layout = Layout::new(leaf_log2, row, &tensor.ty);
        let layout = layout.map_err(|_| Misfit::Layout { tensor: tensor.name.clone(), leaf_log2, row })?;
        self.layouts[id as usize] = Some(layout);
        Ok(())
    }

    fn lay_given(&mut self, plan: &Plan) -> Result<(), Misfit> {
        let list = "given";
        let mut wanted = self.graph.iter().filter(|(_, tensor)| tensor.node().is_none());
        for (at, given) in plan.given.iter().enumerate() {
            let tensor = self.named(list, at, given.tensor, &given.name)?;
            if wanted.next().is_none_or(|(id, _)| id.0 != given.tensor) {
                return Err(Misfit::List { list, at });
            }
            self.lay(given.tensor, tensor, given.leaf_log2, given.row)?;
        }
        if wanted.next().is_some() { Err(Misfit::List { list, at: plan.given.len() }) } else { Ok(()) }
    }

    fn commit(&mut self, plan: &Plan) -> Result<(), Misfit> {
        let list = "committed";
        for (at, commit) in plan.committed.iter().enumerate() {
            let tensor = self.named(list, at, commit.tensor, &commit.name)?;
            let ascending = self.slots.last().is_none_or(|last| last.id.0 < commit.tensor);
            if !ascending || !matches!(tensor.source, TensorSource::Op(_)) {
                return Err(Misfit::List { list, at });
            }
            if commit.s > MAX_S {
                return Err(Misfit::Rate { tensor: tensor.name.clone(), s: commit.s });
            }
            self.lay(commit.tensor, tensor, commit.leaf_log2, commit.row)?;
            self.committed[commit.tensor as usize] = true;
            self.slots.push(Slot { id: TensorId(commit.tensor), s: commit.s });
        }
        let missing = self.graph.outputs().iter().find(|id| !self.committed[id.0 as usize]);
        missing.map_or(Ok(()), |id| Err(Misfit::Output { tensor: self.graph.tensor(*id).name.clone() }))
    }

    /// By tensor below `count`: whether an ascending list names it.
    fn marked(&self, list: &'static str, ids: &[u32], count: usize) -> Result<Vec<bool>, Misfit> {
        let mut marked = vec![false; count];
        for (at, &id) in ids.iter().enumerate() {
            let is_next = at == 0 || ids[at - 1] < id;
            match marked.get_mut(id as usize) {
                Some(mark) if is_next => *mark = true,
                _ => return Err(Misfit::List { list, at }),
            }
        }
        Ok(marked)
    }

    fn differ(&mut self, plan: &Plan) -> Result<(), Misfit> {
        if plan.scenarios.len() > MAX_SCENARIOS {
            return Err(Misfit::Scenario { at: MAX_SCENARIOS });
        }
        for (at, scenario) in plan.scenarios.iter().enumerate() {
            let differs = self.marked("differs", &scenario.differs, self.graph.inputs())?;
            let shared = self.marked("shared", &scenario.shared, self.graph.tensors().len())?;
            let is_new = self.cases.iter().all(|case| case.differs != differs);
            if !is_new || scenario.differs.is_empty() || scenario.rates.len() != self.slots.len() {
                return Err(Misfit::Scenario { at });
            }
            let mut case = Case::new(self.graph, differs, shared, scenario.rates.clone());
            self.route(scenario, &mut case)?;
            self.cases.push(case);
        }
        let shards: Vec<bool> = self.job.iter().map(|job| !job).collect();
        let has = |differs: &[bool]| !differs.contains(&true) || self.cases.iter().any(|case| case.differs == differs);
        let is_complete = shards.contains(&true) && has(&shards) && has(&self.job);
        if is_complete { Ok(()) } else { Err(Misfit::Scenario { at: self.cases.len() }) }
    }

    fn route(&self, scenario: &Scenario, case: &mut Case) -> Result<(), Misfit> {
        let list = "routes";
        let mut last = None;
        for (at, route) in scenario.routes.iter().enumerate() {
            let tensor = self.named(list, at, route.tensor, &route.name)?;
            let possible = tensor.node().map(|node| route::routable(node, &case.open)).unwrap_or_default();
            let taken = &mut case.routes[route.tensor as usize];
            if !possible.contains(&route.operand) || *taken == Some(route.operand) {
                return Err(Misfit::Route { tensor: tensor.name.clone(), operand: route.operand });
            }
            if last >= Some(route.tensor) {
                return Err(Misfit::List { list, at });
            }
            last = Some(route.tensor);
            *taken = Some(route.operand);
        }
        Ok(())
    }
}
