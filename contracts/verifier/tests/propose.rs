use tequio_embedded::LocalBeacon;
use tequio_protocol::{
    BeaconId,
    verifier::{Beacon, BeaconProposed, BeaconResponse, Config, ExecuteMsg, MAX_PERIOD, QueryMsg, Subject},
};
use tequio_verifier::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, FIRST, ROOT, World, event, hex, out_of_bounds, subject};

fn other(world: &World) -> LocalBeacon {
    LocalBeacon::new(b"other", world.now(), 10)
}

fn beacons(world: &World) -> Vec<BeaconResponse> {
    world.query(&QueryMsg::Beacons { start_after: None, limit: None })
}

#[test]
fn while_nothing_is_attested_a_beacon_takes_effect_at_once() {
    let mut world = World::new();
    let new = other(&world);
    let answer = world.propose(new.public()).unwrap();
    let (beacon, effective) = (BeaconId(2), world.now());
    assert_eq!(event::<BeaconProposed>(&answer), BeaconProposed { beacon, effective });
    let id = world.attest_and_tick(&world.alice.clone(), &subject(), ROOT);
    assert_eq!(world.drawn_from(id).beacon, beacon);
    assert_eq!(beacons(&world)[1], BeaconResponse { id: beacon, beacon: new.public().clone(), effective });
}

#[test]
fn afterwards_only_after_the_timelock_and_only_for_later_attestations() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let before = world.attest_and_tick(&alice, &subject(), ROOT);
    let new = other(&world);
    world.propose(new.public()).unwrap();
    let effective = world.now() + CONFIG.timelock;
    assert_eq!(beacons(&world)[1].effective, effective);

    world.block_at(effective - 1);
    let waiting = world.attest(&alice, &Subject { count: 1, ..subject() }, ROOT);
    world.block(1);
    let after = world.attest_and_tick(&alice, &Subject { count: 2, ..subject() }, ROOT);
    for (id, beacon) in [(before, FIRST), (waiting, FIRST), (after, BeaconId(2))] {
        assert_eq!(world.drawn_from(id).beacon, beacon);
    }

    let drawn = world.drawn_from(after);
    world.block_at(drawn.due);
    let sign = |beacon: &LocalBeacon| ExecuteMsg::Beacon {
        beacon: BeaconId(2),
        round: drawn.round,
        signature: beacon.sign(drawn.round).into(),
    };
    let error = world.refused(&alice, &sign(&world.beacon.clone()));
    assert_eq!(error, ContractError::WrongSignature { beacon: BeaconId(2), round: drawn.round });
    world.send(&alice, &sign(&new)).unwrap();
    assert!(world.drawn_from(after).seed.is_some());
    // The old key goes on for what was attested under it.
    let drawn = world.drawn_from(waiting);
    world.block_at(drawn.due.max(world.now()));
    world.send(&alice, &world.signed(drawn.round)).unwrap();
    assert!(world.drawn_from(waiting).seed.is_some());
}

#[test]
fn the_latest_proposal_in_effect_counts_even_if_an_earlier_one_takes_effect_after_it() {
    let mut world = World::new();
    let alice = world.alice.clone();
    world.attest(&alice, &subject(), ROOT);
    world.configure(Config { timelock: 500_000, ..CONFIG });
    world.propose(other(&world).public()).unwrap();
    world.configure(CONFIG);
    world.propose(LocalBeacon::new(b"third", world.now(), 10).public()).unwrap();
    world.block(500_000);
    let id = world.attest_and_tick(&alice, &Subject { count: 1, ..subject() }, ROOT);
    assert_eq!(world.drawn_from(id).beacon, BeaconId(3));
}

#[test]
fn a_beacon_must_be_one() {
    let mut world = World::new();
    let now = world.now();
    let good = other(&world).public().clone();
    let key = good.public_key.to_vec();
    let mut infinity = vec![0; 96];
    infinity[0] = 0xc0;
    // On the curve, not of prime order.
    let mut stray = vec![0; 96];
    (stray[0], stray[95]) = (0x80, 2);
    let keys = [
        vec![],
        key[..95].to_vec(),
        [&key[..], &[0]].concat(),
        key[..48].to_vec(),
        [&key[..], &key].concat(),
        infinity,
        stray,
        vec![0xff; 96],
        [&[key[0] & 0x7f], &key[1..]].concat(),
    ];
    for key in keys {
        let error = ContractError::Core(CoreError::BadKey { bytes: key.len() });
        assert_eq!(world.propose(&Beacon { public_key: key.into(), ..good.clone() }).unwrap_err(), error);
    }
    for period in [0, MAX_PERIOD + 1] {
        let error = out_of_bounds("period", period, 1, MAX_PERIOD);
        assert_eq!(world.propose(&Beacon { period, ..good.clone() }).unwrap_err(), error);
    }
    let late = out_of_bounds("genesis", now + 1, 0, now);
    assert_eq!(world.propose(&Beacon { genesis: now + 1, ..good }).unwrap_err(), late);
    assert_eq!(beacons(&world).len(), 1);
}

#[test]
fn a_beacon_may_begin_until_it_takes_effect() {
    let mut world = World::new();
    world.attest(&world.alice.clone(), &subject(), ROOT);
    let effective = world.now() + CONFIG.timelock;
    let good = other(&world).public().clone();
    let late = Beacon { genesis: effective + 1, ..good.clone() };
    assert_eq!(world.propose(&late).unwrap_err(), out_of_bounds("genesis", effective + 1, 0, effective));
    world.propose(&Beacon { genesis: effective, ..good }).unwrap();
}

#[test]
fn few_beacons_wait_at_a_time() {
    let mut world = World::new();
    world.attest(&world.alice.clone(), &subject(), ROOT);
    let new = other(&world).public().clone();
    let until = world.now() + CONFIG.timelock;
    for _ in 0..4 {
        world.propose(&new).unwrap();
        world.block(60);
    }
    assert_eq!(world.propose(&new).unwrap_err(), ContractError::TooManyPending { pending: 4, until });
    world.block_at(until);
    world.propose(&new).unwrap();
}

#[test]
fn only_governance_proposes() {
    let mut world = World::new();
    let beacon = other(&world).public().clone();
    let error = world.refused(&world.alice.clone(), &ExecuteMsg::Propose { beacon });
    assert_eq!(error, ContractError::Ownership(cw_ownable::OwnershipError::NotOwner));
}

#[test]
fn beacons_are_listed_in_pages() {
    let mut world = World::new();
    for _ in 0..34 {
        world
            .propose(&Beacon {
                public_key: hex(&world.beacon.public().public_key.to_hex()),
                ..other(&world).public().clone()
            })
            .unwrap();
    }
    assert_eq!(beacons(&world).len(), 30);
    let rest: Vec<BeaconResponse> = world.query(&QueryMsg::Beacons { start_after: Some(BeaconId(30)), limit: Some(3) });
    assert_eq!(rest.iter().map(|b| b.id.0).collect::<Vec<_>>(), [31, 32, 33]);
}
