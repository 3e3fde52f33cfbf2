//! `verifier`: attestations and verdicts.

use cosmwasm_std::{Addr, QuerierWrapper, StdResult};
use tequio_protocol::verifier::{AttestationResponse, Config, QueryMsg, Subject};

/// Most draws of one attestation.
pub fn max_draws(querier: QuerierWrapper, verifier: &Addr) -> StdResult<u32> {
    let config: Config = querier.query_wasm_smart(verifier, &QueryMsg::Config {})?;
    Ok(config.max_draws)
}

/// The attestation of `attester` for a subject, if there is one.
pub fn attested(
    querier: QuerierWrapper,
    verifier: &Addr,
    attester: &Addr,
    subject: Subject,
) -> StdResult<Option<AttestationResponse>> {
    querier.query_wasm_smart(verifier, &QueryMsg::Attested { attester: attester.to_string(), subject })
}
