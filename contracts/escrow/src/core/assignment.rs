//! An assignment, and the subject its provider attests to.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::hash::{name, tagged};
use tequio_protocol::{
    AssignmentId, Deadline, Digest, JobId,
    escrow::{Arbiter, Case, State},
    verifier::{Arbitration, AttestationResponse, Subject},
};

use crate::core::{error::CoreError, job::Job};

/// Tag of an assignment's context.
pub const CONTEXT: &str = "tequio/v1/context";

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

/// `TH('tequio/v1/context', length of the escrow's address (u32) ‖ its bytes ‖ job ‖ assignment ‖ total shards)`, numbers
/// big-endian, the last three u64.
pub fn context(escrow: &Addr, job: JobId, assignment: AssignmentId, shards: u64) -> Digest {
    let parts: [&[u8]; 4] =
        [&name(escrow.as_str()), &job.0.to_be_bytes(), &assignment.0.to_be_bytes(), &shards.to_be_bytes()];
    tagged(CONTEXT, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_context_matters() {
        let of = |address: &str, job, assignment, shards| {
            context(&Addr::unchecked(address), JobId(job), AssignmentId(assignment), shards)
        };
        let base = of("escrow", 1, 2, 3);
        assert_eq!(base, of("escrow", 1, 2, 3));
        for other in [of("escros", 1, 2, 3), of("escrow1", 1, 2, 3), of("escrow", 2, 2, 3), of("escrow", 1, 3, 3)] {
            assert_ne!(base, other);
        }
        assert_ne!(base, of("escrow", 1, 2, 4));
    }

    #[test]
    fn a_context_is_pinned() {
        let context = context(&Addr::unchecked("escrow"), JobId(1), AssignmentId(2), 3);
        let bytes = [&b"\0\0\0\x06escrow"[..], &1u64.to_be_bytes(), &2u64.to_be_bytes(), &3u64.to_be_bytes()].concat();
        assert_eq!(context, tagged("tequio/v1/context", &[&bytes]));
    }
}
