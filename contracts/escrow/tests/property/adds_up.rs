//! Counts everything again from what it is made of.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Empty, Order, StdResult, Uint128};
use cw_storage_plus::Map;
use tequio_contract::record;
use tequio_escrow::core::{assignment::Assignment, ledger::Ledger};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{AssignmentResponse, Ending, JobResponse, QueryMsg, State},
};

use super::run::Run;

// As escrow stores it: not every sum has a query.
const LEDGER: record::Item<Ledger> = record::Item::new("ledger");
const BALANCES: Map<&Addr, Uint128> = Map::new("balances");
const SHARES: Map<(JobId, &Addr), u64> = Map::new("shares");
const ASSIGNMENTS: record::Map<AssignmentId, Assignment> = record::Map::new("assignments");
const OPEN: Map<JobId, Empty> = Map::new("open");
const ACTIVE: Map<(&Addr, AssignmentId), Empty> = Map::new("active");
const PENDING_REWARDS: Map<AssignmentId, Empty> = Map::new("pending_rewards");
const PENDING_RELEASES: Map<JobId, u64> = Map::new("pending_releases");

impl Run {
    fn all_jobs(&self) -> Vec<JobResponse> {
        (1..=self.jobs).map(|id| self.world.job(JobId(id))).collect()
    }

    pub fn all_assignments(&self) -> Vec<AssignmentResponse> {
        let all = (1..=self.assignments).map(|id| self.world.assignment(AssignmentId(id))).collect();
        let storage = self.world.app.contract_storage(&self.world.escrow);
        let stored = ASSIGNMENTS.keys(&*storage, None, None, Order::Ascending).count() as u64;
        assert_eq!(stored, self.assignments);
        all
    }

    /// Compares what escrow and its stand-ins keep with the sums over jobs and assignments.
    pub fn adds_up(&self) {
        let world = &self.world;
        world.conserves();
        let assignments = self.all_assignments();
        let mut held = 0;
        for job in self.all_jobs() {
            let of_job: Vec<_> = assignments.iter().filter(|assignment| assignment.job == job.id).collect();
            held += self.job_adds_up(&job, &of_job);
        }
        let storage = world.app.contract_storage(&world.escrow);
        let ledger = LEDGER.load(&*storage).unwrap();
        let balances: StdResult<Vec<_>> = BALANCES.range(&*storage, None, None, Order::Ascending).collect();
        let balances: u128 = balances.unwrap().into_iter().map(|(_, amount)| amount.u128()).sum();
        assert_eq!((ledger.held.u128(), ledger.balances.u128()), (held, balances));
        let to_burn: Uint128 = world.ask(&QueryMsg::ToBurn {});
        assert_eq!(world.bank(&world.escrow), held + balances + to_burn.u128());
        for provider in world.providers() {
            let active = |a: &&AssignmentResponse| a.state == State::Active && a.provider == provider.owner.as_str();
            let liens: u128 = assignments.iter().filter(active).map(|a| a.lien.u128()).sum();
            assert_eq!(world.lien_on(provider), liens);
            let listed: StdResult<Vec<_>> =
                ACTIVE.prefix(&provider.owner).keys(&*storage, None, None, Order::Ascending).collect();
            assert_eq!(listed.unwrap(), assignments.iter().filter(active).map(|a| a.id).collect::<Vec<_>>());
        }
    }

    /// One job's shards and credits; what is held for it.
    fn job_adds_up(&self, job: &JobResponse, assignments: &[&AssignmentResponse]) -> u128 {
        let free = self.world.free(job.id);
        for pair in free.windows(2) {
            let ((first, count, price), (next, _, other)) = (pair[0], pair[1]);
            assert!(first + count < next || (first + count == next && price != other), "{free:?}");
        }
        let count = |state| assignments.iter().filter(|a| a.state == state).map(|a| a.count).sum::<u64>();
        let (active, settled) = (count(State::Active), count(State::Ended(Ending::Settled)));
        assert_eq!((job.active, job.settled), (active, settled));
        assert_eq!(job.free, free.iter().map(|range| range.1).sum::<u64>());
        assert_eq!(job.shards, job.free + job.active + job.settled + job.refunded);

        let kept = |a: &&&AssignmentResponse| matches!(a.state, State::Active | State::Ended(Ending::Settled));
        let mut ranges: Vec<_> = free.iter().map(|range| (range.0, range.1)).collect();
        ranges.extend(assignments.iter().filter(kept).map(|a| (a.first, a.count)));
        ranges.sort();
        assert!(ranges.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "a shard is in two places");
        assert!(ranges.last().is_none_or(|last| last.0 + last.1 <= job.shards));

        let storage = self.world.app.contract_storage(&self.world.escrow);
        assert_eq!(OPEN.has(&*storage, job.id), job.free > 0);
        let mut shares: BTreeMap<String, u64> = BTreeMap::new();
        for assignment in assignments.iter().filter(kept) {
            *shares.entry(assignment.provider.clone()).or_default() += assignment.count;
        }
        let stored: StdResult<Vec<_>> = SHARES.prefix(job.id).range(&*storage, None, None, Order::Ascending).collect();
        let stored: BTreeMap<_, _> = stored.unwrap().into_iter().map(|(a, held)| (a.into_string(), held)).collect();
        assert_eq!(stored, shares);
        assert!(shares.values().all(|held| *held <= job.shards.div_ceil(job.min_providers.into())));

        let unreleased = PENDING_RELEASES.may_load(&*storage, job.id).unwrap().unwrap_or_default();
        let pending = |a: &&&AssignmentResponse| PENDING_REWARDS.has(&*storage, a.id);
        let unrewarded: u64 = assignments.iter().filter(pending).map(|a| a.count).sum();
        assert_eq!(self.world.reserved(job.id), job.free + job.active + unreleased + unrewarded);

        let free: u128 = free.iter().map(|range| u128::from(range.1) * range.2).sum();
        let active = |a: &&&AssignmentResponse| a.state == State::Active;
        free + assignments.iter().filter(active).map(|a| u128::from(a.count) * a.price.u128()).sum::<u128>()
    }
}
