//! Where a shard's tensors lie while it runs, and for how long.

use tequio_attestation::{Operand, Source};

use crate::graph::Graph;

/// Where a tensor's canonical bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    Input(usize),
    /// The constant of this tensor id.
    Constant(usize),
    Slot(usize),
}

/// The memory of a shard: a placement for each tensor, and slots that tensors share one after the other.
#[derive(Clone, Debug)]
pub struct MemoryPlan {
    /// For each origin that is an input, a constant or written out, where it lies. Of other tensors it says nothing.
    pub placements: Vec<Placement>,
    /// Bytes of each slot.
    pub slots: Vec<usize>,
}

/// When a tensor of so many bytes needs a slot: from the step that computes it to the last that reads it, both
/// included.
#[derive(Clone, Copy, Debug)]
struct LiveRange {
    bytes: usize,
    first: usize,
    last: usize,
}

impl MemoryPlan {
    /// Places every origin. Those in `materialised` are written out; a tensor is computed, and so its operands read,
    /// when the tensor `computed_at` says is. Time is counted in tensor ids.
    pub fn new(graph: &Graph, materialised: &[bool], computed_at: &[usize]) -> Self {
        let last = last_reads(graph, computed_at);
        let written = |&tensor: &usize| {
            let computed = graph.needed[tensor] && graph.node(tensor).is_some();
            computed && !graph.is_view(tensor) && materialised[tensor]
        };
        let written: Vec<usize> = (0..graph.tensors()).filter(written).collect();
        let range = |&tensor: &usize| LiveRange { bytes: graph.ty(tensor).bytes(), first: tensor, last: last[tensor] };
        let (assigned, slots) = assign(&written.iter().map(range).collect::<Vec<_>>());
        let given = |id: usize| match graph.manifest.tensors[id].source {
            Source::Input { .. } => Placement::Input(id),
            _ => Placement::Constant(id),
        };
        let mut placements: Vec<Placement> = (0..graph.tensors()).map(given).collect();
        for (tensor, slot) in written.into_iter().zip(assigned) {
            placements[tensor] = Placement::Slot(slot);
        }
        Self { placements, slots }
    }

    /// Where a tensor operand lies.
    pub fn operand(&self, graph: &Graph, operand: &Operand) -> Option<Placement> {
        graph.operand_origin(operand).map(|origin| self.placements[origin])
    }
}

/// For each origin when it is last read, or committed as one of its views.
fn last_reads(graph: &Graph, computed_at: &[usize]) -> Vec<usize> {
    let mut last: Vec<usize> = (0..graph.tensors()).collect();
    for tensor in 0..graph.tensors() {
        let origin = graph.origin[tensor];
        // Nothing reads a view itself, but it may be committed when it comes.
        let read = graph.readers[tensor].iter().map(|&reader| computed_at[reader]).max().unwrap_or(tensor);
        last[origin] = last[origin].max(read);
    }
    last
}

/// Gives each live range a slot, in order of their beginnings, so that no two share one at the same time. Returns the
/// slot of each and the bytes of each slot.
fn assign(ranges: &[LiveRange]) -> (Vec<usize>, Vec<usize>) {
    // Bytes of each slot, and until when it is taken.
    let mut slots: Vec<(usize, usize)> = Vec::new();
    let mut assigned = Vec::with_capacity(ranges.len());
    for range in ranges {
        let free = slots.iter().enumerate().filter(|(_, (_, taken))| *taken < range.first);
        let fit = free.min_by_key(|(_, (size, _))| (size.abs_diff(range.bytes), *size)).map(|(slot, _)| slot);
        let slot = fit.unwrap_or_else(|| {
            slots.push((0, 0));
            slots.len() - 1
        });
        slots[slot] = (slots[slot].0.max(range.bytes), range.last);
        assigned.push(slot);
    }
    (assigned, slots.into_iter().map(|(size, _)| size).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_ranges_that_overlap_share_no_slot() {
        let ranges: Vec<LiveRange> = [(64, 0, 2), (32, 1, 3), (64, 2, 2), (10, 3, 4), (500, 4, 9)]
            .map(|(bytes, first, last)| LiveRange { bytes, first, last })
            .into();
        let (slots, sizes) = assign(&ranges);
        for (i, a) in ranges.iter().enumerate() {
            assert!(sizes[slots[i]] >= a.bytes);
            for (j, b) in ranges.iter().enumerate().skip(i + 1) {
                let overlap = a.first <= b.last && b.first <= a.last;
                assert!(!(overlap && slots[i] == slots[j]), "{i} and {j}");
            }
        }
        assert_eq!(sizes.len(), 3);
    }
}
