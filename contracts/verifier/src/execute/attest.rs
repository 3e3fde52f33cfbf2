//! Attest: commits the sender to a root, for anyone.

use cosmwasm_std::{DepsMut, Env, Response};
use tequio_contract::{
    bounds::{some, within},
    door::Caller,
};
use tequio_protocol::{
    Digest,
    verifier::{Attested, Config, Subject},
};

use crate::{
    core::timing::Windows,
    error::ContractError,
    state::{self, Attestation},
};

/// The first for a subject stays, on the terms of this moment.
pub fn attest(
    deps: DepsMut,
    env: Env,
    caller: Caller,
    subject: Subject,
    root: Digest,
) -> Result<Response, ContractError> {
    let (attester, config) = (caller.address, state::config(deps.storage)?);
    check(&subject, &config)?;
    let subject_id = subject.id();
    if let Some(attestation) = state::first(deps.storage, &attester, subject_id)? {
        return Err(ContractError::AlreadyAttested { attester, subject: subject_id, attestation });
    }

    let (chain, verifier) = (&env.block.chain_id, env.contract.address.as_str());
    let id = tequio_attestation::attestation_id(chain, verifier, attester.as_str(), &root, &subject_id);
    let (height, time) = (env.block.height, env.block.time.seconds());
    let windows = Windows::new(state::beacon_in_effect(deps.storage, time)?, &config);
    let attestation = Attestation { attester, subject, root, height, time, windows };
    state::add_attestation(deps.storage, id, subject_id, &attestation)?;
    state::change_counts(deps.storage, |counts| counts.attest(attestation.subject.draws))?;

    let clock_height = attestation.clock_height();
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
        beacon: windows.beacon,
        delay: windows.delay,
        clock_height,
    }))
}

fn check(subject: &Subject, config: &Config) -> Result<(), ContractError> {
    let Subject { first_shard: first, count, draws, .. } = *subject;
    some("count", count)?;
    within("draws", draws, 1, config.max_draws.into())?;
    match first.checked_add(count) {
        Some(_) => Ok(()),
        None => Err(ContractError::ShardsOverflow { first, count }),
    }
}
