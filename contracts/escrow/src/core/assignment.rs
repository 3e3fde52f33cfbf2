//! An assignment, and the subject its provider attests to.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};
use tequio_protocol::{
    AssignmentId, Deadline, JobId,
    escrow::{Arbiter, Case, State, context},
    verifier::{Arbitration, AttestationResponse, Subject},
};

use crate::core::{error::CoreError, job::Job};

/// A contiguous range of a job's shards that one provider took.
#[cw_serde]
pub struct Assignment {
    pub job: JobId,
    pub provider: Addr,
    /// Operator key at the time of assigning.
    pub operator: Addr,
    pub first: u64,
    pub count: u64,
    /// Payment for one shard.
    pub price: Uint128,
    /// The whole lien.
    pub lien: Uint128,
    /// It begins when the assignment does.
    pub attest_by: Deadline,
    pub state: State,
}

impl Assignment {
    /// What is paid if it settles.
    pub fn payment(&self) -> Result<Uint128, CoreError> {
        Ok(self.price.checked_mul(self.count.into())?)
    }

    /// What the rules say about it, given the verifier's answer to its operator and subject.
    pub fn case<'a>(&self, job: &Job, attestation: Option<&'a AttestationResponse>) -> Result<Case<'a>, CoreError> {
        let (state, attest_by, rules) = (self.state, self.attest_by, job.rules);
        Ok(Case { state, attest_by, payment: self.payment()?, rules, attestation })
    }

    /// The subject to attest to.
    pub fn subject(&self, escrow: &Addr, id: AssignmentId, job: &Job) -> Subject {
        let cost = self.price.saturating_add(job.lien.mint);
        Subject {
            program_id: job.program_id,
            input_root: job.input_root,
            first_shard: self.first,
            count: self.count,
            draws: job.draws,
            context: context(escrow, self.job, id, job.shards),
            terms: job.terms,
            arbitration: job.arbitration.as_ref().map(|arbiter| Box::new(arbitration(arbiter, &job.principal, cost))),
        }
    }
}

/// Of an attestation whose shards cost up to `cost` each. Bonds are 5/4 of what a demand makes its attester pay; one
/// beyond the last number is never posted, and nothing may keep an assignment from its end.
pub fn arbitration(arbiter: &Arbiter, principal: &Addr, cost: Uint128) -> Arbitration {
    let bond = |cost: Uint128| cost.u128().saturating_add(cost.u128().div_ceil(4));
    Arbitration {
        arbiter: arbiter.address.clone(),
        principal: principal.to_string(),
        bond: bond(arbiter.answer_gas),
        rerun_bond: bond(arbiter.answer_gas.saturating_add(cost)),
        answer_window: arbiter.answer_window,
        spacing: arbiter.spacing,
        longest_hold: arbiter.longest_hold,
        rate: arbiter.rate,
    }
}
