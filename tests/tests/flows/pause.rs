//! Governance may stop posting and assigning, and nothing else.

use tequio_escrow::ContractError;
use tequio_protocol::escrow;
use tequio_tests::{World, job};

#[test]
fn what_has_begun_goes_on() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let posted = world.post(job());
    world.assign(&alice, 3);
    let returned = world.assign(&bob, 1);
    let absent = world.assign(&bob, 1);
    let spec = world.offer(&job());
    let funds = world.quote(&spec).funds.u128();

    let governance = world.chain.deployment().governance.clone();
    world.send(&governance, escrow::ExecuteMsg::Pause { posting: true, assigning: true }, 0);
    let client = world.client.clone();
    world.refuses(&client, escrow::ExecuteMsg::Post { spec }, funds, ContractError::PostingPaused);
    let assign = alice.taking(posted, 1);
    world.refuses(&alice.operator, assign, 0, ContractError::AssigningPaused);

    world.give_back(returned);
    world.complete(&alice);
    world.expire();
    assert_eq!(world.state_of(absent), escrow::State::Ended(escrow::Ending::Absent));
    world.send(&client, escrow::ExecuteMsg::TopUp { job: posted, first: 3, price: 1_001u128.into() }, 5);
    world.refund(None);
    assert_eq!((world.withdraw(&alice.owner), world.shards()), (3_000, (0, 0, 3, 5)));
    world.withdraw(&client);
    world.claim(&alice);
}
