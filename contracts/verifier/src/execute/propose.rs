use cosmwasm_std::{Api, BLS12_381_G1_GENERATOR, DepsMut, Env, Response, Storage};
use tequio_protocol::{
    BeaconId,
    verifier::{Beacon, BeaconProposed},
};

use crate::{
    ContractError,
    core::beacon,
    state::{self, CONFIG, COUNTS},
};

/// Most beacons not in effect yet, so that finding the one in effect is bounded.
pub const MAX_PENDING: usize = 4;

/// Adds a beacon for attestations made after the timelock, or from now on while there are none.
pub fn propose(deps: DepsMut, env: Env, beacon: Beacon) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let timelock = CONFIG.load(deps.storage)?.timelock;
    let first = COUNTS.load(deps.storage)?.attested == 0;
    let effective = if first { now } else { now.saturating_add(timelock) };
    beacon::check(&beacon, effective)?;
    check_key(deps.api, &beacon.public_key)?;
    check_pending(deps.storage, now)?;
    let id = state::add_beacon(deps.storage, beacon, effective)?;
    Ok(Response::new().add_event(BeaconProposed { beacon: id, effective }))
}

/// The pairing takes only points of prime order, so comparing one with itself tells whether it does.
fn check_key(api: &dyn Api, key: &[u8]) -> Result<(), ContractError> {
    match api.bls12_381_pairing_equality(&BLS12_381_G1_GENERATOR, key, &BLS12_381_G1_GENERATOR, key) {
        Ok(true) => Ok(()),
        _ => Err(ContractError::BadKey { bytes: key.len() }),
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

/// The beacon for attestations at time `now`: the latest in effect. A later proposal counts even if an earlier one,
/// under a longer timelock, comes into effect after it.
pub fn in_effect(storage: &dyn Storage, now: u64) -> Result<BeaconId, ContractError> {
    for latest in state::latest_beacons(storage) {
        let latest = latest?;
        if latest.effective <= now {
            return Ok(latest.id);
        }
    }
    // The first beacon is in effect from the moment the contract is instantiated.
    Err(ContractError::UnknownBeacon { beacon: BeaconId(1) })
}
