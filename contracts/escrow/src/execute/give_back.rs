//! Give back: returns an assignment early and unattested, for who works for its provider.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::{door::Caller, funds};
use tequio_protocol::{
    AssignmentId,
    escrow::{Ending, GiveBack},
};

use crate::{books, ending, error::ContractError, state};

/// Once for each provider and job, for a small fee to the client.
pub fn give_back(deps: DepsMut, env: Env, caller: Caller, id: AssignmentId) -> Result<Response, ContractError> {
    let found = ending::find(deps.as_ref(), &env, id)?;
    let case = found.assignment.case(&found.job, found.attestation.as_ref())?;
    let allowed = case.give_back(found.now);
    let GiveBack { fee, .. } = allowed.map_err(|reason| ContractError::Kept { assignment: id, reason })?;
    state::note_give_back(deps.storage, found.assignment.job, &found.assignment.provider)?;
    funds::exactly(fee, caller.paid, &state::setup(deps.storage)?.denom)?;
    let fee = books::take_fee(deps.storage, &found.job.client, fee)?;
    ending::end(deps, found, Ending::GivenBack, &caller.address, fee)
}
