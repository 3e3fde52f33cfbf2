//! New code under everything that is open: what was stored goes on as if nothing had happened.

use cw_multi_test::Executor;
use tequio_client::Contract;
use tequio_embedded::code;
use tequio_protocol::{
    escrow::{Ending, State},
    registry::{MigrateMsg, ProviderResponse},
};
use tequio_tests::{STAKE, World, job};

/// Moves every contract to code that was stored anew, as an upgrade does.
fn upgrade(world: &mut World) {
    for contract in Contract::OURS {
        let deployment = world.chain.deployment();
        let (admin, address) = (deployment.governance.clone(), deployment.address(contract).clone());
        let code = world.chain.app().store_code(code::of(contract));
        world.chain.app().migrate_contract(admin, address, &MigrateMsg {}, code).unwrap();
    }
    world.conserves();
}

/// What was paid out to the provider and the client and minted, shards, the absent provider's stake, and what both have.
type End = ((u128, u128, u128), (u64, u64, u64, u64), ProviderResponse, u128, u128);

/// A job of two assignments, one honest and one that is never attested to; `between` comes after each step.
fn story(between: impl Fn(&mut World)) -> End {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(job());
    between(&mut world);
    let (worked, absent) = (world.assign(&alice, 5), world.assign(&bob, 1));
    let (lien, terms) = (world.stake(&alice).liens, world.assignment(worked).attest_by);
    between(&mut world);
    assert_eq!((world.stake(&alice).liens, world.assignment(worked).attest_by), (lien, terms));
    world.attest(&alice);
    let attestation = world.attestation(worked);
    between(&mut world);
    assert_eq!(world.attestation(worked), attestation);
    world.beacon();
    between(&mut world);
    world.open(&alice);
    between(&mut world);
    world.settle();
    world.expire();
    between(&mut world);
    assert_eq!(world.state_of(worked), State::Ended(Ending::Settled));
    assert_eq!(world.state_of(absent), State::Ended(Ending::Absent));
    world.refund(None);
    between(&mut world);
    let client = world.client.clone();
    let paid = (world.withdraw(&alice.owner), world.withdraw(&client), world.claim(&alice));
    assert_eq!((paid.0, world.stake(&alice).free.u128()), (5_000, STAKE));
    (paid, world.shards(), world.stake(&bob), world.wealth(&alice.owner), world.wealth(&client))
}

#[test]
fn what_is_open_ends_as_it_would_have_under_the_old_code() {
    assert_eq!(story(upgrade), story(|_| {}));
}

#[test]
fn nobody_but_the_admin_upgrades_and_no_contract_becomes_another() {
    let mut world = World::new();
    let stranger = world.stranger.clone();
    let deployment = world.chain.deployment().clone();
    for (contract, other) in Contract::OURS.into_iter().zip(Contract::OURS.into_iter().cycle().skip(1)) {
        let (own, others) = {
            let mut app = world.chain.app();
            (app.store_code(code::of(contract)), app.store_code(code::of(other)))
        };
        let address = deployment.address(contract);
        let before = world.chain.app().contract_data(address).unwrap();
        for (who, code) in [(&stranger, own), (&deployment.governance, others)] {
            let moved = world.chain.app().migrate_contract(who.clone(), address.clone(), &MigrateMsg {}, code);
            assert!(moved.is_err(), "{who} moved {contract} to code {code}");
        }
        assert_eq!(world.chain.app().contract_data(address).unwrap(), before, "{contract}");
    }
    // The equations still hold, and a job goes its way.
    let alice = world.provider("alice");
    world.post(job());
    world.assign(&alice, 8);
    world.complete(&alice);
    assert_eq!(world.withdraw(&alice.owner), 8_000);
}
