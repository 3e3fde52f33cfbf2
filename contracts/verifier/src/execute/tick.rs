//! Tick: records the clock, for anyone and with every message.

use cosmwasm_std::Storage;
use tequio_protocol::{Moment, verifier::Ticked};

use crate::{error::ContractError, state};

/// Once in a block.
pub fn tick(storage: &mut dyn Storage, now: Moment, height: u64) -> Result<Option<Ticked>, ContractError> {
    let Moment { time, block } = now;
    Ok(state::record_clock(storage, now, height)?.then_some(Ticked { block, time }))
}
