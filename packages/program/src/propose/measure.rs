//! Rates as they are on real inputs, instead of the defaults.

use std::collections::BTreeMap;

use tequio_attestation::ShardTrace;

use crate::{
    graph::Graph,
    limits::{MAX_S, MAX_TRACES},
    plan::Plan,
};

impl Plan {
    /// The same plan with r and s as `traces` show them, never below what they were: r from the two traces whose
    /// elements agree most, s from the channel that is guessed most often, by its most frequent value or by the element
    /// before. At most [`MAX_TRACES`] traces count; each must have this plan's tensors by slot.
    ///
    /// A tensor that is the same in two traces through and through says nothing: replaying it would be right.
    pub fn measured(&self, graph: &Graph, traces: &[ShardTrace]) -> Self {
        let traces = &traces[..traces.len().min(MAX_TRACES)];
        let mut plan = self.clone();
        for (slot, commit) in plan.committed.iter_mut().enumerate() {
            let ty = graph.tensors()[commit.tensor as usize].ty;
            let width = ty.dtype.bytes();
            let tensors: Vec<Vec<&[u8]>> =
                traces.iter().map(|trace| trace.slots[slot].chunks(width).collect()).collect();
            let channels = ty.shape.dims().last().map_or(1, |last| *last as usize);
            commit.r = commit.r.max(replayed(&tensors));
            commit.s = commit.s.max(guessed(&tensors, channels).min(MAX_S));
        }
        plan
    }
}

fn replayed(tensors: &[Vec<&[u8]>]) -> u16 {
    let mut most = 0;
    for (at, one) in tensors.iter().enumerate() {
        for other in &tensors[at + 1..] {
            let equal = one.iter().zip(other).filter(|(a, b)| a == b).count();
            if equal < one.len() {
                most = most.max(rate(equal, one.len()));
            }
        }
    }
    most
}

fn guessed(tensors: &[Vec<&[u8]>], channels: usize) -> u16 {
    let channel = |channel: usize| {
        let (mut values, mut before, mut all) = (BTreeMap::<&[u8], usize>::new(), 0, 0);
        for tensor in tensors {
            let mut last = None;
            for value in tensor.iter().skip(channel).step_by(channels) {
                *values.entry(value).or_default() += 1;
                before += (last == Some(value)) as usize;
                (last, all) = (Some(value), all + 1);
            }
        }
        rate(values.into_values().max().unwrap_or(0).max(before), all)
    };
    (0..channels).map(channel).max().unwrap_or(0)
}

/// In 1/65,536, rounded up, below 1.
fn rate(part: usize, whole: usize) -> u16 {
    let rate = ((part as u64) << 16).div_ceil(whole.max(1) as u64);
    u16::try_from(rate).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_trace_counts_but_not_its_twin() {
        let tensor = |text: &'static str| text.as_bytes().chunks(1).collect::<Vec<_>>();
        assert_eq!(replayed(&[tensor("abcd"), tensor("abxx"), tensor("yxxd")]), 1 << 15);
        assert_eq!(replayed(&[tensor("abcd"), tensor("abcd")]), 0);
        assert_eq!(replayed(&[]), 0);
    }

    #[test]
    fn the_most_guessable_channel_counts() {
        let tensor = |text: &'static str| text.as_bytes().chunks(1).collect::<Vec<_>>();
        // Channel 0 is a a a b, channel 1 runs p p q q.
        assert_eq!(guessed(&[tensor("apapaqbq")], 2), 3 << 14);
        assert_eq!(guessed(&[tensor("abcdefgh")], 1), 1 << 13);
    }
}
