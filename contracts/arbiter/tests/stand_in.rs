//! In place of the verifier: answers what a test wrote, and keeps what it was told.

use cosmwasm_std::{
    Binary, BlockInfo, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use tequio_protocol::{
    AttestationId, Moment,
    verifier::{AttestationResponse, ExecuteMsg, Held, QueryMsg},
};

pub const ATTESTED: Map<AttestationId, AttestationResponse> = Map::new("attested");
/// What was to be written down, the first first.
pub const TOLD: Item<Vec<(AttestationId, Held)>> = Item::new("told");
/// Whether it refuses to write anything down.
pub const REFUSES: Item<bool> = Item::new("refuses");

pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

/// A block of a chain whose heights never began anew.
pub fn moment(block: &BlockInfo) -> Moment {
    Moment { time: block.time.seconds(), block: block.height }
}

fn instantiate(deps: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    TOLD.save(deps.storage, &vec![])?;
    REFUSES.save(deps.storage, &false)?;
    Ok(Response::new())
}

fn execute(deps: DepsMut, _: Env, _: MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    match msg {
        ExecuteMsg::Hold { attestation, held } if !REFUSES.load(deps.storage)? => {
            TOLD.update(deps.storage, |told| StdResult::Ok([told, vec![(attestation, held)]].concat()))?;
            Ok(Response::new())
        }
        other => Err(StdError::generic_err(format!("not taken: {other:?}"))),
    }
}

fn query(deps: Deps, env: Env, msg: QueryMsg) -> StdResult<Binary> {
    match msg {
        QueryMsg::Attestation { attestation } => to_json_binary(&ATTESTED.load(deps.storage, attestation)?),
        QueryMsg::Now {} => to_json_binary(&moment(&env.block)),
        other => Err(StdError::generic_err(format!("unexpected: {other:?}"))),
    }
}
