//! What the stand-ins answer, and what they were told.

use cosmwasm_std::{Addr, Empty, Storage};
use tequio_protocol::{
    AssignmentId, JobId, Moment,
    escrow::{AssignmentResponse, Kind},
    registry, rewards,
    verifier::Verdict,
};

use super::{Provider, World};
use crate::stand_in;

impl World {
    pub fn of_registry(&mut self) -> Box<dyn Storage + '_> {
        self.app.contract_storage_mut(&self.registry.clone())
    }

    pub fn of_rewards(&mut self) -> Box<dyn Storage + '_> {
        self.app.contract_storage_mut(&self.rewards.clone())
    }

    pub fn registers(&mut self, provider: &Addr, operator: &Addr) {
        for operator in [provider, operator] {
            let pair = (provider.as_str(), operator.as_str());
            stand_in::registry::WORKS.save(&mut *self.of_registry(), pair, &Empty {}).unwrap();
        }
    }

    pub fn dismisses(&mut self, provider: &Addr, operator: &Addr) {
        stand_in::registry::WORKS.remove(&mut *self.of_registry(), (provider.as_str(), operator.as_str()));
    }

    pub fn burn_bps(&mut self, bps: u16) {
        stand_in::registry::BURN_BPS.save(&mut *self.of_registry(), &bps).unwrap();
    }

    pub fn lien_on(&self, provider: &Provider) -> u128 {
        let storage = self.app.contract_storage(&self.registry);
        stand_in::registry::LIENS.may_load(&*storage, provider.owner.as_str()).unwrap().unwrap_or_default().u128()
    }

    pub fn terms(&mut self, kind: Kind, credits: u128, mint: u128) {
        let terms = (credits.into(), mint.into());
        stand_in::rewards::TERMS.save(&mut *self.of_rewards(), &kind.to_string(), &terms).unwrap();
    }

    pub fn rewards_fails(&mut self, fails: bool) {
        stand_in::rewards::FAILS.save(&mut *self.of_rewards(), &fails).unwrap();
    }

    pub fn reserved(&self, job: JobId) -> u64 {
        let storage = self.app.contract_storage(&self.rewards);
        stand_in::rewards::RESERVED.may_load(&*storage, job.0).unwrap().unwrap_or_default()
    }

    pub fn told_registry(&self) -> Vec<registry::ExecuteMsg> {
        stand_in::registry::TOLD.may_load(&*self.app.contract_storage(&self.registry)).unwrap().unwrap_or_default()
    }

    pub fn told_rewards(&self) -> Vec<rewards::ExecuteMsg> {
        stand_in::rewards::TOLD.may_load(&*self.app.contract_storage(&self.rewards)).unwrap().unwrap_or_default()
    }

    /// An attestation at this moment, its verdict pending.
    pub fn attest(&mut self, assignment: AssignmentId) {
        self.attest_at(assignment, self.moment());
        self.verdict(assignment, Verdict::Pending {});
    }

    pub fn attest_at(&mut self, assignment: AssignmentId, at: Moment) {
        let AssignmentResponse { operator, subject, .. } = self.assignment(assignment);
        let mut storage = self.app.contract_storage_mut(&self.verifier.clone());
        stand_in::verifier::attest(&mut *storage, &operator, &subject, at, Verdict::Pending {});
    }

    /// The verifier's answer on what was attested.
    pub fn verdict(&mut self, assignment: AssignmentId, verdict: Verdict) {
        let (at, _) = self.attested(assignment).expect("attested before");
        let AssignmentResponse { operator, subject, .. } = self.assignment(assignment);
        let mut storage = self.app.contract_storage_mut(&self.verifier.clone());
        stand_in::verifier::attest(&mut *storage, &operator, &subject, at, verdict);
    }

    pub fn attested(&self, assignment: AssignmentId) -> Option<(Moment, Verdict)> {
        let AssignmentResponse { operator, subject, .. } = self.assignment(assignment);
        stand_in::verifier::attested(&*self.app.contract_storage(&self.verifier), &operator, &subject)
    }
}
