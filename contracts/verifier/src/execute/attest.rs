use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_protocol::{
    Digest,
    verifier::{Attested, Config, Subject},
};

use crate::{
    ContractError,
    core::timing::Terms,
    execute::propose,
    state::{self, Attestation, CONFIG, COUNTS},
};

/// Takes the sender's first attestation for a subject, under the terms of this moment.
pub fn attest(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    subject: Subject,
    root: Digest,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    check(&subject, &config)?;
    let subject_id = subject.id();
    if let Some(attestation) = state::first(deps.storage, &info.sender, subject_id)? {
        let attester = info.sender.into_string();
        return Err(ContractError::AlreadyAttested { attester, subject: subject_id, attestation });
    }

    let (chain, verifier) = (&env.block.chain_id, env.contract.address.as_str());
    let id = tequio_attestation::attestation_id(chain, verifier, info.sender.as_str(), &root, &subject_id);
    let (draws, time) = (subject.draws, env.block.time.seconds());
    let terms = Terms::new(propose::in_effect(deps.storage, time)?, &config);
    let attestation =
        Attestation { attester: info.sender.clone(), subject, root, height: env.block.height, time, terms };
    state::add_attestation(deps.storage, id, subject_id, &attestation)?;
    let mut counts = COUNTS.load(deps.storage)?;
    counts.attest(draws)?;
    COUNTS.save(deps.storage, &counts)?;

    let attester = info.sender.into_string();
    Ok(Response::new().add_event(Attested { attestation: id, attester, subject: subject_id, draws }))
}

fn check(subject: &Subject, config: &Config) -> Result<(), ContractError> {
    let Subject { first_shard: first, count, draws, .. } = *subject;
    if count == 0 {
        return Err(ContractError::NoShards);
    }
    if first.checked_add(count).is_none() {
        return Err(ContractError::ShardsOverflow { first, count });
    }
    if draws == 0 || draws > config.max_draws {
        return Err(ContractError::Draws { draws, most: config.max_draws });
    }
    Ok(())
}
