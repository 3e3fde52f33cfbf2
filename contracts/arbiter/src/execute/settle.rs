//! Settle: ends demands whose attestation has a final answer, for anyone.

use cosmwasm_std::{Addr, DepsMut, Response, Uint128};
use tequio_contract::bounds;
use tequio_protocol::{
    DemandId,
    arbiter::{Settled, State},
    balance::Reason,
    verifier::Verdict,
};

use crate::{
    core::{bond::burned, demand::Demand},
    error::ContractError,
    neighbours::verifier,
    state::{self, BALANCES},
};

/// What cannot be ended is passed over; if nothing is ended, the first reason is the error.
pub fn settle(mut deps: DepsMut, list: Vec<DemandId>) -> Result<Response, ContractError> {
    bounds::listed("demands", &list)?;
    let (mut response, mut passed) = (Response::new(), None);
    for id in list {
        match one(deps.branch(), id)? {
            Ok(events) => response.events.extend(events.events),
            Err(reason) => passed = passed.or(Some(reason)),
        }
    }
    passed.filter(|_| response.events.is_empty()).map_or(Ok(response), Err)
}

/// The outer error is one of storage or queries; the inner one says why this demand does not end now.
fn one(deps: DepsMut, id: DemandId) -> Result<Result<Response, ContractError>, ContractError> {
    let mut demand = state::demand(deps.storage, id)?;
    let Demand { attestation, bond, state: from, .. } = demand;
    if let State::Paid | State::Returned = from {
        return Ok(Err(ContractError::AlreadySettled { demand: id, state: from }));
    }
    let verifier = state::setup(deps.storage)?.verifier;
    let attested = verifier::attestation(deps.querier, &verifier, attestation)?;
    if !attested.verdict.is_final() {
        return Ok(Err(ContractError::NotFinal { demand: id, verdict: attested.verdict.word() }));
    }
    // Earned only by what was revealed of an attestation that stands.
    let earned = from == State::Met && attested.verdict == (Verdict::Genuine {});
    let (to, state, reason, to_burn) = match earned {
        // The verifier had it from the chain.
        true => (Addr::unchecked(attested.attester), State::Paid, Reason::Answer, burned(bond)),
        false => (demand.demander.clone(), State::Returned, Reason::BondReturned, Uint128::zero()),
    };
    demand.state = state;
    state::save_demand(deps.storage, id, &demand)?;
    state::change_money(deps.storage, |money| money.settle(from, state, bond, to_burn))?;
    let credited = BALANCES.credit(deps.storage, &to, bond.checked_sub(to_burn)?, reason)?;
    let settled = Settled { demand: id, attestation, state, bond, to_burn };
    Ok(Ok(Response::new().add_event(settled).add_events(credited)))
}
