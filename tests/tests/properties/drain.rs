//! From wherever it stands, anyone ends everything, and each takes what is its own: nothing stays behind.

use std::collections::BTreeMap;

use cosmwasm_std::Uint128;
use tequio_protocol::escrow::{ExecuteMsg, JobResponse, QueryMsg, ReleasePending, RewardPending, State};
use tequio_protocol::rewards::{ClaimableResponse, ReservationResponse};
use tequio_protocol::verifier::{AttestationResponse, DrawnFrom, Verdict};
use tequio_protocol::{AssignmentId, JobId, registry, rewards, verifier};

use crate::stage::Stage;

/// Longer than any attestation can wait: to be attested, for its round, for its opening, and for its audit.
const ALL_DEADLINES: u64 = 5 * verifier::MAX_WAIT as u64;
/// Longer than any stake thaws.
const ANY_THAW: u64 = 366 * 86_400;

impl Stage {
    /// Drains everything, with a beacon that comes back or is gone for good. Whatever is paused or failing stays so.
    pub fn drains(&mut self, beacon: bool) {
        self.ends(beacon);
        self.refunds();
        self.adds_up();
        self.balances();
        self.pays_out();
        self.empties_the_arbiter();
        self.unbonds();
        self.counts();
        self.adds_up();
        self.balances();
    }

    /// After the deadlines an outsider ends every assignment, by exactly one of settle and expire.
    fn ends(&mut self, beacon: bool) {
        let outsider = self.cast.outsider.clone();
        self.chain.advance(10);
        self.must(&outsider, verifier::ExecuteMsg::Tick {}, 0);
        if beacon {
            self.posts_rounds();
        }
        self.chain.advance(ALL_DEADLINES);
        for assignment in self.all_assignments() {
            let (active, id) = (assignment.state == State::Active, vec![assignment.id]);
            let settled = self.send(&outsider, ExecuteMsg::Settle { assignments: id.clone() }, vec![]).is_some();
            let expired = self.send(&outsider, ExecuteMsg::Expire { assignments: id }, vec![]).is_some();
            assert_eq!(u8::from(settled) + u8::from(expired), u8::from(active), "{:?}", self.attested(&assignment));
        }
        assert!(self.all_providers().iter().all(|provider| provider.liens.is_zero()));
    }

    /// An outsider posts the first two rounds that are waited for.
    fn posts_rounds(&mut self) {
        let outsider = self.cast.outsider.clone();
        let mut waiting = BTreeMap::new();
        for claim in &self.claims {
            let AttestationResponse { round, verdict, .. } =
                self.ask(verifier::QueryMsg::Attestation { attestation: claim.attestation });
            if let (Some(DrawnFrom { beacon, round, due, seed: None, .. }), Verdict::Pending {}) = (round, verdict) {
                waiting.insert((due, beacon, round), ());
            }
        }
        for (due, beacon, round) in waiting.into_keys().take(2) {
            self.chain.advance_to(due);
            let signature = self.beacons[beacon.0 as usize - 1].sign(round).into();
            self.must(&outsider, verifier::ExecuteMsg::Beacon { beacon, round, signature }, 0);
        }
    }

    /// After a job's end an outsider refunds whatever of it is free.
    fn refunds(&mut self) {
        let outsider = self.cast.outsider.clone();
        for JobResponse { id: job, end, .. } in self.all_jobs() {
            self.chain.advance_to(end + 1);
            while self.ask::<JobResponse>(QueryMsg::Job { job }).free > 0 {
                self.must(&outsider, ExecuteMsg::Refund { job, shards: None }, 0);
            }
        }
    }

    /// Everybody withdraws from escrow: it holds nothing any more.
    fn pays_out(&mut self) {
        for person in self.everybody() {
            if !self.ask::<Uint128>(QueryMsg::Balance { address: person.to_string() }).is_zero() {
                self.must(&person, ExecuteMsg::Withdraw {}, 0);
            }
        }
        if self.told.fees_to_burn > 0 {
            self.must(&self.cast.outsider.clone(), ExecuteMsg::Burn {}, 0);
        }
        let escrow = &self.chain.deployment().escrow;
        assert_eq!(self.purse(escrow), self.dust(escrow));
    }

    /// Everybody takes stake and balances out of registry: it holds nothing any more.
    fn unbonds(&mut self) {
        let withdraw = registry::ExecuteMsg::Withdraw {};
        self.chain.advance(ANY_THAW);
        for provider in self.all_providers() {
            let owner = cosmwasm_std::Addr::unchecked(provider.provider);
            // At most so many thaws are open at a time: those before make room.
            if !provider.thawing.is_zero() {
                self.must(&owner, withdraw.clone(), 0);
            }
            if !provider.free.is_zero() {
                self.must(&owner, registry::ExecuteMsg::Unbond { amount: provider.free }, 0);
            }
        }
        self.chain.advance(ANY_THAW);
        for person in self.everybody() {
            self.send(&person, withdraw.clone(), vec![]);
        }
        if self.told.to_burn > 0 {
            self.must(&self.cast.outsider.clone(), registry::ExecuteMsg::Burn {}, 0);
        }
        let registry = &self.chain.deployment().registry;
        assert_eq!(self.purse(registry), self.dust(registry));
    }

    /// Once rewards works again, an outsider retries what failed, and everybody claims: no credit stays reserved.
    fn counts(&mut self) {
        let outsider = self.cast.outsider.clone();
        self.rewards_fails(false);
        loop {
            let assignments: Vec<AssignmentId> = self.ask(QueryMsg::PendingRewards { start_after: None, limit: None });
            let jobs: Vec<JobId> = self.ask(QueryMsg::PendingReleases { start_after: None, limit: None });
            if assignments.is_empty() && jobs.is_empty() {
                break;
            }
            if !assignments.is_empty() {
                let outcome = self.must(&outsider, ExecuteMsg::Reward { assignments }, 0);
                assert_eq!(outcome.all::<RewardPending>(), []);
            }
            if !jobs.is_empty() {
                let outcome = self.must(&outsider, ExecuteMsg::Release { jobs }, 0);
                assert_eq!(outcome.all::<ReleasePending>(), []);
            }
        }
        for job in (1..=self.jobs).map(JobId) {
            let source = self.chain.deployment().escrow.to_string();
            let reserved: ReservationResponse = self.ask(rewards::QueryMsg::Reservation { source, job });
            assert_eq!(reserved.shards, 0);
        }
        let rewards::ConfigResponse { schedule, .. } = self.ask(rewards::QueryMsg::Config {});
        self.chain.advance(schedule.epoch);
        for person in self.everybody() {
            // Each takes what is there of at least one epoch.
            let mut claims = 0..=self.assignments;
            let claim = rewards::ExecuteMsg::Claim { provider: Some(person.to_string()) };
            while self.send(&outsider, claim.clone(), vec![]).is_some() {
                assert!(claims.next().is_some(), "{person} claims for ever");
            }
            let claimable: ClaimableResponse = self.ask(rewards::QueryMsg::Claimable { provider: person.into() });
            assert_eq!((claimable.earned, claimable.emitted, claimable.open_work), Default::default());
        }
    }
}
