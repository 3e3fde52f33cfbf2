//! An op and the operand through which its cost goes back.

use tequio_attestation::Node;
use tequio_tensor::{Op, Type, is_elementwise};

use crate::{
    analysis::{mask::Mask, reads::is_blind, route::target},
    graph::{Graph, Tensor},
};

pub struct Edge<'a> {
    pub graph: &'a Graph,
    pub node: &'a Node,
    pub types: Vec<Type>,
    pub out: &'a Type,
    pub route: usize,
    /// By tensor: what differs.
    pub open: &'a [Mask],
}

impl<'a> Edge<'a> {
    /// `None` where the cost of a tensor goes no further: no op computes it, or nothing in it differs.
    pub fn of(graph: &'a Graph, tensor: &'a Tensor, route: Option<u8>, open: &'a [Mask]) -> Option<Self> {
        let (node, route) = (tensor.node()?, route?.into());
        Some(Self { graph, node, types: graph.operand_types(node), out: &tensor.ty, route, open })
    }

    /// The same op through another operand.
    pub fn through(&self, route: usize) -> Self {
        Self { types: self.types.clone(), route, ..*self }
    }

    pub fn source(&self) -> &Type {
        &self.types[self.route]
    }

    /// Whether two operands are one route: an element reads one of them.
    pub fn joined(&self, one: usize, other: usize) -> bool {
        match self.node.op {
            Op::Concat { .. } => true,
            Op::Select => (one == 0) == (other == 0),
            Op::Scatter => (one == 1) == (other == 1),
            _ => one == other,
        }
    }

    fn mask(&self, operand: usize) -> &Mask {
        target(self.node, operand as u8).map_or(&Mask::None, |id| &self.open[id.0 as usize])
    }

    pub fn differs(&self, operand: usize, element: u32) -> bool {
        self.mask(operand).has(element)
    }

    /// Whether nothing of an operand differs.
    pub fn is_closed(&self, operand: usize) -> bool {
        self.mask(operand).is_none()
    }

    /// Whether all of an operand differs.
    pub fn is_whole(&self, operand: usize) -> bool {
        self.mask(operand).is_all()
    }

    /// Whether what is read of the route operand shows only when the program runs.
    pub fn is_blind(&self) -> bool {
        self.is_blind_at(self.route)
    }

    /// The same of any operand.
    pub fn is_blind_at(&self, operand: usize) -> bool {
        self.is_chosen_at(operand) && is_blind(self.graph, self.node)
    }

    /// Whether element i of the output reads element i of the route operand and no other.
    pub fn is_same_place(&self) -> bool {
        is_elementwise(&self.node.op) && self.source().shape == self.out.shape && !self.is_chosen()
    }

    /// Whether values of another operand choose what is read of the route operand.
    pub fn is_chosen(&self) -> bool {
        self.is_chosen_at(self.route)
    }

    fn is_chosen_at(&self, operand: usize) -> bool {
        matches!(
            (&self.node.op, operand),
            (Op::Table, 1) | (Op::Select, 1 | 2) | (Op::Gather, 0) | (Op::Scatter, 0 | 2)
        )
    }

    /// The axis along which all output elements read the same elements of the route operand, a last one: the channels
    /// of a convolution's pixel, a row of a product.
    pub fn shared(&self) -> Option<usize> {
        match (&self.node.op, self.route) {
            (Op::Conv2d(_) | Op::TransposeConv2d(_), 0) => Some(3),
            (Op::Conv3d(_), 0) => Some(4),
            (Op::MatMul, 0) => Some(2),
            _ => None,
        }
    }

    /// Length of the [`Self::shared`] axis.
    pub fn group(&self) -> u32 {
        self.shared().map_or(1, |axis| self.out.shape.dim(axis))
    }
}
