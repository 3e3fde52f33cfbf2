//! Takes over the state of an older version, pending or not.

use cosmwasm_std::{DepsMut, Response};
use tequio_protocol::escrow::MigrateMsg;

use crate::error::ContractError;
use crate::{NAME, VERSION};

pub fn migrate(deps: DepsMut, _: MigrateMsg) -> Result<Response, ContractError> {
    let found = cw2::get_contract_version(deps.storage)?;
    if found.contract != NAME {
        return Err(ContractError::OtherContract { found: found.contract, expected: NAME.into() });
    }
    // A version that cannot be read is not known to be older.
    if numbers(&found.version).is_none_or(|version| Some(version) > numbers(VERSION)) {
        return Err(ContractError::NewerState { found: found.version, code: VERSION.into() });
    }
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    Ok(Response::new())
}

/// The three numbers of a version.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let numbers: Option<Vec<u64>> = version.split('.').map(|number| number.parse().ok()).collect();
    numbers?.try_into().ok()
}
