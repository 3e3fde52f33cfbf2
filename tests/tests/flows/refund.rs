//! What nobody takes goes back to the client.

use cosmwasm_std::Uint128;
use tequio_escrow::ContractError;
use tequio_protocol::{escrow, rewards};
use tequio_tests::{World, job};

#[test]
fn the_client_takes_free_shards_back_whenever_it_wants() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let spec = world.offer(&job());
    let credits = world.quote(&spec).credits.u128();
    world.post(job());
    world.assign(&alice, 3);
    let refunded = world.refund(Some(2));
    assert_eq!((refunded.shards, refunded.amount.u128()), (2, 2_000));
    assert_eq!((world.shards(), world.free()), ((3, 3, 0, 2), vec![(3, 3)]));
    assert_eq!(world.balance(&world.client), 2_000);
    let free: Uint128 = world.ask(rewards::QueryMsg::Credits { client: world.client.to_string() });
    assert_eq!(free.u128(), credits / 8 * 2);

    world.refund(None);
    assert_eq!((world.shards(), world.free()), ((0, 3, 0, 5), vec![]));
    world.complete(&alice);
    assert_eq!((world.balance(&alice.owner), world.balance(&world.client)), (3_000, 5_000));
    let client = world.client.clone();
    let before = world.bank(&client);
    world.withdraw(&client);
    assert_eq!(world.bank(&client), before + 5_000);
    assert_eq!(world.bank(&world.chain.deployment().escrow), 3_000);
}

#[test]
fn others_do_so_only_once_the_job_has_ended_and_all_of_it() {
    let mut world = World::new();
    let job = world.post(job());
    let (end, stranger) = (world.job(job).end, world.stranger.clone());
    world.chain.advance_to(end);
    let now = world.now();
    let all = escrow::ExecuteMsg::Refund { job, shards: None };
    world.refuses(&stranger, all.clone(), 0, ContractError::NotRefundable { job, end, now });

    world.pass(1);
    let some = escrow::ExecuteMsg::Refund { job, shards: Some(1) };
    let refused: ContractError = world.refused(&stranger, some, 0);
    let (client, sender) = (world.client.clone(), stranger.clone());
    assert_eq!(refused, ContractError::NotClient { job, client, sender });
    world.send(&stranger, all, 0);
    assert_eq!((world.shards(), world.balance(&world.client)), ((0, 0, 0, 8), 8_000));
}

#[test]
fn what_is_left_behind_after_the_end_is_refunded_too() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let job = world.post(tequio_tests::Job { duration: 3_600, attest_window: 7_200, ..job() });
    world.pass(3_500);
    world.assign(&alice, 8);
    world.pass(200);
    let stranger = world.stranger.clone();
    let refund = escrow::ExecuteMsg::Refund { job, shards: None };
    world.refuses(&stranger, refund.clone(), 0, ContractError::FreeShards { job, free: 0, asked: 0 });
    world.expire();
    world.send(&stranger, refund, 0);
    assert_eq!((world.shards(), world.balance(&world.client)), ((0, 0, 0, 8), 8_000));
}
