//! What governance does in every contract.

use cosmwasm_std::{StdResult, to_json_string};
use cw_ownable::Action;
use serde::Serialize;

use crate::{Permission, event};

/// Who may do this: the pending owner accepts, the owner does the rest.
pub fn permission(action: &Action) -> Permission {
    match action {
        Action::AcceptOwnership => Permission::PendingOwner,
        Action::TransferOwnership { .. } | Action::RenounceOwnership => Permission::Governance,
    }
}

event!(
    /// Ownership as it is now: offered, handed over or renounced.
    OwnershipChanged = "ownership_changed" {
        /// None once renounced.
        owner: Option<String>,
        /// To whom it is offered.
        pending: Option<String>,
    }
);
event!(
    /// A config was set.
    Configured = "configured" {
        /// All of it, as JSON.
        config: String,
    }
);

impl Configured {
    pub fn new(config: &impl Serialize) -> StdResult<Self> {
        Ok(Self { config: to_json_string(config)? })
    }
}
