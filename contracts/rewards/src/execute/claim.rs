use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, Storage, Uint128, WasmMsg, to_json_binary};
use cw20::Cw20ExecuteMsg;
use tequio_protocol::rewards::Claimed;

use crate::error::Error;
use crate::state::{self, EARNED, EPOCHS, TOKEN, WORK};

/// Mints what the sender has earned: of client jobs, and of commons jobs for the oldest closed epochs.
pub fn claim(deps: DepsMut, env: Env, info: MessageInfo) -> Result<Response, Error> {
    let provider = info.sender;
    let earned = EARNED.may_load(deps.storage, &provider)?;
    let shares = state::closed_shares(deps.storage, &provider, env.block.time.seconds())?;
    if earned.is_none() && shares.is_empty() {
        return Err(Error::NothingToClaim { provider });
    }
    EARNED.remove(deps.storage, &provider);
    let emitted = take_shares(deps.storage, &provider, shares)?;
    let amount = state::change_mint(deps.storage, |mint| mint.claim(earned.unwrap_or_default(), emitted))?;

    let response = Response::new().add_event(Claimed { provider: provider.to_string(), amount });
    // Shares can round to nothing. They are taken even so, or they would bar the way to later epochs.
    if amount.is_zero() {
        return Ok(response);
    }
    Ok(response.add_message(WasmMsg::Execute {
        contract_addr: TOKEN.load(deps.storage)?.into_string(),
        msg: to_json_binary(&Cw20ExecuteMsg::Mint { recipient: provider.into_string(), amount })?,
        funds: vec![],
    }))
}

fn take_shares(storage: &mut dyn Storage, provider: &Addr, shares: Vec<(u64, Uint128)>) -> Result<Uint128, Error> {
    let mut emitted = Uint128::zero();
    for (epoch, share) in shares {
        emitted = emitted.checked_add(share)?;
        WORK.remove(storage, (provider, epoch));
        EPOCHS.update(storage, epoch, |all| -> Result<_, Error> {
            let mut all = all.unwrap_or_default();
            all.minted = all.minted.checked_add(share)?;
            Ok(all)
        })?;
    }
    Ok(emitted)
}
