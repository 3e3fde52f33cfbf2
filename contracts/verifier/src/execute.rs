//! Who may send what, and where it is done.

pub mod attest;
pub mod beacon;
pub mod configure;
pub mod open;
pub mod propose;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_protocol::{Permission, Permissioned, verifier::ExecuteMsg};

use crate::{ContractError, state};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    refuse_funds(&info)?;
    permit(deps.as_ref().storage, &info, &msg)?;
    state::record_clock(deps.storage, &env)?;
    match msg {
        ExecuteMsg::Tick {} => Ok(Response::new()),
        ExecuteMsg::Beacon { beacon, round, signature } => beacon::beacon(deps, env, beacon, round, &signature),
        ExecuteMsg::Attest { subject, root } => attest::attest(deps, env, info, subject, root),
        ExecuteMsg::Open { attestation, opening } => open::open(deps, env, attestation, &opening),
        ExecuteMsg::Propose { beacon } => propose::propose(deps, env, beacon),
        ExecuteMsg::Configure { config } => configure::configure(deps, config),
        ExecuteMsg::UpdateOwnership(action) => {
            let ownership = cw_ownable::update_ownership(deps, &env.block, &info.sender, action)?;
            Ok(Response::new().add_attributes(ownership.into_attributes()))
        }
    }
}

fn permit(storage: &dyn cosmwasm_std::Storage, info: &MessageInfo, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg.permission() {
        Permission::Anyone => Ok(()),
        // `cw-ownable` asks who the sender is: a pending owner may accept.
        _ if matches!(msg, ExecuteMsg::UpdateOwnership(_)) => Ok(()),
        // Nobody else has a right here, so every other permission is at least governance's.
        _ => Ok(cw_ownable::assert_owner(storage, &info.sender)?),
    }
}

/// No message to this contract takes funds.
pub fn refuse_funds(info: &MessageInfo) -> Result<(), ContractError> {
    if info.funds.is_empty() {
        return Ok(());
    }
    let sent: Vec<_> = info.funds.iter().map(ToString::to_string).collect();
    Err(ContractError::Funds { sent: sent.join(",") })
}
