//! Who may send what, and where it goes.

mod burn;
mod demand;
mod reveal;
mod settle;
mod withdraw;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, StdResult, Storage};
use tequio_contract::door;
use tequio_protocol::{
    AttestationId,
    arbiter::ExecuteMsg,
    verifier::{AnswerBy, Held},
};

use crate::{core::queue::Case, error::ContractError, roles::Roles, state};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let caller = door::enter::<Roles>(deps.as_ref(), &env, info, &msg)?;
    match msg {
        ExecuteMsg::Demand { attestation, wanted, shown } => {
            demand::demand(deps, env, caller, attestation, wanted, &shown)
        }
        ExecuteMsg::Reveal { demand, answer } => reveal::reveal(deps, demand, answer),
        ExecuteMsg::Settle { demands } => settle::settle(deps, demands),
        ExecuteMsg::Withdraw {} => withdraw::withdraw(deps, caller),
        ExecuteMsg::Burn {} => burn::burn(deps),
    }
}

/// What holds an attestation now: its open demand that is due first, and the turn.
fn held(storage: &dyn Storage, attestation: AttestationId, case: &Case) -> StdResult<Held> {
    let first = state::due(storage, attestation, 1)?.pop();
    let answer_by = first.map(|(_, demand)| AnswerBy { demander: demand.demander.into(), deadline: demand.due });
    Ok(Held { answer_by, turn: case.turn })
}
