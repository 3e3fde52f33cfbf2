//! Withdraw: pays the sender its balance and every thaw that is over, for anyone.

use cosmwasm_std::{Addr, BankMsg, DepsMut, Env, Response, Storage, Uint128, coins};
use tequio_contract::door::Caller;
use tequio_protocol::registry::{Thawed, Withdrawn};

use crate::{
    core::thaw::MAX_THAWS,
    error::ContractError,
    state::{self, BALANCES},
};

pub fn withdraw(deps: DepsMut, env: Env, caller: Caller) -> Result<Response, ContractError> {
    let address = caller.address;
    let balance = BALANCES.take(deps.storage, &address)?;
    let thawed = take_thawed(deps.storage, &address, env.block.time.seconds())?;
    let amount = balance.checked_add(thawed)?;
    if amount.is_zero() {
        return Err(ContractError::NothingToWithdraw { address });
    }
    state::change_money(deps.storage, |money| money.withdraw(thawed, balance))?;

    let provider = address.to_string();
    let thawed = (!thawed.is_zero()).then(|| Thawed { provider: provider.clone(), amount: thawed });
    let amount_sent = coins(amount.u128(), state::denom(deps.storage)?);
    Ok(Response::new()
        .add_message(BankMsg::Send { to_address: provider, amount: amount_sent })
        .add_events(thawed)
        .add_event(Withdrawn { address: address.into(), amount }))
}

/// Takes every thaw that is over off the stake of `provider`; 0 if it is none.
fn take_thawed(storage: &mut dyn Storage, provider: &Addr, now: u64) -> Result<Uint128, ContractError> {
    let mut thawed = Uint128::zero();
    for (id, thaw) in state::thaws(storage, provider, None, MAX_THAWS)? {
        if thaw.is_over(now) {
            thawed = thawed.checked_add(thaw.amount)?;
            state::remove_thaw(storage, provider, id);
        }
    }
    if !thawed.is_zero() {
        state::change_stake(storage, provider, |stake| stake.withdraw(thawed))?;
    }
    Ok(thawed)
}
