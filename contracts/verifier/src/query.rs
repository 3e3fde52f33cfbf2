use cosmwasm_std::{Binary, Deps, Env, StdResult, to_json_binary};
use serde::Serialize;
use tequio_protocol::{
    AttestationId, page,
    verifier::{AttestationResponse, DrawnFrom, QueryMsg, Subject},
};

use crate::{
    ContractError,
    core::counts,
    state::{self, CONFIG, COUNTS, Standing},
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    match msg {
        QueryMsg::Config {} => json(&CONFIG.load(deps.storage)?),
        QueryMsg::Beacons { start_after, limit } => json(&state::beacons(deps.storage, start_after, page(limit))?),
        QueryMsg::Round { beacon, round } => json(&state::round(deps.storage, beacon, round)?),
        QueryMsg::Attestation { attestation } => json(&attestation_at(deps, now, attestation)?),
        QueryMsg::Attested { attester, subject } => json(&attested(deps, now, &attester, &subject)?),
        QueryMsg::Attestations { attester, start_after, limit } => {
            json(&attestations(deps, now, &attester, start_after, limit)?)
        }
        QueryMsg::Conservation {} => json(&counts::equations(&COUNTS.load(deps.storage)?)),
        QueryMsg::Ownership {} => json(&cw_ownable::get_ownership(deps.storage)?),
    }
}

fn json(answer: &impl Serialize) -> Result<Binary, ContractError> {
    Ok(to_json_binary(answer)?)
}

fn attested(
    deps: Deps,
    now: u64,
    attester: &str,
    subject: &Subject,
) -> Result<Option<AttestationResponse>, ContractError> {
    let attester = deps.api.addr_validate(attester)?;
    let first = state::first(deps.storage, &attester, subject.id())?;
    first.map(|id| attestation_at(deps, now, id)).transpose()
}

fn attestations(
    deps: Deps,
    now: u64,
    attester: &str,
    after: Option<AttestationId>,
    limit: Option<u32>,
) -> Result<Vec<AttestationResponse>, ContractError> {
    let attester = deps.api.addr_validate(attester)?;
    let ids: StdResult<Vec<_>> = state::attestations(deps.storage, &attester, after, page(limit));
    ids?.into_iter().map(|id| attestation_at(deps, now, id)).collect()
}

fn attestation_at(deps: Deps, now: u64, id: AttestationId) -> Result<AttestationResponse, ContractError> {
    let standing = state::standing(deps.storage, id)?;
    Ok(AttestationResponse {
        id,
        round: drawn_from(id, &standing),
        opened: standing.progress.opened,
        verdict: standing.verdict(now),
        attester: standing.attestation.attester.into_string(),
        subject: standing.attestation.subject,
        root: standing.attestation.root,
        attested: standing.attestation.time,
    })
}

fn drawn_from(id: AttestationId, standing: &Standing) -> Option<DrawnFrom> {
    let timing = standing.timing?;
    Some(DrawnFrom {
        beacon: standing.attestation.terms.beacon,
        round: timing.round,
        due: timing.due,
        seed: standing.seed(id),
        deadline: timing.deadline,
    })
}
