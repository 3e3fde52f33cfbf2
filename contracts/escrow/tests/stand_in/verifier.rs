//! Knows the attestations a test wrote, by attester and subject.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, Storage, to_json_binary,
    to_json_string,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use tequio_protocol::{
    AttestationId, Digest,
    verifier::{AttestationResponse, Config, QueryMsg, Subject, Verdict},
};

pub const MAX_DRAWS: Item<u32> = Item::new("max_draws");
/// Time and verdict by attester and subject.
const ATTESTED: Map<(&str, &str), (u64, Verdict)> = Map::new("attested");

pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new_with_empty(execute, super::instantiate, query))
}

/// Writes an attestation and its verdict.
pub fn attest(storage: &mut dyn Storage, attester: &str, subject: &Subject, time: u64, verdict: Verdict) {
    ATTESTED.save(storage, (attester, &to_json_string(subject).unwrap()), &(time, verdict)).unwrap();
}

/// The time and verdict of an attestation.
pub fn attested(storage: &dyn Storage, attester: &str, subject: &Subject) -> Option<(u64, Verdict)> {
    ATTESTED.may_load(storage, (attester, &to_json_string(subject).unwrap())).unwrap()
}

fn execute(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Err(StdError::generic_err("escrow tells the verifier nothing"))
}

fn query(deps: Deps, _: Env, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::Config {} => to_json_binary(&Config {
            delay: 30,
            open_window: 600,
            void_after: 86_400,
            timelock: 172_800,
            max_draws: MAX_DRAWS.load(deps.storage)?,
        }),
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
            to_json_binary(&found)
        }
        other => Err(StdError::generic_err(format!("unexpected: {other:?}"))),
    }
}
