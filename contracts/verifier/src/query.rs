//! Answers. Lists are cut to a page and go on after `start_after`.

use cosmwasm_std::{Binary, Deps, Env, to_json_binary};
use tequio_protocol::{
    AttestationId, Moment, SubjectId, page,
    verifier::{AttestationResponse, AttestedResponse, DrawnFrom, QueryMsg, Subject},
};

use crate::{
    core::counts,
    error::ContractError,
    state::{self, Standing},
};

pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = state::moment(deps.storage, &env.block)?;
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&state::config(deps.storage)?),
        QueryMsg::Beacons { start_after, limit } => {
            to_json_binary(&state::beacons(deps.storage, start_after, page(limit))?)
        }
        QueryMsg::Round { beacon, round } => to_json_binary(&state::round(deps.storage, beacon, round)?),
        QueryMsg::Attestation { attestation } => to_json_binary(&attestation_at(deps, now, attestation)?),
        QueryMsg::Now {} => to_json_binary(&now),
        QueryMsg::Attested { attester, subject } => to_json_binary(&attested(deps, now, &attester, &subject)?),
        QueryMsg::Attestations { attester, start_after, limit } => {
            to_json_binary(&attestations(deps, now, &attester, start_after, limit)?)
        }
        QueryMsg::OfSubject { subject, start_after, limit } => {
            to_json_binary(&of_subject(deps, now, subject, start_after, limit)?)
        }
        QueryMsg::Conservation {} => to_json_binary(&counts::equations(&state::counts(deps.storage)?)),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

fn attested(deps: Deps, now: Moment, attester: &str, subject: &Subject) -> Result<AttestedResponse, ContractError> {
    let attester = deps.api.addr_validate(attester)?;
    let first = state::first(deps.storage, &attester, subject.id())?;
    Ok(AttestedResponse { now, attestation: first.map(|id| attestation_at(deps, now, id)).transpose()? })
}

fn attestations(
    deps: Deps,
    now: Moment,
    attester: &str,
    after: Option<AttestationId>,
    limit: Option<u32>,
) -> Result<Vec<AttestationResponse>, ContractError> {
    let attester = deps.api.addr_validate(attester)?;
    let ids = state::attestations(deps.storage, &attester, after, page(limit))?;
    ids.into_iter().map(|id| attestation_at(deps, now, id)).collect()
}

fn of_subject(
    deps: Deps,
    now: Moment,
    subject: SubjectId,
    after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<AttestationResponse>, ContractError> {
    let after = after.map(|attester| deps.api.addr_validate(&attester)).transpose()?;
    let ids = state::of_subject(deps.storage, subject, after.as_ref(), page(limit))?;
    ids.into_iter().map(|id| attestation_at(deps, now, id)).collect()
}

fn attestation_at(deps: Deps, now: Moment, id: AttestationId) -> Result<AttestationResponse, ContractError> {
    let standing = state::standing(deps.storage, id)?;
    Ok(AttestationResponse {
        id,
        round: drawn_from(id, &standing),
        opened: standing.progress.opened,
        verdict: standing.verdict(&now),
        attester: standing.attestation.attester.into_string(),
        subject: standing.attestation.subject,
        root: standing.attestation.root,
        attested: standing.attestation.attested,
    })
}

fn drawn_from(id: AttestationId, standing: &Standing) -> Option<DrawnFrom> {
    let timing = standing.timing?;
    Some(DrawnFrom {
        beacon: standing.attestation.beacon,
        round: timing.round,
        due: timing.due,
        limit: timing.limit,
        seed: standing.seed(id),
        deadline: timing.deadline,
    })
}
