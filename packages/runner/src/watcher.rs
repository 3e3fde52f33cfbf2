//! Watcher: a client as it looks after its job. It runs a few shards of every assignment again, fetches the outputs, and
//! makes providers show what they keep.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use rand::{Rng, seq::index::sample};
use tequio_backend::Backend;
use tequio_client::{Chain, Escrow, data::Store};
use tequio_protocol::{AssignmentId, DemandId, escrow::AssignmentResponse};

use crate::{
    auditor::{Auditor, Found, Missing, Outputs, Providers},
    relayer::Relayer,
};

/// A client that watches.
pub struct Watcher<'a, C, S, R> {
    chain: &'a C,
    /// The principal, which posts missing rounds itself, pays for demands, and is thanked for refutations.
    relayer: Relayer<'a, C, S>,
    auditor: Auditor<'a, C>,
    /// Shards of each assignment that it runs again.
    shards: Shards,
    /// Nobody else knows what it throws: which shards it runs again is not for providers to know.
    dice: R,
    pub watched: BTreeMap<AssignmentId, Watched>,
}

/// How many shards of an assignment are run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shards {
    /// One of a hundred, at least one.
    OneInAHundred,
    /// So many, or all of them if there are fewer.
    Exactly(u64),
}

impl Shards {
    fn of(self, count: u64) -> u64 {
        match self {
            Self::OneInAHundred => count.div_ceil(100),
            Self::Exactly(shards) => shards.min(count),
        }
    }
}

/// What watching an assignment came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watched {
    /// Shards, numbered as the job has them, to run again, and what each has shown.
    pub shards: BTreeMap<u64, Option<Found>>,
    /// Demands of its own that it waited for.
    pub demands: Vec<DemandId>,
    /// The outputs, by shard, once they are there.
    pub outputs: Option<Vec<Outputs>>,
}

impl Watched {
    /// Whether the attestation was refuted.
    pub fn refuted(&self) -> bool {
        self.shards.values().any(|found| *found == Some(Found::Refuted))
    }

    /// How many shards were run again and are as they should be.
    pub fn same(&self) -> u64 {
        self.shards.values().filter(|found| **found == Some(Found::Same)).count() as u64
    }

    fn demanded(&mut self, demand: Option<DemandId>) {
        if let Some(demand) = demand.filter(|demand| !self.demands.contains(demand)) {
            self.demands.push(demand);
        }
    }
}

impl<'a, C: Chain, S: Fn(u64) -> Vec<u8>, R: Rng> Watcher<'a, C, S, R> {
    /// `store` is where it finds jobs' data, deliveries and answers.
    pub fn new(
        chain: &'a C,
        store: Store,
        backend: Arc<dyn Backend>,
        relayer: Relayer<'a, C, S>,
        shards: Shards,
        dice: R,
    ) -> Self {
        let auditor = Auditor::new(chain, store, backend);
        Self { chain, relayer, auditor, shards, dice, watched: BTreeMap::new() }
    }

    /// Looks after an attested assignment: once more after each answer, until nothing is left to wait for. Whether it waits.
    pub async fn look(&mut self, assignment: AssignmentId, providers: &impl Providers) -> Result<bool> {
        self.relayer.post_rounds().await?;
        let taken = Escrow(self.chain).assignment(assignment).await?;
        let attestation = Escrow(self.chain).attestation(&taken).await?;
        if attestation.is_none_or(|attestation| attestation.verdict.is_final()) {
            return Ok(false);
        }
        if !self.watched.contains_key(&assignment) {
            let shards = self.choose(&taken).into_iter().map(|shard| (shard, None)).collect();
            self.watched.insert(assignment, Watched { shards, ..Watched::default() });
        }
        let watched = self.watched.entry(assignment).or_default();
        let mut waits = false;
        for (&shard, seen) in &mut watched.shards {
            if let Some(Found::Same | Found::Refuted | Found::Over) = seen {
                continue;
            }
            let found = self.auditor.watch(&self.relayer.address, assignment, shard, providers).await?;
            *seen = Some(found);
            if found == Found::Refuted {
                return Ok(false);
            }
            waits |= matches!(found, Found::Waits(_) | Found::Unserved);
        }
        let demands: Vec<_> = watched.shards.values().copied().collect();
        for found in demands {
            watched.demanded(match found {
                Some(Found::Waits(demand)) => Some(demand),
                _ => None,
            });
        }
        if watched.outputs.is_none() {
            match self.auditor.receive(&self.relayer.address, assignment, providers).await? {
                Ok(outputs) => watched.outputs = Some(outputs),
                Err(Missing(demand)) => {
                    waits = true;
                    watched.demanded(demand);
                }
            }
        }
        Ok(waits)
    }

    fn choose(&mut self, taken: &AssignmentResponse) -> Vec<u64> {
        let AssignmentResponse { first, count, .. } = *taken;
        let many = self.shards.of(count);
        // A provider holds a root of each shard: there are never more than fit into memory.
        let among = sample(&mut self.dice, count as usize, many as usize);
        among.into_iter().map(|index| first + index as u64).collect()
    }
}
