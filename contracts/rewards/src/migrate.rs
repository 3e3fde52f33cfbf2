//! Migration keeps all state; it only checks that the code continues what is stored.

use cosmwasm_std::{DepsMut, Response};

use crate::error::Error;
use crate::{CONTRACT, VERSION};

pub fn migrate(deps: DepsMut) -> Result<Response, Error> {
    let stored = cw2::get_contract_version(deps.storage)?;
    if stored.contract != CONTRACT {
        return Err(Error::WrongContract { expected: CONTRACT.into(), found: stored.contract });
    }
    cw2::ensure_from_older_version(deps.storage, CONTRACT, VERSION)
        .map_err(|_| Error::NewerVersion { stored: stored.version, code: VERSION.into() })?;
    Ok(Response::new())
}
