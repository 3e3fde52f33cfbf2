//! Governance is handed over in two steps, or given up.

use cosmwasm_std::{Addr, Api, DepsMut, Env, Response, StdResult, Storage};
use cw_ownable::{Action, Ownership, OwnershipError};
use tequio_protocol::governance::OwnershipChanged;

/// Lets `owner` govern from the beginning.
pub fn begin(storage: &mut dyn Storage, api: &dyn Api, owner: &str) -> StdResult<OwnershipChanged> {
    cw_ownable::initialize_owner(storage, api, Some(owner)).map(changed)
}

/// Does what `sender`, whom the door let in, asks.
pub fn update(deps: DepsMut, env: &Env, sender: &Addr, action: Action) -> Result<Response, OwnershipError> {
    let ownership = cw_ownable::update_ownership(deps, &env.block, sender, action)?;
    Ok(Response::new().add_event(changed(ownership)))
}

fn changed(ownership: Ownership<Addr>) -> OwnershipChanged {
    OwnershipChanged {
        owner: ownership.owner.map(Addr::into_string),
        pending: ownership.pending_owner.map(Addr::into_string),
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::{mock_dependencies, mock_env};
    use tequio_protocol::TypedEvent;

    use super::*;

    #[test]
    fn every_step_is_told() {
        let mut deps = mock_dependencies();
        let [owner, heir] = ["owner", "heir"].map(|name| deps.api.addr_make(name));
        let begun = begin(&mut deps.storage, &deps.api, owner.as_str()).unwrap();
        assert_eq!(begun, OwnershipChanged { owner: Some(owner.to_string()), pending: None });
        let offer = Action::TransferOwnership { new_owner: heir.to_string(), expiry: None };
        for (sender, action, now) in [
            (&owner, offer, (Some(&owner), Some(&heir))),
            (&heir, Action::AcceptOwnership, (Some(&heir), None)),
            (&heir, Action::RenounceOwnership, (None, None)),
        ] {
            let events = update(deps.as_mut(), &mock_env(), sender, action).unwrap().events;
            let (owner, pending) = now;
            let told = OwnershipChanged { owner: owner.map(Addr::to_string), pending: pending.map(Addr::to_string) };
            assert_eq!(OwnershipChanged::all(&events), [told]);
        }
    }
}
