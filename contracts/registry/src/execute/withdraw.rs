use cosmwasm_std::{Addr, BankMsg, DepsMut, Env, MessageInfo, Response, Storage, Uint128, coins};
use tequio_protocol::registry::Withdrawn;

use crate::error::Error;
use crate::state::{self, BALANCES, DENOM, THAWS};

/// Pays the sender its balance and every thaw that is over.
pub fn withdraw(deps: DepsMut, env: Env, info: MessageInfo) -> Result<Response, Error> {
    let address = info.sender;
    let balance = BALANCES.may_load(deps.storage, &address)?.unwrap_or_default();
    let thawed = take_thawed(deps.storage, &address, env.block.time.seconds())?;
    let amount = balance.checked_add(thawed)?;
    if amount.is_zero() {
        return Err(Error::NothingToWithdraw { address });
    }
    BALANCES.remove(deps.storage, &address);
    state::change_money(deps.storage, |money| money.withdraw(thawed, balance))?;

    let payment =
        BankMsg::Send { to_address: address.to_string(), amount: coins(amount.u128(), DENOM.load(deps.storage)?) };
    Ok(Response::new().add_message(payment).add_event(Withdrawn { address: address.to_string(), amount }))
}

/// Takes every thaw that is over off the stake of `provider`; 0 if it is none.
fn take_thawed(storage: &mut dyn Storage, provider: &Addr, now: u64) -> Result<Uint128, Error> {
    let mut thawed = Uint128::zero();
    for (id, thaw) in state::thaws(storage, provider)? {
        if thaw.is_over(now) {
            thawed = thawed.checked_add(thaw.amount)?;
            THAWS.remove(storage, (provider, id));
        }
    }
    if !thawed.is_zero() {
        state::change_stake(storage, provider, |stake| stake.withdraw(thawed))?;
    }
    Ok(thawed)
}
