//! What one element of an op reads, found by evaluating it.

use core::convert::Infallible;

use tequio_attestation::Node;
use tequio_tensor::{Op, Read, Type, eval};

use crate::{graph::Graph, values::Values};

/// Evaluates elements of one op and remembers what they read. Values matter only where they say what else is read.
pub(crate) struct Reads<'a> {
    node: &'a Node,
    types: Vec<Type>,
    out: &'a Type,
    chooser: Option<(usize, Values<'a>)>,
    read: Vec<(usize, u32)>,
}

/// The operand whose values say which elements of others are read.
pub(crate) fn chooser(op: &Op) -> Option<usize> {
    match op {
        Op::Gather | Op::Scatter => Some(1),
        Op::Table | Op::Select => Some(0),
        _ => None,
    }
}

/// Whether which elements of others an op reads shows only when it runs.
pub(crate) fn is_blind(graph: &Graph, node: &Node) -> bool {
    chooser(&node.op).is_some_and(|at| !graph.is_constant(&node.operands[at]))
}

impl<'a> Reads<'a> {
    pub fn new(graph: &'a Graph, node: &'a Node, out: &'a Type) -> Self {
        let chooser = chooser(&node.op).map(|at| (at, Values::of(graph, &node.operands[at])));
        Self { node, types: graph.operand_types(node), out, chooser, read: Vec::new() }
    }

    /// Operand and element of everything that element `index` reads, or may read where that shows only when the program
    /// runs: both sides of a select, every row of a gather, every row of a scatter's input besides the element itself.
    pub fn of(&mut self, index: u32) -> &[(usize, u32)] {
        self.read.clear();
        let is_blind = matches!(self.chooser, Some((_, Values::Unknown)));
        let choices = match self.node.op {
            Op::Select if is_blind => 0..2,
            Op::Gather if is_blind => 0..self.types[0].shape.dim(1).into(),
            // No index names a row of the input: they are added below.
            Op::Scatter => -1..0,
            _ => 0..1,
        };
        for choice in choices {
            let choice = is_blind.then_some(choice);
            let mut recorder = Recorder { chooser: self.chooser, choice, read: &mut self.read };
            let Ok(_) = eval(&self.node.op, &self.types, self.out, index, &mut recorder);
        }
        if let (Op::Scatter, true) = (self.node.op, is_blind) {
            let [n, _, c, ..] = self.out.shape.coords(index);
            let shape = &self.types[2].shape;
            self.read.extend((0..shape.dim(1)).map(|w| (2, shape.index(&[n, w, c]))));
        }
        &self.read
    }
}

struct Recorder<'r, 'a> {
    chooser: Option<(usize, Values<'a>)>,
    /// What the choosing operand says instead of its own value.
    choice: Option<i64>,
    read: &'r mut Vec<(usize, u32)>,
}

impl Read for Recorder<'_, '_> {
    type Error = Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Infallible> {
        let is_choosing = self.chooser.is_some_and(|(at, _)| at == operand);
        if !is_choosing || self.choice.unwrap_or(0) <= 0 {
            self.read.push((operand, index));
        }
        let known = self.chooser.filter(|(at, _)| *at == operand).map(|(_, values)| values.get(index));
        Ok(known.map_or(0, |value| self.choice.unwrap_or(value)))
    }
}
