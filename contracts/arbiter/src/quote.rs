//! What a demand would cost and when it would be due, if it were made now.

use cosmwasm_std::{Addr, Deps, Env, Uint128};
use tequio_attestation::located;
use tequio_protocol::{
    AttestationId, Deadline,
    arbiter::{Queue, Wanted},
    verifier::Verdict,
};

use crate::{
    core::{
        bond::bond,
        queue::{Case, delivery},
    },
    error::ContractError,
    neighbours::verifier,
    state,
};

/// A demand as it would be taken.
pub struct Quote {
    pub bond: Uint128,
    pub due: Deadline,
    pub queue: Queue,
    pub parts: u64,
    /// What it makes of the attestation.
    pub case: Case,
}

/// Fails as demanding would.
pub fn quote(
    deps: Deps,
    env: &Env,
    demander: &Addr,
    id: AttestationId,
    wanted: &Wanted,
    shown: &[u8],
) -> Result<Quote, ContractError> {
    let verifier = state::setup(deps.storage)?.verifier;
    let attestation = verifier::attestation(deps.querier, &verifier, id)?;
    let (subject, verdict) = (attestation.subject, attestation.verdict);
    let named = subject.arbitration.as_deref().filter(|named| named.arbiter == env.contract.address.as_str());
    let arbitration = named.ok_or(ContractError::NotNamed { attestation: id })?;
    let Verdict::GenuineSoFar { until } = verdict else {
        return Err(ContractError::Closed { verdict: verdict.word() });
    };
    let queue = if arbitration.principal == demander.as_str() { Queue::Principal } else { Queue::Public };
    let of_outputs = matches!(wanted, Wanted::Outputs { .. });
    if of_outputs && queue == Queue::Public {
        return Err(ContractError::NotPrincipal { principal: arbitration.principal.clone() });
    }
    let located = located(&subject, wanted, shown)?;
    if let Some(demand) = state::demanded(deps.storage, id, wanted)?
        && !state::demand(deps.storage, demand)?.may_be_demanded_again(queue)
    {
        return Err(ContractError::DemandedAlready { wanted: *wanted, demand });
    }
    // Before the first demand nothing but the audit window holds it.
    let mut case = state::case(deps.storage, id)?.unwrap_or_else(|| Case::new(until));
    let delivery = if of_outputs { delivery(arbitration, located.bytes) } else { 0 };
    let now = verifier::now(deps.querier, &verifier)?;
    let due = case.demand(&subject.terms, arbitration, queue, delivery, now)?;
    Ok(Quote { bond: bond(arbitration, wanted, located.bytes)?, due, queue, parts: located.parts, case })
}
