//! `give_back`: a provider returns what it took, early, unattested, once, for a small fee to the client.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_protocol::AssignmentId;
use tequio_protocol::escrow::State;

use super::Caller;
use crate::core::{funds, share};
use crate::error::ContractError;
use crate::state::{GAVE_BACK, SETUP};
use crate::{books, ending};

pub fn give_back(deps: DepsMut, env: Env, caller: Caller, id: AssignmentId) -> Result<Response, ContractError> {
    let (job, assignment) = ending::active(deps.storage, id)?;
    let now = env.block.time.seconds();
    // Past `attest_by` it is absent, and giving back would be the cheaper way out.
    let until = assignment.assigned.saturating_add(job.rules.give_back_window).min(assignment.attest_by);
    if now > until {
        return Err(ContractError::GiveBackClosed { assignment: id, until, now });
    }
    let key = (assignment.job.0, &assignment.provider);
    if GAVE_BACK.has(deps.storage, key) {
        return Err(ContractError::GaveBack { job: assignment.job, provider: assignment.provider.into() });
    }
    // Any attestation, in time or not: its draws may be known.
    if let Some(attestation) = ending::attestation(deps.as_ref(), &env, id, &job, &assignment)? {
        return Err(ContractError::Attested { assignment: id, attested: attestation.attested });
    }
    let fee = share::up(assignment.payment()?, job.rules.give_back_fee_bps);
    funds::exactly(fee, caller.paid, &SETUP.load(deps.storage)?.denom)?;

    GAVE_BACK.save(deps.storage, key, &Default::default())?;
    books::credit(deps.storage, &job.client, fee)?;
    ending::end(deps, id, &job, assignment, State::GivenBack, &caller.address)
}
