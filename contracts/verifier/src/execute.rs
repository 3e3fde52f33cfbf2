//! Who may send what, and where it goes.

mod attest;
mod beacon;
mod configure;
mod open;
pub mod propose;
mod refute;
mod tick;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use tequio_contract::{door, ownership};
use tequio_protocol::verifier::ExecuteMsg;

use crate::{error::ContractError, roles::Roles, state};

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let caller = door::enter::<Roles>(deps.as_ref(), &env, info, &msg)?;
    let now = state::moment(deps.storage, &env.block)?;
    let ticked = tick::tick(deps.storage, now, env.block.height)?;
    let response = match msg {
        ExecuteMsg::Tick {} => Response::new(),
        ExecuteMsg::Beacon { beacon, round, signature } => beacon::beacon(deps, now, beacon, round, &signature)?,
        ExecuteMsg::Attest { subject, root } => attest::attest(deps, env, now, caller, subject, root)?,
        ExecuteMsg::Open { attestation, opening } => open::open(deps, now, attestation, &opening)?,
        ExecuteMsg::Refute { attestation, shard, element, opening } => {
            refute::refute(deps, now, caller, attestation, shard.u64(), element, &opening)?
        }
        ExecuteMsg::Propose { beacon } => propose::propose(deps, env, beacon)?,
        ExecuteMsg::Configure { config } => configure::configure(deps, config)?,
        ExecuteMsg::UpdateOwnership(action) => ownership::update(deps, &env, &caller.address, action)?,
    };
    Ok(response.add_events(ticked))
}
