//! What the contracts answer.

use std::fmt::Debug;

use cosmwasm_std::{Addr, Uint128};
use tequio_client::{Query, Token};
use tequio_protocol::{
    AssignmentId, JobId, arbiter,
    escrow::{self, AssignmentResponse, FreeResponse, JobResponse, Ruling, State},
    registry::{self, ProviderResponse},
    rewards::{self, ClaimableResponse},
    verifier::{self, AttestationResponse, AttestedResponse, Verdict},
};

use super::{World, wait};
use crate::Provider;

impl World {
    /// Asks a contract.
    pub fn ask<T: serde::de::DeserializeOwned>(&self, query: impl Into<Query> + Debug) -> T {
        let text = format!("{query:?}");
        self.chain.ask(query).unwrap_or_else(|error| panic!("no answer to {text}: {error:#}"))
    }

    pub fn job(&self, job: JobId) -> JobResponse {
        self.ask(escrow::QueryMsg::Job { job })
    }

    /// Free, active, settled and refunded shards of the last job.
    pub fn shards(&self) -> (u64, u64, u64, u64) {
        let JobResponse { free, active, settled, refunded, .. } = self.job(self.job);
        (free, active, settled, refunded)
    }

    /// Free ranges of the last job: first shard and count.
    pub fn free(&self) -> Vec<(u64, u64)> {
        let query = escrow::QueryMsg::Free { job: self.job, start_after: None, limit: Some(100) };
        self.ask::<Vec<FreeResponse>>(query).into_iter().map(|range| (range.first, range.count)).collect()
    }

    pub fn assignment(&self, assignment: AssignmentId) -> AssignmentResponse {
        self.ask(escrow::QueryMsg::Assignment { assignment })
    }

    pub fn state_of(&self, assignment: AssignmentId) -> State {
        self.assignment(assignment).state
    }

    /// The attestation to an assignment, if its operator made one.
    pub fn attested(&self, assignment: AssignmentId) -> Option<AttestationResponse> {
        let AssignmentResponse { operator, subject, .. } = self.assignment(assignment);
        let answer: AttestedResponse = self.ask(verifier::QueryMsg::Attested { attester: operator, subject });
        answer.attestation
    }

    pub fn attestation(&self, assignment: AssignmentId) -> AttestationResponse {
        self.attested(assignment).expect("an attested assignment")
    }

    pub fn verdict(&self, assignment: AssignmentId) -> Verdict {
        self.attestation(assignment).verdict
    }

    /// What may be done about an assignment now.
    pub fn ruling(&self, assignment: AssignmentId) -> Ruling {
        let (assignment, attested) = (self.assignment(assignment), self.attested(assignment));
        assignment.case(&self.job(assignment.job), attested.as_ref()).ruling(self.chain.moment())
    }

    /// What giving an assignment back costs now.
    pub fn give_back_fee(&self, assignment: AssignmentId) -> u128 {
        let (assignment, attested) = (self.assignment(assignment), self.attested(assignment));
        let case = assignment.case(&self.job(assignment.job), attested.as_ref());
        case.give_back(self.chain.moment()).expect("one that may be given back").fee.u128()
    }

    /// What an address could withdraw from escrow.
    pub fn balance(&self, address: &Addr) -> u128 {
        self.ask::<Uint128>(escrow::QueryMsg::Balance { address: address.to_string() }).u128()
    }

    /// What an address could withdraw from registry, thawed stake left aside.
    pub fn compensation(&self, address: &Addr) -> u128 {
        self.ask::<Uint128>(registry::QueryMsg::Balance { address: address.to_string() }).u128()
    }

    /// What an address could withdraw from arbiter.
    pub fn bonds(&self, address: &Addr) -> u128 {
        self.ask::<Uint128>(arbiter::QueryMsg::Balance { address: address.to_string() }).u128()
    }

    /// What an address has in its pocket.
    pub fn bank(&self, address: &Addr) -> u128 {
        self.chain.coins(address).expect("a bank that answers").u128()
    }

    pub fn tokens(&self, address: &Addr) -> u128 {
        wait(Token(&self.chain).balance(address)).expect("a token that answers").u128()
    }

    /// All there is of the reward token.
    pub fn token_supply(&self) -> u128 {
        wait(Token(&self.chain).supply()).expect("a token that answers").u128()
    }

    pub fn stake(&self, provider: &Provider) -> ProviderResponse {
        self.ask(registry::QueryMsg::Provider { provider: provider.owner.to_string() })
    }

    pub fn claimable(&self, owner: &Addr) -> ClaimableResponse {
        self.ask(rewards::QueryMsg::Claimable { provider: owner.to_string() })
    }

    /// All of the denom that is an address's: in its pocket, in escrow, in arbiter and in registry, stake included.
    pub fn wealth(&self, address: &Addr) -> u128 {
        let stake: Option<ProviderResponse> =
            self.chain.ask(registry::QueryMsg::Provider { provider: address.to_string() }).ok();
        let stake = stake.map_or(0, |provider| provider.stake.u128());
        self.bank(address) + self.balance(address) + self.bonds(address) + self.compensation(address) + stake
    }

    /// All of the reward token that is an address's: what it has, could claim or has in free credits.
    pub fn token_wealth(&self, address: &Addr) -> u128 {
        let ClaimableResponse { earned, emitted, .. } = self.claimable(address);
        let credits: Uint128 = self.ask(rewards::QueryMsg::Credits { client: address.to_string() });
        self.tokens(address) + earned.u128() + emitted.u128() + credits.u128()
    }
}
