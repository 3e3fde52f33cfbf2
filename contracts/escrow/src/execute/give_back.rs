//! `give_back`: a provider returns what it took, early, unattested, once, for a small fee to the client.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_protocol::{
    AssignmentId,
    escrow::{Ending, GiveBack},
};

use super::Caller;
use crate::{
    books,
    core::funds,
    ending,
    error::ContractError,
    state::{GAVE_BACK, SETUP},
};

pub fn give_back(deps: DepsMut, env: Env, caller: Caller, id: AssignmentId) -> Result<Response, ContractError> {
    let (assignment, job, attestation) = ending::find(deps.as_ref(), &env, id)?;
    let allowed = assignment.case(&job, attestation.as_ref())?.give_back(env.block.time.seconds());
    let GiveBack { fee, .. } = allowed.map_err(|reason| ContractError::Kept { assignment: id, reason })?;
    let key = (assignment.job.0, &assignment.provider);
    if GAVE_BACK.has(deps.storage, key) {
        return Err(ContractError::GaveBack { job: assignment.job, provider: assignment.provider.into() });
    }
    funds::exactly(fee, caller.paid, &SETUP.load(deps.storage)?.denom)?;

    GAVE_BACK.save(deps.storage, key, &Default::default())?;
    books::credit(deps.storage, &job.client, fee)?;
    ending::end(deps, id, &job, assignment, Ending::GivenBack, &caller.address)
}
