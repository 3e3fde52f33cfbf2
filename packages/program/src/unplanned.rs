//! Programs as far as running them needs.

use std::sync::Arc;

use tequio_attestation::{Descriptor, Header, Interval, Layout, Manifest, Scope, Source, TensorId};

use crate::graph::{Graph, Tensor, TensorSource};

/// Leaves of 1,024 bytes.
const LEAF_LOG2: u8 = 10;

/// A manifest to run a program with, made without planning: only outputs are committed, nothing is hashed, weighed or
/// bounded. A program without inputs has one too.
///
/// It computes what every planned manifest of the program computes, and is not one to post: draws would fall on
/// nothing, roots of constants, the plan's hash and the header's numbers are 0, and no plan gives this program id.
pub fn unplanned(graph: &Graph) -> Arc<Manifest> {
    let mut slots = 0;
    let tensors: Vec<_> = graph.iter().map(|(id, tensor)| describe(graph, id, tensor, &mut slots)).collect();
    let header = Header {
        tensors: tensors.len() as u32,
        committed: slots,
        inputs: graph.inputs() as u8,
        job: 0,
        outputs: graph.outputs().to_vec(),
        cost: 0,
        delta: 0,
        gamma: 0,
        opening_bytes: 0,
        reads: 0,
        depth: 0,
        plan: Default::default(),
    };
    let constant = |tensor: &Tensor| tensor.constant().unwrap_or_default().to_vec();
    Arc::new(Manifest::new(header, tensors, graph.tensors().iter().map(constant).collect()))
}

fn describe(graph: &Graph, id: TensorId, tensor: &Tensor, slots: &mut u32) -> Descriptor {
    // One row of any tensor is a layout.
    let layout = Layout { leaf_log2: LEAF_LOG2, row: tensor.ty.shape.elements() };
    let source = match &tensor.source {
        TensorSource::Input => Source::Input { layout, scope: Scope::Shard },
        TensorSource::Constant(_) => Source::Constant { layout, root: Default::default() },
        TensorSource::Op(node) if graph.is_output(id) => {
            *slots += 1;
            let interval = Interval { first: 0, last: 0 };
            Source::Committed { node: node.clone(), layout, slot: *slots - 1, interval }
        }
        TensorSource::Op(node) => Source::Virtual { node: node.clone() },
    };
    Descriptor { ty: tensor.ty, source }
}
