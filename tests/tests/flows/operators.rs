//! Many keys work for a provider, and an owner key changes them while work is under way.

use tequio_protocol::escrow::{Ending, State};
use tequio_tests::{Provider, World, job};

#[test]
fn who_was_operator_when_assigning_attests_and_the_owner_is_paid() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let before = world.assign(&alice, 4);
    let rig = world.actor("alice's other rig");
    world.rotate(&alice, &[&rig], &[&alice.operator]);

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

#[test]
fn several_keys_work_for_one_provider_and_the_owner_key_is_one_of_them() {
    let mut world = World::new();
    let mut alice = world.provider("alice");
    world.post(job());
    let rig = world.actor("alice's other rig");
    world.rotate(&alice, &[&rig], &[]);
    for operator in [alice.operator.clone(), rig, alice.owner.clone()] {
        alice.operator = operator.clone();
        let assignment = world.assign(&alice, 2);
        assert_eq!(world.assignment(assignment).operator, operator.as_str());
        world.attest_to(&alice, assignment);
    }
    world.beacon();
    world.open(&alice);
    assert!(world.settle().iter().all(|ended| ended.ending == Ending::Settled));
    assert_eq!(world.balance(&alice.owner), 6_000);
}
