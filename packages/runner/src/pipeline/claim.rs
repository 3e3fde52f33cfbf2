//! Claim: mint what was earned.

use tequio_protocol::rewards::{ClaimableResponse, ExecuteMsg};

/// The message that claims, if there is something to claim.
pub fn claim(claimable: &ClaimableResponse) -> Option<ExecuteMsg> {
    let nothing = claimable.earned.is_zero() && claimable.emitted.is_zero();
    (!nothing).then_some(ExecuteMsg::Claim {})
}
