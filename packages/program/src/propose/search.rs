//! Which tensors are committed, by search.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tequio_attestation::TensorId;

use super::{check::Check, rates};
use crate::{
    analysis::{case::Case, cone::Cone, weighing::Weighing, weights::Flows},
    graph::Graph,
    limits::MAX_SEARCHED,
};

/// About what a draw costs a chain whatever it falls on, in bytes of an opening.
const DRAW: u64 = 512;
/// Multiply-accumulates that take a CPU about as long as hashing a byte.
const HASHED: u128 = 64;

/// The checks of a choice of committed tensors, by their roots.
type Checks = BTreeMap<TensorId, Check>;

/// A choice of committed tensors that is made better as long as that takes bounded time.
pub struct Search<'g> {
    graph: &'g Graph,
    /// Tensors that may be committed, the largest first.
    anchors: Vec<TensorId>,
    /// Most bytes of leaves that a check may be shown.
    bytes: u64,
    committed: Vec<bool>,
    checks: Checks,
    left: u64,
}

impl<'g> Search<'g> {
    pub fn new(graph: &'g Graph, anchors: Vec<TensorId>, committed: Vec<bool>, bytes: u64) -> Self {
        let roots = graph.iter().map(|(id, _)| id).filter(|id| committed[id.0 as usize]);
        let checks = roots.map(|id| (id, Check::new(graph, &committed, id))).collect();
        Self { graph, anchors, bytes, committed, checks, left: MAX_SEARCHED }
    }

    pub fn committed(&self) -> &[bool] {
        &self.committed
    }

    /// Cones of what is committed, by slot.
    pub fn cones(&self) -> Vec<Arc<Cone>> {
        self.checks.values().map(|check| check.cone.clone()).collect()
    }

    /// Commits to other tensors as long as that makes the score smaller. `weighing` and `cases` are those of what is
    /// committed before; flow hardly depends on it.
    pub fn improve(&mut self, weighing: &Weighing<'_>, cases: &[Case]) {
        let arrivals: Vec<_> = cases.iter().map(|case| case.arrivals(self.graph, &weighing.work)).collect();
        let mut best = self.score(&self.checks, weighing, cases, &arrivals);
        loop {
            let before = best;
            for at in 0..self.anchors.len() {
                for toggled in self.moves(self.anchors[at]) {
                    let Some((committed, checks)) = self.toggled(&toggled) else { continue };
                    let score = self.score(&checks, weighing, cases, &arrivals);
                    if score < best {
                        (self.committed, self.checks, best) = (committed, checks, score);
                        break;
                    }
                }
                if self.left == 0 {
                    return;
                }
            }
            if best == before {
                return;
            }
        }
    }

    /// To commit to a tensor or not to, and the same of one of those with which it is in some check besides.
    fn moves(&mut self, anchor: TensorId) -> Vec<Vec<TensorId>> {
        self.spend(self.checks.len() as u64);
        let together = self.checks.values().filter(|check| check.cone.areas.contains_key(&anchor));
        let near: BTreeSet<TensorId> = together.flat_map(|check| check.cone.areas.keys().copied()).collect();
        let others = self.anchors.iter().filter(|other| **other != anchor && near.contains(other));
        [vec![anchor]].into_iter().chain(others.map(|other| vec![anchor, *other])).collect()
    }

    fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
    }

    /// What is committed and checked then; `None` if that is not possible.
    fn toggled(&mut self, toggled: &[TensorId]) -> Option<(Vec<bool>, Checks)> {
        if self.left == 0 || toggled.iter().any(|id| self.graph.is_output(*id)) {
            return None;
        }
        let mut committed = self.committed.clone();
        toggled.iter().for_each(|id| committed[id.0 as usize] ^= true);
        let is_touched = |(_, check): &(&TensorId, &Check)| toggled.iter().any(|id| check.cone.areas.contains_key(id));
        let touched = self.checks.iter().filter(is_touched).map(|(root, _)| *root);
        let roots: BTreeSet<TensorId> = touched.chain(toggled.iter().copied()).collect();
        let mut checks = self.checks.clone();
        for root in roots {
            checks.remove(&root);
            if committed[root.0 as usize] {
                let check = Check::new(self.graph, &committed, root);
                self.spend(check.steps);
                if check.excess(self.bytes) > 0 || !check.is_even(self.graph) {
                    return None;
                }
                checks.insert(root, check);
            }
        }
        self.spend(checks.values().map(|check| check.steps).sum());
        Some((committed, checks))
    }

    /// What a shard takes of its provider × how many draws guarantee as much × what these cost a chain; all relative.
    fn score(&self, checks: &Checks, weighing: &Weighing<'_>, cases: &[Case], arrivals: &[Vec<u128>]) -> u128 {
        let cones: Vec<Arc<Cone>> = checks.values().map(|check| check.cone.clone()).collect();
        let skips: Vec<u16> = cones.iter().map(|cone| rates::s(self.graph, cone)).collect();
        let rates = |case: &Case| -> Vec<Option<u16>> {
            checks.keys().map(|id| (!case.new[id.0 as usize].is_none()).then_some(rates::R)).collect()
        };
        let rates: Vec<_> = cases.iter().map(rates).collect();
        let flows: Vec<_> = arrivals.iter().zip(&rates).map(|(arrivals, rates)| Flows { arrivals, rates }).collect();
        let Ok(weights) = weighing.instead(&cones, &skips, &flows) else { return u128::MAX };
        let cost = u128::from(weighing.work.total().unwrap_or(u64::MAX).max(1));
        let bytes: u128 = checks.keys().map(|id| u128::from(self.graph.tensor(*id).bytes())).sum();
        let price = |(weight, check): (&u128, &Check)| weight.saturating_mul((check.price + DRAW).into());
        let gas = weights.iter().zip(checks.values()).map(price).fold(0, u128::saturating_add) / cost;
        let draws = weights.iter().copied().fold(0, u128::saturating_add).saturating_mul(1 << 16) / cost;
        (bytes + cost / HASHED).saturating_mul(draws).saturating_mul(gas)
    }
}
