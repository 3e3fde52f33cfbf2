//! Tick: records the clock, for anyone and with every message.

use cosmwasm_std::Storage;
use tequio_protocol::{Moment, verifier::Ticked};

use crate::{error::ContractError, state};

/// Once in a block.
pub fn tick(storage: &mut dyn Storage, now: Moment) -> Result<Option<Ticked>, ContractError> {
    let Moment { time, generation, height } = now;
    Ok(state::record_clock(storage, now)?.then_some(Ticked { generation, height, time }))
}
