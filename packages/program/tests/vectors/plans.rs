//! Plans that nobody proposed.

use tequio_attestation::TensorId;
use tequio_program::{Commit, Graph, Plan, Route, Scenario, Tensor, compile};

use super::dice::Dice;

/// Every tensor that an op computes is committed, with rates of many values.
pub fn all_committed(graph: &Graph, job: &[&str]) -> Plan {
    let mut plan = Plan::propose_with_job(graph, job).unwrap();
    let commit = |(id, tensor): (TensorId, &Tensor)| {
        let (row, name) = (tensor.ty.shape.elements(), tensor.name.clone());
        tensor.node().map(|_| Commit { tensor: id.0, name, leaf_log2: 6, row, s: 0 })
    };
    plan.committed = graph.iter().filter_map(commit).collect();
    plan.scenarios.iter_mut().for_each(|scenario| scenario.rates = vec![0; plan.committed.len()]);
    with_rates(plan)
}

/// As proposed, with rates of many values.
pub fn with_rates(mut plan: Plan) -> Plan {
    for (slot, commit) in (1u32..).zip(&mut plan.committed) {
        commit.s = (slot * 4_001 % 9_999) as u16;
    }
    for (at, scenario) in (1..).zip(&mut plan.scenarios) {
        for (slot, rate) in (1..).zip(&mut scenario.rates) {
            *rate = (60_001 - at) / slot;
        }
    }
    plan.gamma = 1_234;
    plan
}

/// What was measured: that only the second input differs, and that a tensor is the same as a whole.
pub fn measured(graph: &Graph) -> Plan {
    let mut plan = Plan::plain(graph).unwrap();
    plan.committed.iter_mut().for_each(|commit| commit.s = 0);
    let slots = plan.committed.len();
    let id = |name| graph.iter().find(|(_, tensor)| tensor.name == name).unwrap().0.0;
    let rates = |by: u16| (1..).map(|slot: u16| by / slot).take(slots).collect();
    plan.scenarios = vec![
        Scenario { differs: vec![0, 1], shared: vec![id("a")], routes: vec![], rates: rates(60_000) },
        Scenario { differs: vec![1], shared: vec![], routes: vec![], rates: rates(40_001) },
        Scenario { differs: vec![0], shared: vec![id("a")], routes: vec![], rates: rates(50_002) },
    ];
    plan.scenarios.sort_by(|one, other| one.differs.cmp(&other.differs));
    plan
}

/// Only the last tensor is committed, and all leaves are the smallest; inputs and constants have rows of `row` elements
/// where that is possible.
pub fn last_committed(graph: &Graph, row: u32) -> Plan {
    let mut plan = all_committed(graph, &[]);
    plan.committed.drain(..plan.committed.len() - 1);
    plan.scenarios.iter_mut().for_each(|scenario| scenario.rates.truncate(1));
    for given in &mut plan.given {
        let is_whole = graph.tensors()[given.tensor as usize].ty.shape.elements().is_multiple_of(row);
        (given.leaf_log2, given.row) = (6, if is_whole { row } else { 1 });
    }
    plan
}

/// As given, but nothing is guessed, and of every tensor `rate` is kept, of the last one `last`.
pub fn at_rates(mut plan: Plan, rate: u16, last: u16) -> Plan {
    plan.committed.iter_mut().for_each(|commit| commit.s = 0);
    for scenario in &mut plan.scenarios {
        scenario.rates.fill(rate);
        scenario.rates.last_mut().into_iter().for_each(|rate| *rate = last);
    }
    plan
}

/// Any tensors committed under any layout, any inputs of the job, any scenarios, routes and rates.
pub fn any(graph: &Graph, dice: &mut Dice) -> Plan {
    let inputs = graph.inputs();
    let job = loop {
        let job: Vec<bool> = (0..inputs).map(|_| dice.one_in(4)).collect();
        if job.contains(&false) {
            break job;
        }
    };
    let names: Vec<&str> = graph.tensors()[..inputs].iter().map(|tensor| tensor.name.as_str()).collect();
    let of_job: Vec<&str> = names.iter().zip(&job).filter(|(_, job)| **job).map(|(name, _)| *name).collect();
    let mut plan = Plan::propose_with_job(graph, &of_job).unwrap();
    for given in &mut plan.given {
        (given.leaf_log2, given.row) = layout(&graph.tensors()[given.tensor as usize], dice);
    }
    plan.committed.clear();
    for (id, tensor) in graph.iter().filter(|(_, tensor)| tensor.node().is_some()) {
        if graph.outputs().contains(&id) || dice.one_in(2) {
            let ((leaf_log2, row), s) = (layout(tensor, dice), dice.below(61_441) as u16);
            plan.committed.push(Commit { tensor: id.0, name: tensor.name.clone(), leaf_log2, row, s });
        }
    }
    let all = 0..inputs as u32;
    let mut differs: Vec<Vec<u32>> = plan.scenarios.iter().map(|scenario| scenario.differs.clone()).collect();
    for _ in 0..dice.below(3) {
        differs.push(all.clone().filter(|_| dice.one_in(2)).collect());
    }
    differs.sort();
    differs.dedup();
    differs.retain(|list| !list.is_empty());
    let ops: Vec<TensorId> = graph.iter().filter(|(_, tensor)| tensor.node().is_some()).map(|(id, _)| id).collect();
    plan.scenarios.clear();
    for differs in differs {
        let shared = ops.iter().map(|id| id.0).filter(|_| dice.one_in(9)).collect();
        let most = 1 + dice.below(65_535);
        let rates = plan.committed.iter().map(|_| dice.below(most) as u16).collect();
        plan.scenarios.push(Scenario { differs, shared, routes: vec![], rates });
    }
    plan.gamma = dice.below(1_000);
    for at in 0..plan.scenarios.len() {
        ops.iter().for_each(|id| reroute(graph, &mut plan, at, *id, dice));
    }
    plan
}

fn layout(tensor: &Tensor, dice: &mut Dice) -> (u8, u32) {
    let elements = tensor.ty.shape.elements();
    let rows: Vec<u32> = (1..=elements).filter(|row| elements.is_multiple_of(*row)).collect();
    (6 + dice.below(5) as u8, rows[dice.below(rows.len() as u32) as usize])
}

/// Another route for an op of a scenario, if there is one.
fn reroute(graph: &Graph, plan: &mut Plan, at: usize, id: TensorId, dice: &mut Dice) {
    let tensor = graph.tensor(id);
    let operands = tensor.node().map_or(0, |node| node.operands.len()) as u32;
    let operand = dice.below(operands.max(1)) as u8;
    plan.scenarios[at].routes.push(Route { tensor: id.0, name: tensor.name.clone(), operand });
    if compile(graph, plan).is_err() {
        plan.scenarios[at].routes.pop();
    }
}
