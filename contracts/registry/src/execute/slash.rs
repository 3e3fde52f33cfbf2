//! Slash: takes stake under a lien, for its holder: most of it is to be burned, the rest goes into balances.

use cosmwasm_std::{Addr, DepsMut, Response, Uint128};
use tequio_contract::{bounds::some, door::Caller};
use tequio_protocol::registry::{Part, Reason, Slashed};

use crate::{
    core::slash,
    error::ContractError,
    state::{self, BALANCES},
};

/// `parts` are the client's and the reporter's.
pub fn slash(
    deps: DepsMut,
    caller: Caller,
    provider: String,
    amount: Uint128,
    parts: [Option<Part>; 2],
) -> Result<Response, ContractError> {
    some("amount", amount)?;
    let (provider, holder) = (deps.api.addr_validate(&provider)?, caller.principal);
    state::change_lien(deps.storage, &provider, &holder, |lien| lien.slash(amount))?;
    state::change_stake(deps.storage, &provider, |stake| stake.slash(amount))?;

    let [client, reporter] = &parts;
    let share = |part: &Option<Part>| part.as_ref().map(|part| part.amount).unwrap_or_default();
    let cut = slash::cut(amount, share(client), share(reporter), state::config(deps.storage)?.burn_bps)?;
    let mut credited = vec![];
    for (part, reason) in [(client, Reason::SlashClient), (reporter, Reason::SlashReporter)] {
        if let Some(Part { to, amount }) = part {
            credited.extend(BALANCES.credit(deps.storage, &deps.api.addr_validate(to)?, *amount, reason)?);
        }
    }
    state::change_money(deps.storage, |money| money.slash(amount, &cut))?;

    let [client, reporter] = parts.map(|part| part.filter(|part| !part.amount.is_zero()).map(|part| part.to));
    let slashed = Slashed {
        provider: Addr::into_string(provider),
        holder: holder.into(),
        amount,
        to_burn: cut.burned,
        client,
        client_amount: cut.client,
        reporter,
        reporter_amount: cut.reporter,
    };
    Ok(Response::new().add_event(slashed).add_events(credited))
}
