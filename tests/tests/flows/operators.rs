//! An owner key changes the operator while work is under way.

use tequio_protocol::{
    escrow::{Ending, State},
    registry,
};
use tequio_tests::{Provider, World, job};

#[test]
fn who_was_operator_when_assigning_attests_and_the_owner_is_paid() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let before = world.assign(&alice, 4);
    let rig = world.actor("alice's other rig");
    let update = registry::ExecuteMsg::Update { operator: Some(rig.to_string()), metadata: None };
    world.send(&alice.owner, update, 0);

    let mut renewed: Provider = alice.clone();
    renewed.operator = rig;
    let after = world.assign(&renewed, 4);
    world.attest_to(&alice, before);
    world.attest_to(&renewed, after);
    world.beacon();
    world.open(&renewed);
    world.settle();
    assert_eq!([before, after].map(|id| world.state_of(id)), [State::Ended(Ending::Settled); 2]);
    assert_eq!(world.balance(&alice.owner), 8_000);
}
