//! How this contract knows its roles: it knows nobody, and takes nothing.

use tequio_contract::door;
use tequio_protocol::verifier::ExecuteMsg;

use crate::error::ContractError;

pub struct Roles;

impl door::Roles for Roles {
    type Message = ExecuteMsg;
    type Error = ContractError;
}
