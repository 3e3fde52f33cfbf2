//! Reveal: shows what was demanded, for anyone.

use cosmwasm_std::{Binary, DepsMut, Response};
use tequio_attestation::{Statement, revealed};
use tequio_protocol::{
    DemandId, Digest,
    arbiter::{Revealed, State},
    verifier::Verdict,
};

use crate::{core::demand::Demand, error::ContractError, neighbours::verifier, state};

/// What is shown is checked against the attested root and is an event; of it the state keeps only that it was shown.
pub fn reveal(deps: DepsMut, id: DemandId, answer: Binary) -> Result<Response, ContractError> {
    let mut demand = state::demand(deps.storage, id)?;
    let Demand { attestation, wanted, due, .. } = demand;
    if demand.state != State::Open {
        return Err(ContractError::NotOpen { demand: id, state: demand.state });
    }
    let verifier = state::setup(deps.storage)?.verifier;
    let attested = verifier::attestation(deps.querier, &verifier, attestation)?;
    let Verdict::GenuineSoFar { .. } = attested.verdict else {
        return Err(ContractError::Closed { verdict: attested.verdict.word() });
    };
    let now = verifier::now(deps.querier, &verifier)?;
    if due.over(&now) {
        return Err(ContractError::Overdue { demand: id, due, now });
    }
    let statement = Statement { subject: attested.subject, root: attested.root, seed: Digest::default() };
    let from = demand.revealed;
    demand.revealed = revealed(&statement, &wanted, from, &answer)?.parts;

    let mut messages = vec![];
    let met = demand.revealed == demand.parts;
    if met {
        demand.state = State::Met;
    }
    state::save_demand(deps.storage, id, &demand)?;
    // That there was a demand says that there is a case, and an arbitration.
    if let (true, Some(mut case), Some(arbitration)) =
        (met, state::case(deps.storage, attestation)?, &statement.subject.arbitration)
    {
        state::change_money(deps.storage, |money| money.meet())?;
        case.meet(&statement.subject.terms, arbitration, now);
        state::save_case(deps.storage, attestation, &case)?;
        messages.push(verifier::hold(&verifier, attestation, state::held(deps.storage, attestation, &case)?)?);
    }
    Ok(Response::new().add_messages(messages).add_event(Revealed {
        demand: id,
        attestation,
        wanted,
        from: from.into(),
        parts: demand.revealed.into(),
        all: demand.parts.into(),
        answer,
    }))
}
