//! How this contract knows its roles: everyone may send everything. A demand brings its bond.

use cosmwasm_std::Storage;
use tequio_contract::door;
use tequio_protocol::arbiter::ExecuteMsg;

use crate::{error::ContractError, state};

pub struct Roles;

impl door::Roles for Roles {
    type Message = ExecuteMsg;
    type Error = ContractError;

    fn denom(storage: &dyn Storage) -> Result<Option<String>, ContractError> {
        Ok(Some(state::setup(storage)?.denom))
    }
}
