//! A client raises the price of what nobody takes.

use tequio_protocol::escrow;
use tequio_tests::{World, job};

#[test]
fn who_takes_it_later_gets_the_higher_price_under_a_higher_lien() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let job = world.post(job());
    let cheap = world.assign(&alice, 2);
    let client = world.client.clone();
    let top_up = escrow::ExecuteMsg::TopUp { job, first: 2, price: 1_500u128.into() };
    let refused: tequio_escrow::ContractError = world.refused(&client, top_up.clone(), 2_999);
    assert!(matches!(refused, tequio_escrow::ContractError::Funds(_)), "{refused}");
    world.send(&client, top_up, 3_000);

    let dear = world.assign(&alice, 6);
    let lien = |id| world.assignment(id).lien.u128() / u128::from(world.assignment(id).count);
    assert!(lien(dear) > lien(cheap));
    world.complete(&alice);
    assert_eq!(world.balance(&alice.owner), 2 * 1_000 + 6 * 1_500);
}
