//! Let a halt put the two queues out of order: blocks of one are left when the other is overdue.

use tequio_attestation::Wanted;
use tequio_protocol::verifier::Verdict;
use tequio_tests::{World, job};

/// The friend of a provider who withholds fills the public queue before a halt: blocks of it are left when what the client
/// demanded after the halt is overdue. That is not revealed any more, and the answer comes when those are met or over.
#[test]
fn what_is_overdue_is_not_revealed_whatever_else_is_due_first() {
    for met in [true, false] {
        let mut world = World::new();
        let alice = world.provider("alice");
        world.post(job());
        let assignment = world.assign(&alice, 8);
        world.attest(&alice);
        world.beacon();
        world.open(&alice);
        let (friend, client) = (world.actor("friend"), world.client.clone());
        let flood: Vec<_> = (0..8)
            .map(|shard| world.demand(&friend, assignment, Wanted::Tensors { shard, depth: 0, index: 0 }))
            .collect();
        let (last, before) = flood.split_last().expect("eight");
        for demand in before {
            world.reveal(&alice.operator, assignment, *demand);
        }
        world.chain.halt(10_000);
        let demand = world.demand(&client, assignment, Wanted::Shards { depth: 0, index: 0 });
        world.chain.advance_past(world.demanded(demand).due);
        assert!(matches!(world.verdict(assignment), Verdict::GenuineSoFar { .. }));
        let message = world.revealing(assignment, demand, usize::MAX);
        let refused: tequio_arbiter::ContractError = world.refused(&alice.operator, message, 0);
        assert!(matches!(refused, tequio_arbiter::ContractError::Overdue { .. }), "{refused}");
        let from = if met {
            world.reveal(&alice.operator, assignment, *last);
            client
        } else {
            world.chain.advance_past(world.demanded(*last).due);
            friend
        };
        assert_eq!(world.verdict(assignment), Verdict::Withheld { from: from.into() });
    }
}
