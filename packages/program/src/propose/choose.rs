//! Which tensors are committed.

use core::cmp::Reverse;

use tequio_attestation::{Node, TensorId};
use tequio_tensor::{Op, is_dense, is_elementwise, is_heavy};

use super::check::Check;
use crate::{
    graph::{Graph, Tensor},
    limits::{MAX_CHECK_BYTES, MAX_WALKED},
    refused::Refused,
};

/// Bytes of leaves that a check should not exceed where that can be had.
const AIM_BYTES: u64 = 8 << 10;

/// Every output; for every convolution and product the narrowest tensor of its elementwise tail; and what else keeps
/// checks small.
pub fn committed(graph: &Graph) -> Result<Vec<bool>, Refused> {
    let readers = graph.readers();
    let mut committed = vec![false; graph.tensors().len()];
    graph.outputs().iter().for_each(|id| committed[id.0 as usize] = true);
    for (id, tensor) in graph.iter() {
        if tensor.node().is_some_and(|node| is_dense(&node.op)) {
            committed[narrowest(graph, &tail(graph, &readers, id)).0 as usize] = true;
        }
    }
    let mut walks = Walks { graph, left: MAX_WALKED };
    for (id, tensor) in graph.iter() {
        if tensor.node().is_some() {
            walks.limit(&mut committed, id)?;
        }
    }
    Ok(committed)
}

/// Tensors that may be committed besides: of every convolution and product, and of every pool, reduction and argmax, the
/// narrowest of its elementwise tail. The largest first.
pub fn anchors(graph: &Graph, committed: &[bool]) -> Vec<TensorId> {
    let readers = graph.readers();
    let heavy = |(_, tensor): &(TensorId, &Tensor)| tensor.node().is_some_and(|node| is_heavy(&node.op));
    let tails = graph.iter().filter(heavy).map(|(id, _)| narrowest(graph, &tail(graph, &readers, id)));
    let mut anchors: Vec<TensorId> = graph.iter().map(|(id, _)| id).filter(|id| committed[id.0 as usize]).collect();
    anchors.extend(tails);
    anchors.sort_unstable_by_key(|id| (Reverse(graph.tensor(*id).bytes()), *id));
    anchors.dedup();
    anchors
}

/// The op's output and the elementwise ops after it, as long as each is read by the next alone.
fn tail(graph: &Graph, readers: &[Vec<TensorId>], heavy: TensorId) -> Vec<TensorId> {
    let mut tail = vec![heavy];
    let mut at = heavy;
    while let [next] = readers[at.0 as usize][..] {
        let (here, there) = (graph.tensor(at), graph.tensor(next));
        let same = here.ty.shape == there.ty.shape && there.node().is_some_and(|node| continues(graph, node));
        if graph.is_output(at) || !same {
            break;
        }
        tail.push(next);
        at = next;
    }
    tail
}

/// Whether the op's output says as much as its operand's: sums may join other branches, everything else is of one
/// operand and constants.
fn continues(graph: &Graph, node: &Node) -> bool {
    use Op::*;
    if !is_elementwise(&node.op) {
        return false;
    }
    match node.op {
        Add | Sub => true,
        Select | Equal | Greater | GreaterEqual | LogicalAnd | LogicalOr | LogicalXor => false,
        _ => node.operands.iter().filter(|operand| !graph.is_constant(operand)).count() == 1,
    }
}

/// The latest of those with the narrowest elements.
fn narrowest(graph: &Graph, tail: &[TensorId]) -> TensorId {
    let width = |id: &TensorId| graph.tensor(*id).ty.dtype.bytes();
    let least = tail.iter().map(width).min().unwrap_or(0);
    tail.iter().rev().copied().find(|id| width(id) == least).unwrap_or(tail[0])
}

/// Cones of one graph, walked as long as that takes bounded time.
struct Walks<'g> {
    graph: &'g Graph,
    left: u64,
}

impl Walks<'_> {
    fn check(&mut self, committed: &[bool], root: TensorId) -> Result<Check, Refused> {
        let check = Check::new(self.graph, committed, root);
        let walked = (check.cone.computed.len() + check.cone.areas.len()) as u64;
        let limit = MAX_WALKED as usize;
        self.left = self.left.checked_sub(walked).ok_or(Refused::TooMany {
            what: "tensors walked",
            found: limit + 1,
            limit,
        })?;
        Ok(check)
    }

    /// Commits tensors that `root` depends on until checking it keeps within limits, and within the aim if some tensors
    /// do that.
    fn limit(&mut self, committed: &mut [bool], root: TensorId) -> Result<(), Refused> {
        for bytes in [AIM_BYTES, MAX_CHECK_BYTES] {
            let before = committed.to_vec();
            loop {
                let check = self.check(committed, root)?;
                let excess_now = check.excess(bytes);
                if excess_now == 0 {
                    return Ok(());
                }
                match self.best_cut(committed, &check, bytes)?.filter(|(left, _)| *left < excess_now) {
                    Some((_, id)) => committed[id.0 as usize] = true,
                    None => break,
                }
            }
            committed.copy_from_slice(&before);
        }
        self.check(committed, root)?.refused(self.graph).map_or(Ok(()), Err)
    }

    /// The virtual tensor of the cone whose committing leaves the least excess; of equals the one with the fewest bytes,
    /// then the highest id, so that what comes next has the longest way to a limit.
    fn best_cut(&mut self, committed: &[bool], check: &Check, bytes: u64) -> Result<Option<(u64, TensorId)>, Refused> {
        let mut trial = committed.to_vec();
        let mut best: Option<(u64, u64, Reverse<TensorId>)> = None;
        let cone = &check.cone;
        for &id in cone.computed.iter().filter(|id| **id != cone.root) {
            trial[id.0 as usize] = true;
            let left = self.check(&trial, cone.root)?.excess(bytes);
            trial[id.0 as usize] = false;
            let cut = (left, self.graph.tensor(id).bytes(), Reverse(id));
            best = Some(best.map_or(cut, |best| best.min(cut)));
        }
        Ok(best.map(|(left, _, Reverse(id))| (left, id)))
    }
}
