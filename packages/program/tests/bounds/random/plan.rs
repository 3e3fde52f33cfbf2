//! Plans that nobody proposed.

use tequio_attestation::TensorId;
use tequio_program::{Commit, Graph, Plan};

use super::Dice;

/// Gives half of the plan's tensors another layout, and in one plan of three commits to other tensors.
pub fn shuffle(dice: &mut Dice, graph: &Graph, plan: &mut Plan) {
    if dice.one_in(3) {
        commit(dice, graph, plan);
    }
    for given in &mut plan.given {
        if dice.one_in(2) {
            (given.leaf_log2, given.row) = layout(dice, graph, given.tensor);
        }
    }
    for commit in &mut plan.committed {
        if dice.one_in(2) {
            (commit.leaf_log2, commit.row) = layout(dice, graph, commit.tensor);
        }
    }
}

fn commit(dice: &mut Dice, graph: &Graph, plan: &mut Plan) {
    let before: Vec<u32> = plan.committed.iter().map(|commit| commit.tensor).collect();
    plan.committed.retain(|commit| graph.outputs().contains(&TensorId(commit.tensor)) || !dice.one_in(4));
    for (tensor, about) in (0..).zip(graph.tensors()) {
        if about.node().is_some() && !before.contains(&tensor) && dice.one_in(5) {
            let (leaf_log2, row) = layout(dice, graph, tensor);
            plan.committed.push(Commit { tensor, name: about.name.clone(), leaf_log2, row, s: 0 });
        }
    }
    plan.committed.sort_by_key(|commit| commit.tensor);
    let rates = vec![0; plan.committed.len()];
    plan.scenarios.iter_mut().for_each(|scenario| scenario.rates = rates.clone());
}

/// Leaves of any size, rows of any length.
fn layout(dice: &mut Dice, graph: &Graph, tensor: u32) -> (u8, u32) {
    let elements = graph.tensors()[tensor as usize].ty.shape.elements();
    let rows: Vec<u32> = (1..=elements).filter(|row| elements.is_multiple_of(*row)).collect();
    (6 + dice.below(5) as u8, dice.pick(&rows))
}
