//! Attest: commits the sender to a root, for anyone.

use cosmwasm_std::{Deps, DepsMut, Env, Response};
use tequio_contract::{
    bounds::{some, within},
    door::Caller,
    terms,
};
use tequio_protocol::{
    Digest, Moment,
    verifier::{Attested, Subject},
};

use crate::{
    error::ContractError,
    state::{self, Attestation},
};

/// The first for a subject stays, on the terms it names and the beacon of this moment.
pub fn attest(
    deps: DepsMut,
    env: Env,
    now: Moment,
    caller: Caller,
    subject: Subject,
    root: Digest,
) -> Result<Response, ContractError> {
    let attester = caller.address;
    check(deps.as_ref(), &subject)?;
    let subject_id = subject.id();
    if let Some(attestation) = state::first(deps.storage, &attester, subject_id)? {
        return Err(ContractError::AlreadyAttested { attester, subject: subject_id, attestation });
    }

    let (chain, verifier) = (&env.block.chain_id, env.contract.address.as_str());
    let id = tequio_attestation::attestation_id(chain, verifier, attester.as_str(), &root, &subject_id);
    let beacon = state::beacon_in_effect(deps.storage, now.time)?;
    let attestation = Attestation { attester, subject, root, attested: now, beacon };
    state::add_attestation(deps.storage, id, subject_id, &attestation)?;
    state::change_counts(deps.storage, |counts| counts.attest(attestation.subject.draws))?;

    let clock_block = attestation.clock_block();
    let Attestation { attester, subject, .. } = attestation;
    Ok(Response::new().add_event(Attested {
        attestation: id,
        attester: attester.into(),
        subject: subject_id,
        program_id: subject.program_id,
        input_root: subject.input_root,
        first_shard: subject.first_shard.into(),
        count: subject.count.into(),
        draws: subject.draws,
        context: subject.context,
        root,
        beacon,
        delay: subject.terms.delay,
        clock_block,
    }))
}

fn check(deps: Deps, subject: &Subject) -> Result<(), ContractError> {
    let Subject { first_shard: first, count, draws, ref terms, ref arbitration, .. } = *subject;
    some("count", count)?;
    within("draws", draws, 1, state::config(deps.storage)?.max_draws.into())?;
    first.checked_add(count).ok_or(ContractError::ShardsOverflow { first, count })?;
    terms::check(terms)?;
    if let Some(arbitration) = arbitration {
        terms::check_arbitration(arbitration)?;
        deps.api.addr_validate(&arbitration.arbiter)?;
        deps.api.addr_validate(&arbitration.principal)?;
    }
    Ok(())
}
