//! Who may send what, what may come with it, and where it goes.

mod assign;
mod configure;
mod expire;
mod give_back;
mod pause;
pub(crate) mod post;
mod refund;
mod release;
mod reward;
mod settle;
mod top_up;
mod withdraw;

use cosmwasm_std::{Addr, Deps, DepsMut, Env, MessageInfo, Response, Uint128};
use tequio_protocol::escrow::ExecuteMsg;
use tequio_protocol::{AssignmentId, Permission, Permissioned};

use crate::core::assignment::Assignment;
use crate::core::funds;
use crate::error::ContractError;
use crate::neighbours::registry;
use crate::state::{self, SETUP};

/// A sender that may send the message it sent.
pub(crate) struct Caller {
    address: Addr,
    /// Payment that came with the message, in the payment denom.
    paid: Uint128,
    /// The provider it works for, if the message is an operator's.
    provider: Option<Addr>,
}

impl Caller {
    /// The provider it works for.
    fn provider(&self) -> Result<Addr, ContractError> {
        self.provider.clone().ok_or_else(|| ContractError::NotOperator { sender: self.address.to_string() })
    }
}

pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let paid = taken(deps.as_ref(), &info, &msg)?;
    let provider = authorize(deps.as_ref(), &info.sender, &msg)?;
    let caller = Caller { address: info.sender, paid, provider };
    match msg {
        ExecuteMsg::Post { spec } => post::post(deps, env, caller, spec),
        ExecuteMsg::Assign { job, count } => assign::assign(deps, env, caller, job, count),
        ExecuteMsg::GiveBack { assignment } => give_back::give_back(deps, env, caller, assignment),
        ExecuteMsg::Settle { assignments } => settle::settle(deps, env, caller, assignments),
        ExecuteMsg::Expire { assignments } => expire::expire(deps, env, caller, assignments),
        ExecuteMsg::Refund { job, shards } => refund::refund(deps, env, caller, job, shards),
        ExecuteMsg::TopUp { job, first, price } => top_up::top_up(deps, env, caller, job, first, price),
        ExecuteMsg::Withdraw {} => withdraw::withdraw(deps, caller),
        ExecuteMsg::Reward { assignments } => reward::reward(deps, assignments),
        ExecuteMsg::Release { jobs } => release::release(deps, jobs),
        ExecuteMsg::Pause { posting, assigning } => pause::pause(deps, posting, assigning),
        ExecuteMsg::Configure { config } => configure::configure(deps, config),
        ExecuteMsg::UpdateOwnership(action) => {
            cw_ownable::update_ownership(deps, &env.block, &caller.address, action)?;
            Ok(Response::new())
        }
    }
}

/// The payment that came with a message; any funds with a message that takes none are refused.
fn taken(deps: Deps, info: &MessageInfo, msg: &ExecuteMsg) -> Result<Uint128, ContractError> {
    match msg {
        ExecuteMsg::Post { .. } | ExecuteMsg::TopUp { .. } | ExecuteMsg::GiveBack { .. } => {
            Ok(funds::sent(&info.funds, &SETUP.load(deps.storage)?.denom)?)
        }
        _ => {
            funds::none(&info.funds)?;
            Ok(Uint128::zero())
        }
    }
}

/// Enforces the message's permission; gives the provider an operator works for.
fn authorize(deps: Deps, sender: &Addr, msg: &ExecuteMsg) -> Result<Option<Addr>, ContractError> {
    match (msg.permission(), msg) {
        // The pending owner accepts, the owner does the rest; `cw-ownable` tells them apart.
        (_, ExecuteMsg::UpdateOwnership(_)) | (Permission::Anyone, _) => Ok(None),
        (Permission::Governance, _) => {
            cw_ownable::assert_owner(deps.storage, sender)?;
            Ok(None)
        }
        (Permission::Client, ExecuteMsg::TopUp { job, .. }) => {
            let client = state::job(deps.storage, *job)?.client;
            if client != sender {
                return Err(ContractError::NotClient { job: *job, client: client.into(), sender: sender.to_string() });
            }
            Ok(None)
        }
        (Permission::Operator, ExecuteMsg::GiveBack { assignment }) => works_on(deps, sender, *assignment).map(Some),
        (Permission::Operator, _) => {
            let registry = SETUP.load(deps.storage)?.registry;
            let provider = registry::operated(deps.querier, &registry, sender)?;
            provider.map(Some).ok_or_else(|| ContractError::NotOperator { sender: sender.to_string() })
        }
        // No message of escrow's asks for another role; if one comes to, it stays shut until it is enforced here.
        (permission, _) => Err(ContractError::NotEnforced { permission }),
    }
}

/// The provider of an assignment, for whom `sender` works now or worked when it was assigned.
fn works_on(deps: Deps, sender: &Addr, id: AssignmentId) -> Result<Addr, ContractError> {
    let assignment = state::assignment(deps.storage, id)?;
    let registry = SETUP.load(deps.storage)?.registry;
    let works = assignment.operator == sender
        || registry::operated(deps.querier, &registry, sender)?.is_some_and(|provider| provider == assignment.provider);
    let Assignment { provider, .. } = assignment;
    if works {
        Ok(provider)
    } else {
        Err(ContractError::NotYours { assignment: id, provider: provider.into(), sender: sender.to_string() })
    }
}
