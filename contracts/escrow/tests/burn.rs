//! `burn`: anyone burns what fees left to burn.

use cosmwasm_std::Uint128;
use tequio_escrow::ContractError;
use tequio_protocol::escrow::{Burned, ExecuteMsg, QueryMsg};

use crate::world::{RICH, World, event};

#[test]
fn anyone_burns_what_fees_left_once() {
    let mut world = World::new();
    let (stranger, alice) = (world.stranger.clone(), world.alice.operator.clone());
    assert_eq!(world.refused(&stranger, ExecuteMsg::Burn {}, 0), ContractError::NothingToBurn);
    let assignment = world.assigned(32);
    world.sends(&alice, ExecuteMsg::GiveBack { assignment }, 320);
    let amount = Uint128::new(270);
    assert_eq!(event::<Burned>(&world.sends(&stranger, ExecuteMsg::Burn {}, 0)), Burned { amount });
    assert_eq!(world.ask::<Uint128>(&QueryMsg::ToBurn {}), Uint128::zero());
    assert_eq!(world.refused(&stranger, ExecuteMsg::Burn {}, 0), ContractError::NothingToBurn);
    // The job's payment and the client's gas are still there; nobody has the rest.
    assert_eq!((world.bank(&world.escrow), world.bank(&alice)), (100_050, RICH - 320));
    let supply = world.app.wrap().query_supply("utoken").unwrap().amount.u128();
    assert_eq!(supply, 6 * RICH - 270);
}
