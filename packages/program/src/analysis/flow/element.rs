//! Passing flow back one output element at a time: the definition, and what is left where values choose what is read.

use tequio_tensor::{Op, Read, eval};

use super::edge::Edge;
use crate::values::Values;

/// Spreads the flow of each output element, in flat order, over the elements that it reads of the route operand. Gives
/// what arrives at each of these, in flat order.
pub fn spread(edge: &Edge<'_>, flow: &[u128]) -> Vec<u128> {
    let mut into = vec![0; edge.source().shape.elements() as usize];
    let control = match edge.node.op {
        Op::Gather => Some(1),
        Op::Table | Op::Select => Some(0),
        _ => None,
    };
    let values = control.map(|operand| (operand, Values::of(edge.graph, &edge.node.operands[operand])));
    let mut recorder = Recorder { route: edge.route, control: values, read: Vec::new() };
    let group = edge.group();
    for (number, flows) in (0..).zip(flow.chunks(group as usize)) {
        recorder.read.clear();
        let Ok(_) = eval(&edge.node.op, &edge.types, edge.out, number * group, &mut recorder);
        let share = flows.iter().sum::<u128>().div_ceil(recorder.read.len().max(1) as u128);
        recorder.read.iter().for_each(|&index| into[index as usize] += share);
    }
    into
}

/// Remembers what is read of the route operand. Values matter only where they say what else is read.
struct Recorder<'a> {
    route: usize,
    control: Option<(usize, Values<'a>)>,
    read: Vec<u32>,
}

impl Read for Recorder<'_> {
    type Error = core::convert::Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        if operand == self.route {
            self.read.push(index);
        }
        Ok(self.control.filter(|(control, _)| *control == operand).map_or(0, |(_, values)| values.get(index)))
    }
}
