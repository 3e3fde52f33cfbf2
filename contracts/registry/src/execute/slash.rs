use cosmwasm_std::{BankMsg, DepsMut, MessageInfo, Response, Uint128, coins};
use tequio_protocol::registry::{Part, Slashed};

use crate::core::slash;
use crate::error::Error;
use crate::execute::positive;
use crate::state::{self, BALANCES, CONFIG, DENOM};

/// Takes stake under the sender's lien: burns most of it, the rest goes into balances.
pub fn slash(
    mut deps: DepsMut,
    info: MessageInfo,
    provider: String,
    amount: Uint128,
    client: Option<Part>,
    reporter: Option<Part>,
) -> Result<Response, Error> {
    positive(amount)?;
    let holder = info.sender;
    let provider = deps.api.addr_validate(&provider)?;
    let mut lien = state::lien(deps.storage, &provider, &holder)?;
    lien.take(amount)?;
    state::save_lien(deps.storage, &provider, &holder, &lien)?;
    state::change_stake(deps.storage, &provider, |stake| stake.slash(amount))?;

    let share = |part: &Option<Part>| part.as_ref().map(|part| part.amount).unwrap_or_default();
    let cut = slash::cut(amount, share(&client), share(&reporter), CONFIG.load(deps.storage)?.burn_bps)?;
    for part in [client, reporter].into_iter().flatten() {
        credit(deps.branch(), part)?;
    }
    state::change_money(deps.storage, |money| money.slash(amount, &cut))?;

    // Never zero: at least half of a slash is burned.
    let burn = BankMsg::Burn { amount: coins(cut.burned.u128(), DENOM.load(deps.storage)?) };
    Ok(Response::new().add_message(burn).add_event(Slashed {
        provider: provider.to_string(),
        holder: holder.to_string(),
        amount,
        burned: cut.burned,
        client: cut.client,
        reporter: cut.reporter,
    }))
}

fn credit(deps: DepsMut, part: Part) -> Result<(), Error> {
    let to = deps.api.addr_validate(&part.to)?;
    if !part.amount.is_zero() {
        BALANCES.update(deps.storage, &to, |balance| -> Result<_, Error> {
            Ok(balance.unwrap_or_default().checked_add(part.amount)?)
        })?;
    }
    Ok(())
}
