//! Tick: records the clock, for anyone and with every message.

use cosmwasm_std::{Env, Storage};
use tequio_protocol::verifier::Ticked;

use crate::{error::ContractError, state};

/// Once in a block.
pub fn tick(storage: &mut dyn Storage, env: &Env) -> Result<Option<Ticked>, ContractError> {
    let (height, time) = (env.block.height, env.block.time.seconds());
    let recorded = state::record_clock(storage, height, time)?;
    Ok(recorded.then_some(Ticked { height, time }))
}
