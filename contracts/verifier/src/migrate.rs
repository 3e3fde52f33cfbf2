use cosmwasm_std::{DepsMut, Response};
use semver::Version;
use tequio_protocol::verifier::MigrateMsg;

use crate::{ContractError, NAME, VERSION};

/// To the same or a later version of the same contract; state stays as it is.
pub fn migrate(deps: DepsMut, _msg: MigrateMsg) -> Result<Response, ContractError> {
    let stored = cw2::get_contract_version(deps.storage)?;
    if stored.contract != NAME {
        return Err(ContractError::WrongContract { stored: stored.contract, expected: NAME });
    }
    if version(&stored.version)? > version(VERSION)? {
        return Err(ContractError::Downgrade { stored: stored.version, to: VERSION });
    }
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    Ok(Response::new())
}

fn version(text: &str) -> Result<Version, ContractError> {
    Version::parse(text).map_err(|_| ContractError::BadVersion { version: text.to_string() })
}
