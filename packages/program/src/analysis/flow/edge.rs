//! An op and the operand through which its cost goes back.

use tequio_attestation::{Node, TensorId};
use tequio_tensor::{Op, Type, is_elementwise};

use crate::{analysis::route::target, graph::Graph};

pub struct Edge<'a> {
    pub graph: &'a Graph,
    pub node: &'a Node,
    pub types: Vec<Type>,
    pub out: &'a Type,
    pub route: usize,
    /// The tensor at the end of the route.
    pub target: TensorId,
}

impl<'a> Edge<'a> {
    /// `None` where the cost of a tensor goes no further: no op computes it, or it has no route to a tensor.
    pub fn of(graph: &'a Graph, id: TensorId, route: Option<u8>) -> Option<Self> {
        let tensor = graph.tensor(id);
        let (node, route) = (tensor.node()?, route?);
        let (types, target) = (graph.operand_types(node), target(node, route)?);
        Some(Self { graph, node, types, out: &tensor.ty, route: route.into(), target })
    }

    pub fn source(&self) -> &'a Type {
        &self.graph.tensor(self.target).ty
    }

    /// Whether element i of the output reads element i of the route operand and no other.
    pub fn is_same_place(&self) -> bool {
        is_elementwise(&self.node.op) && self.source().shape == self.out.shape && !self.is_chosen()
    }

    /// Whether values of another operand choose what is read of the route operand.
    pub fn is_chosen(&self) -> bool {
        matches!((&self.node.op, self.route), (Op::Table, 1) | (Op::Select, 1 | 2) | (Op::Gather, 0))
    }

    /// The axis along which all output elements read the same elements of the route operand, a last one: the channels
    /// of a convolution's pixel, a row of a product.
    pub fn shared(&self) -> Option<usize> {
        match (&self.node.op, self.route) {
            (Op::Conv2d(_), 0) => Some(3),
            (Op::MatMul, 0) => Some(2),
            _ => None,
        }
    }

    /// Length of the [`Self::shared`] axis.
    pub fn group(&self) -> u32 {
        self.shared().map_or(1, |axis| self.out.shape.dim(axis))
    }
}
