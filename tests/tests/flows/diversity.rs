//! A client that wants its shards with several providers.

use tequio_escrow::ContractError;
use tequio_tests::{Job, World, job};

#[test]
fn nobody_takes_more_than_its_part() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.provider("alice"), world.provider("bob"), world.provider("carol"));
    let job = world.post(Job { min_providers: 3, ..job() });
    // ⌈8 / 3⌉ for each.
    let first = world.assign(&alice, 8);
    assert_eq!(world.assignment(first).count, 3);
    world.complete(&alice);
    world.refuses(
        &alice.operator,
        alice.taking(job, 1),
        0,
        ContractError::Diversity { job, provider: alice.owner.clone(), held: 3, cap: 3 },
    );
    for (who, count) in [(&bob, 3), (&carol, 2)] {
        let taken = world.assign(who, 8);
        assert_eq!(world.assignment(taken).count, count);
        world.complete(who);
    }
    assert_eq!(world.shards(), (0, 0, 8, 0));
}
