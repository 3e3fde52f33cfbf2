//! `verifier`: attestations and verdicts.

use cosmwasm_std::{Addr, QuerierWrapper, StdResult};
use tequio_protocol::{
    Moment,
    verifier::{AttestedResponse, Config, QueryMsg, Subject},
};

/// Most draws of one attestation.
pub fn max_draws(querier: QuerierWrapper, verifier: &Addr) -> StdResult<u32> {
    let config: Config = querier.query_wasm_smart(verifier, &QueryMsg::Config {})?;
    Ok(config.max_draws)
}

/// This block, as the verifier's clock has it.
pub fn now(querier: QuerierWrapper, verifier: &Addr) -> StdResult<Moment> {
    querier.query_wasm_smart(verifier, &QueryMsg::Now {})
}

/// The attestation of `attester` for a subject, if there is one, and the block of that answer.
pub fn attested(
    querier: QuerierWrapper,
    verifier: &Addr,
    attester: &Addr,
    subject: Subject,
) -> StdResult<AttestedResponse> {
    querier.query_wasm_smart(verifier, &QueryMsg::Attested { attester: attester.to_string(), subject })
}
