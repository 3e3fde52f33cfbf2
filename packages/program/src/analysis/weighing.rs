//! Weights of a choice of committed tensors and routes.

use std::sync::Arc;

use tequio_attestation::TensorId;

use super::{
    bits::Bits,
    case::{Case, Weighed},
    cone::Cone,
    weights::{Flows, Scale},
    work::Work,
};
use crate::{graph::Graph, refused::Refused};

/// Committed tensors with all that weighing them takes but routes and rates.
#[derive(Clone)]
pub(crate) struct Weighing<'g> {
    pub graph: &'g Graph,
    pub slots: Vec<TensorId>,
    pub skips: Vec<u16>,
    pub cones: Vec<Arc<Cone>>,
    pub work: Work,
    bits: Bits,
}

impl<'g> Weighing<'g> {
    /// `job` by input, `slots` with their s, `cones` theirs.
    pub fn new(
        graph: &'g Graph,
        cones: Vec<Arc<Cone>>,
        committed: &[bool],
        job: &[bool],
        slots: &[(TensorId, u16)],
    ) -> Self {
        let (slots, skips) = slots.iter().copied().unzip();
        Self { graph, slots, skips, cones, work: Work::new(graph, committed, job), bits: Bits::new(graph) }
    }

    /// w of each committed tensor, by slot.
    pub fn weights(&self, cases: &[Case]) -> Result<Vec<u128>, Refused> {
        let weighed: Vec<Weighed> = cases.iter().map(|case| self.weigh(case)).collect();
        self.sum_up(&weighed)
    }

    /// What one case gives.
    pub fn weigh(&self, case: &Case) -> Weighed {
        Weighed::new(self.graph, &self.work, case, self.slots.iter().map(|slot| slot.0 as usize))
    }

    pub fn sum_up(&self, weighed: &[Weighed]) -> Result<Vec<u128>, Refused> {
        self.instead(&self.cones, &self.skips, &weighed.iter().map(Weighed::flows).collect::<Vec<_>>())
    }

    /// w of other committed tensors, as far as what is computed and needed stays the same.
    pub fn instead(&self, cones: &[Arc<Cone>], skips: &[u16], flows: &[Flows<'_>]) -> Result<Vec<u128>, Refused> {
        Scale { graph: self.graph, work: &self.work, bits: &self.bits, skips, cones }.weights(flows)
    }
}
