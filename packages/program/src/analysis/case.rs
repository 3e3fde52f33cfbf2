//! A scenario laid over its graph.

use super::{flow::largest_arrivals, mask::Mask, open::open, route, weights::Flows, work::Work};
use crate::graph::Graph;

/// What differs, and by which routes.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// By input.
    pub differs: Vec<bool>,
    /// By tensor: equal as a whole although it depends on what differs.
    pub shared: Vec<bool>,
    /// By tensor: what differs and no route has to avoid.
    pub open: Vec<Mask>,
    /// By tensor: what differs.
    pub new: Vec<Mask>,
    /// The route operand by tensor.
    pub routes: Vec<Option<u8>>,
    /// Of the committed tensors in 1/65,536, by slot.
    pub rates: Vec<u16>,
}

impl Case {
    /// With default routes.
    pub fn new(graph: &Graph, differs: Vec<bool>, shared: Vec<bool>, rates: Vec<u16>) -> Self {
        let new = open(graph, &differs, &vec![false; shared.len()]);
        let open = if shared.contains(&true) { open(graph, &differs, &shared) } else { new.clone() };
        let routes = route::defaults(graph, &open);
        Self { differs, shared, open, new, routes, rates }
    }

    pub fn arrivals(&self, graph: &Graph, work: &Work) -> Vec<u128> {
        largest_arrivals(graph, work, &self.open, &self.routes)
    }

    /// Its rates by slot; `None` of what doesn't differ. `slots` are the committed tensors' ids.
    pub fn rates(&self, slots: impl Iterator<Item = usize>) -> Vec<Option<u16>> {
        slots.zip(&self.rates).map(|(id, rate)| (!self.new[id].is_none()).then_some(*rate)).collect()
    }

    /// Cost of what differs although everything that it reads and that differs is equal as a whole in some trace: no
    /// route leads from there.
    pub fn lost(&self, graph: &Graph, work: &Work) -> u64 {
        let cost = |(at, tensor): (usize, &crate::graph::Tensor)| {
            let count = |open: &Mask| open.and(&work.live[at]).count(tensor.ty.shape.elements());
            work.each[at].saturating_mul(count(&self.new[at]) - count(&self.open[at]))
        };
        graph.tensors().iter().enumerate().map(cost).fold(0, u64::saturating_add)
    }
}

/// What [`super::weights::Scale::weights`] takes of a case.
pub(crate) struct Weighed {
    arrivals: Vec<u128>,
    rates: Vec<Option<u16>>,
}

impl Weighed {
    pub fn new(graph: &Graph, work: &Work, case: &Case, slots: impl Iterator<Item = usize>) -> Self {
        Self { arrivals: case.arrivals(graph, work), rates: case.rates(slots) }
    }

    pub fn flows(&self) -> Flows<'_> {
        Flows { arrivals: &self.arrivals, rates: &self.rates }
    }
}
