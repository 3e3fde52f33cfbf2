//! The beacon never came: nobody loses anything, and the shards are there to be done again.

use tequio_protocol::escrow::{Ending, State};
use tequio_tests::{STAKE, World, job};

#[test]
fn without_a_beacon_an_assignment_is_void_and_everything_is_as_before() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    // Nobody posts a round.
    let ended = world.expire();
    assert_eq!(ended.iter().map(|end| (end.ending, end.slashed.u128())).collect::<Vec<_>>(), [(Ending::Void, 0)]);
    assert_eq!((world.stake(&alice).free.u128(), world.balance(&alice.owner)), (STAKE, 0));
    assert_eq!((world.shards(), world.state_of(assignment)), ((8, 0, 0, 0), State::Ended(Ending::Void)));

    world.assign(&bob, 8);
    world.complete(&bob);
    assert_eq!(world.balance(&bob.owner), 8_000);
}
