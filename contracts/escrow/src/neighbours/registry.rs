//! `registry`: providers and the liens on their stake.

use cosmwasm_std::{Addr, QuerierWrapper, StdResult, Uint128, WasmMsg, wasm_execute};
use tequio_protocol::registry::{ConfigResponse, ExecuteMsg, Part, QueryMsg};

use crate::core::slash::Split;

/// Its denom and config.
pub fn config(querier: QuerierWrapper, registry: &Addr) -> StdResult<ConfigResponse> {
    querier.query_wasm_smart(registry, &QueryMsg::Config {})
}

/// Whether `operator` works for `provider`.
pub fn works(querier: QuerierWrapper, registry: &Addr, provider: &Addr, operator: &Addr) -> StdResult<bool> {
    let query = QueryMsg::Works { provider: provider.to_string(), operator: operator.to_string() };
    querier.query_wasm_smart(registry, &query)
}

/// Places a lien; no message if there is none to place.
pub fn lien(registry: &Addr, provider: &Addr, amount: Uint128) -> StdResult<Option<WasmMsg>> {
    message(registry, amount, ExecuteMsg::Lien { provider: provider.to_string(), amount })
}

/// Releases a lien; no message if there is none to release.
pub fn release(registry: &Addr, provider: &Addr, amount: Uint128) -> StdResult<Option<WasmMsg>> {
    message(registry, amount, ExecuteMsg::Release { provider: provider.to_string(), amount })
}

/// Slashes `amount` off a lien, split between `client` and `reporter`; no message if there is nothing to slash.
pub fn slash(
    registry: &Addr,
    provider: &Addr,
    amount: Uint128,
    split: Split,
    (client, reporter): (&Addr, &Addr),
) -> StdResult<Option<WasmMsg>> {
    let part = |to: &Addr, amount: Uint128| (!amount.is_zero()).then(|| Part { to: to.to_string(), amount });
    let (client, reporter) = (part(client, split.client), part(reporter, split.reporter));
    message(registry, amount, ExecuteMsg::Slash { provider: provider.to_string(), amount, client, reporter })
}

fn message(registry: &Addr, amount: Uint128, message: ExecuteMsg) -> StdResult<Option<WasmMsg>> {
    if amount.is_zero() { Ok(None) } else { wasm_execute(registry, &message, vec![]).map(Some) }
}
