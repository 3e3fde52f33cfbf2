//! Claim: mints what a provider has earned, for it, whoever asks.

use cosmwasm_std::{DepsMut, Env, Response, Uint128, WasmMsg, to_json_binary};
use cw20::Cw20ExecuteMsg;
use tequio_contract::door::Caller;
use tequio_protocol::rewards::Claimed;

use crate::{core::work::MAX_EPOCHS, error::ContractError, state};

/// Of client jobs all, of commons jobs for the oldest closed epochs.
pub fn claim(deps: DepsMut, env: Env, caller: Caller, provider: Option<String>) -> Result<Response, ContractError> {
    let sender = caller.address;
    let provider = match provider {
        Some(provider) => deps.api.addr_validate(&provider)?,
        None => sender.clone(),
    };
    let earned = state::earned(deps.storage, &provider)?;
    let shares = state::closed_shares(deps.storage, &provider, env.block.time.seconds(), MAX_EPOCHS)?;
    if earned.is_none() && shares.is_empty() {
        return Err(ContractError::NothingToClaim { provider });
    }
    state::take_earned(deps.storage, &provider);
    let mut emitted = Uint128::zero();
    for (epoch, share) in shares {
        emitted = emitted.checked_add(share)?;
        state::take_share(deps.storage, &provider, epoch, share)?;
    }
    let earned = earned.unwrap_or_default();
    let amount = state::change_mint(deps.storage, |mint| mint.claim(earned, emitted))?;

    let claimed = Claimed { provider: provider.to_string(), sender: sender.into(), amount, earned, emitted };
    let response = Response::new().add_event(claimed);
    // Shares can round to nothing. They are taken even so, or they would bar the way to later epochs.
    if amount.is_zero() {
        return Ok(response);
    }
    Ok(response.add_message(WasmMsg::Execute {
        contract_addr: state::token(deps.storage)?.into_string(),
        msg: to_json_binary(&Cw20ExecuteMsg::Mint { recipient: provider.into_string(), amount })?,
        funds: vec![],
    }))
}
