//! Propose: adds a beacon, for governance.

use cosmwasm_std::{Api, BLS12_381_G1_GENERATOR, DepsMut, Env, Response, Storage};
use tequio_contract::checked;
use tequio_protocol::verifier::{Beacon, BeaconProposed};

use crate::{
    core::{
        beacon::{self, MAX_PENDING},
        error::CoreError,
    },
    error::ContractError,
    state,
};

/// For attestations made after the timelock, or from now on while there are none.
pub fn propose(deps: DepsMut, env: Env, beacon: Beacon) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let unused = state::counts(deps.storage)?.attested == 0;
    let timelock = if unused { 0 } else { state::config(deps.storage)?.timelock };
    let effective = checked::add(now, timelock)?;
    beacon::check(&beacon, effective)?;
    check_key(deps.api, &beacon.public_key)?;
    check_pending(deps.storage, now)?;
    let id = state::add_beacon(deps.storage, beacon, effective)?;
    Ok(Response::new().add_event(BeaconProposed { beacon: id, effective }))
}

/// The pairing takes only points of prime order, so comparing one with itself tells whether it does.
fn check_key(api: &dyn Api, key: &[u8]) -> Result<(), CoreError> {
    match api.bls12_381_pairing_equality(&BLS12_381_G1_GENERATOR, key, &BLS12_381_G1_GENERATOR, key) {
        Ok(true) => Ok(()),
        _ => Err(CoreError::BadKey { bytes: key.len() }),
    }
}

fn check_pending(storage: &dyn Storage, now: u64) -> Result<(), ContractError> {
    let mut pending = 0usize;
    let mut until = u64::MAX;
    for latest in state::latest_beacons(storage).take(MAX_PENDING) {
        let effective = latest?.effective;
        if effective > now {
            pending = pending.saturating_add(1);
            until = until.min(effective);
        }
    }
    if pending == MAX_PENDING { Err(ContractError::TooManyPending { pending, until }) } else { Ok(()) }
}
