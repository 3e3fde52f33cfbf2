//! `verifier`: attestations, and what holds them.

use cosmwasm_std::{Addr, QuerierWrapper, StdResult, WasmMsg, to_json_binary};
use tequio_protocol::{
    AttestationId, Moment,
    verifier::{AttestationResponse, ExecuteMsg, Held, QueryMsg},
};

pub fn attestation(querier: QuerierWrapper, verifier: &Addr, id: AttestationId) -> StdResult<AttestationResponse> {
    querier.query_wasm_smart(verifier, &QueryMsg::Attestation { attestation: id })
}

/// This block, as the verifier's clock has it.
pub fn now(querier: QuerierWrapper, verifier: &Addr) -> StdResult<Moment> {
    querier.query_wasm_smart(verifier, &QueryMsg::Now {})
}

/// The message that writes down what holds an attestation.
pub fn hold(verifier: &Addr, attestation: AttestationId, held: Held) -> StdResult<WasmMsg> {
    let msg = to_json_binary(&ExecuteMsg::Hold { attestation, held })?;
    Ok(WasmMsg::Execute { contract_addr: verifier.to_string(), msg, funds: vec![] })
}
