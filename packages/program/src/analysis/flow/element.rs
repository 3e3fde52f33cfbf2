//! Passing flow back one output element at a time: the definition, and what is left where positions alone don't say
//! what is read, or where some of it can't differ.

use super::edge::Edge;
use crate::analysis::reads::Reads;

/// Spreads the flow of each output element, in flat order, evenly over the elements that it reads of the route operand
/// and that differ; of the first operand that has such elements where the route has none. Gives what arrives at each
/// operand's elements, in flat order; nothing for operands that no flow reaches.
pub fn spread(edge: &Edge<'_>, flow: &[u128]) -> Vec<Vec<u128>> {
    let mut into: Vec<Vec<u128>> = vec![vec![]; edge.types.len()];
    let mut reads = Reads::new(edge.graph, edge.node, edge.out);
    let group = edge.group();
    for (number, flows) in (0..).zip(flow.chunks(group as usize)) {
        let sum = flows.iter().sum::<u128>();
        if sum == 0 || give(edge, sum, reads.of(number * group), &mut into, edge.route) {
            continue;
        }
        for (index, &flow) in (number * group..).zip(flows) {
            let read = reads.of(index);
            if !give(edge, flow, read, &mut into, edge.route) {
                (0..edge.types.len()).any(|operand| give(edge, flow, read, &mut into, operand));
            }
        }
    }
    into
}

/// Gives `flow` to what is read of an operand, or of one that is one route with it, if any of it differs.
fn give(edge: &Edge<'_>, flow: u128, read: &[(usize, u32)], into: &mut [Vec<u128>], route: usize) -> bool {
    let takes = |(operand, element): &&(usize, u32)| edge.joined(route, *operand) && edge.differs(*operand, *element);
    let count = read.iter().filter(takes).count() as u128;
    // Of a choice that isn't known each candidate gets all.
    let share = if edge.is_blind_at(route) { flow } else { flow.div_ceil(count.max(1)) };
    for (operand, element) in read.iter().filter(takes) {
        let into = &mut into[*operand];
        if into.is_empty() {
            into.resize(edge.types[*operand].shape.elements() as usize, 0);
        }
        into[*element as usize] += share;
    }
    count > 0
}
