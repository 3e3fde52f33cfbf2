//! Demand: asks for what an attester committed to, for anyone; for outputs, for the principal.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::{door::Caller, funds};
use tequio_protocol::{
    AttestationId,
    arbiter::{Demanded, State, Wanted},
};

use crate::{
    core::demand::Demand,
    error::ContractError,
    neighbours::verifier,
    quote::{self, Quote},
    state,
};

pub fn demand(
    deps: DepsMut,
    env: Env,
    caller: Caller,
    attestation: AttestationId,
    wanted: Wanted,
    shown: &[u8],
) -> Result<Response, ContractError> {
    let demander = caller.address;
    let Quote { bond, due, queue, parts, case } =
        quote::quote(deps.as_ref(), &env, &demander, attestation, &wanted, shown)?;
    let setup = state::setup(deps.storage)?;
    funds::exactly(bond, caller.paid, &setup.denom)?;

    state::change_money(deps.storage, |money| money.demand(bond))?;
    state::save_case(deps.storage, attestation, &case)?;
    let demand = Demand { attestation, demander, wanted, queue, bond, due, revealed: 0, parts, state: State::Open };
    let id = state::add_demand(deps.storage, &demand)?;
    let held = state::held(deps.storage, attestation, &case)?;
    let hold = verifier::hold(&setup.verifier, attestation, held)?;
    Ok(Response::new().add_message(hold).add_event(Demanded {
        demand: id,
        attestation,
        demander: demand.demander.into(),
        wanted,
        queue,
        bond,
        due: due.time(),
        due_block: due.block(),
    }))
}
