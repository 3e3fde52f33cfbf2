//! Beacon: stores a round's randomness once its signature is checked, for anyone. Posting it again changes nothing.

use cosmwasm_std::{BLS12_381_G2_GENERATOR, DepsMut, HashFunction, Response};
use tequio_contract::bounds::some;
use tequio_protocol::{
    BeaconId, Moment,
    verifier::{DST, RoundResponse, RoundStored},
};

use crate::{
    core::beacon::{SIGNATURE_BYTES, message, randomness},
    error::ContractError,
    state,
};

/// If e(signature, G2) = e(H(round), public key).
pub fn beacon(
    deps: DepsMut,
    now: Moment,
    beacon: BeaconId,
    round: u64,
    signature: &[u8],
) -> Result<Response, ContractError> {
    let known = state::beacon(deps.storage, beacon)?;
    some("round", round)?;
    let due = known.time_of(round);
    if now.time < due {
        return Err(ContractError::NotDue { round, due, now: now.time });
    }
    if let Some(stored) = state::round(deps.storage, beacon, round)? {
        // A round has one signature. Several who wait for it may post it at once, each among other messages.
        return match randomness(signature) == stored.randomness {
            true => Ok(Response::new()),
            false => Err(ContractError::WrongSignature { beacon, round }),
        };
    }
    let malformed = ContractError::BadSignature { bytes: signature.len() };
    if signature.len() != SIGNATURE_BYTES {
        return Err(malformed);
    }
    let hash = deps.api.bls12_381_hash_to_g1(HashFunction::Sha256, &message(round), DST);
    // Hashing takes any message, and the key was tried when it was proposed: what fails here is the signature.
    let agrees = hash.and_then(|hash| {
        deps.api.bls12_381_pairing_equality(signature, &BLS12_381_G2_GENERATOR, &hash, &known.public_key)
    });
    if !agrees.map_err(|_| malformed)? {
        return Err(ContractError::WrongSignature { beacon, round });
    }
    let randomness = randomness(signature);
    state::store_round(deps.storage, beacon, round, &RoundResponse { randomness, stored: now })?;
    Ok(Response::new().add_event(RoundStored { beacon, round, randomness }))
}
