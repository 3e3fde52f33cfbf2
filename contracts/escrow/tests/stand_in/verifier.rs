//! Knows the attestations a test wrote, by attester and subject.

use cosmwasm_std::{
    Binary, BlockInfo, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, Storage, to_json_binary,
    to_json_string,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use tequio_protocol::{
    AttestationId, Digest, Moment,
    verifier::{AttestationResponse, AttestedResponse, Config, QueryMsg, Subject, Verdict},
};

pub const MAX_DRAWS: Item<u32> = Item::new("max_draws");
/// Moment and verdict by attester and subject.
const ATTESTED: Map<(&str, &str), (Moment, Verdict)> = Map::new("attested");

pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new_with_empty(execute, super::instantiate, query))
}

/// Writes an attestation and its verdict.
pub fn attest(storage: &mut dyn Storage, attester: &str, subject: &Subject, at: Moment, verdict: Verdict) {
    ATTESTED.save(storage, (attester, &to_json_string(subject).unwrap()), &(at, verdict)).unwrap();
}

/// The moment and verdict of an attestation.
pub fn attested(storage: &dyn Storage, attester: &str, subject: &Subject) -> Option<(Moment, Verdict)> {
    ATTESTED.may_load(storage, (attester, &to_json_string(subject).unwrap())).unwrap()
}

/// A block of a chain whose heights never began anew.
pub fn moment(block: &BlockInfo) -> Moment {
    Moment { time: block.time.seconds(), block: block.height }
}

fn execute(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Err(StdError::generic_err("escrow tells the verifier nothing"))
}

fn query(deps: Deps, env: Env, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::Config {} => to_json_binary(&Config { timelock: 172_800, max_draws: MAX_DRAWS.load(deps.storage)? }),
        QueryMsg::Now {} => to_json_binary(&moment(&env.block)),
        QueryMsg::Attested { attester, subject } => {
            let found = attested(deps.storage, &attester, &subject).map(|(attested, verdict)| AttestationResponse {
                id: AttestationId(Digest::default()),
                attester,
                subject,
                root: Digest::default(),
                attested,
                round: None,
                opened: 0,
                verdict,
            });
            to_json_binary(&AttestedResponse { now: moment(&env.block), attestation: found })
        }
        other => Err(StdError::generic_err(format!("unexpected: {other:?}"))),
    }
}
