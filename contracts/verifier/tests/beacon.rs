use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{
    BeaconId,
    verifier::{Beacon, ExecuteMsg, QueryMsg, RoundResponse, RoundStored},
};
use tequio_verifier::{ContractError, core::beacon::randomness};

use crate::world::{FIRST, World, event, hex};

#[test]
fn anyone_posts_a_round_once_it_is_due() {
    let mut world = World::new();
    let round = world.beacon.public().round_after(world.now());
    world.block_at(world.beacon.public().time_of(round));
    let answer = world.send(&world.bob.clone(), &world.signed(round)).unwrap();
    let expected = randomness(&world.beacon.sign(round));
    assert_eq!(event::<RoundStored>(&answer), RoundStored { beacon: FIRST, round, randomness: expected });

    let stored: Option<RoundResponse> = world.query(&QueryMsg::Round { beacon: FIRST, round });
    assert_eq!(stored, Some(RoundResponse { randomness: expected, stored: world.moment() }));
    let other: Option<RoundResponse> = world.query(&QueryMsg::Round { beacon: FIRST, round: round + 1 });
    assert_eq!(other, None);
}

#[test]
fn rounds_may_come_in_any_order() {
    let mut world = World::new();
    world.block(60);
    for round in [9, 1, 20] {
        world.send(&world.alice.clone(), &world.signed(round)).unwrap();
    }
}

/// drand quicknet's own key, and the signature it published for round 1000.
#[test]
fn quicknets_round_1000_is_taken() {
    let mut world = World::new();
    let quicknet = Beacon {
        public_key: hex(
            "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921c\
             c22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
        ),
        genesis: 1_692_803_367,
        period: 3,
    };
    world.block_at(quicknet.genesis + 1_000_000);
    world.propose(&quicknet).unwrap();
    let signature =
        hex("b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39");
    let beacon = BeaconId(2);
    world.send(&world.bob.clone(), &ExecuteMsg::Beacon { beacon, round: 1000, signature: signature.clone() }).unwrap();
    let wrong = world.refused(&world.bob.clone(), &ExecuteMsg::Beacon { beacon, round: 1001, signature });
    assert_eq!(wrong, ContractError::WrongSignature { beacon, round: 1001 });

    let stored: Option<RoundResponse> = world.query(&QueryMsg::Round { beacon, round: 1000 });
    let published = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
    assert_eq!(stored.unwrap().randomness.to_string(), published);
}

/// A compressed point with this x.
fn compressed(x: u8) -> Vec<u8> {
    let mut point = vec![0; 48];
    (point[0], point[47]) = (0x80, x);
    point
}

#[test]
fn every_wrong_round_has_its_error() {
    let mut world = World::new();
    world.block(60);
    let now = world.now();
    let round = 7;
    let next = world.beacon.public().round_after(now);
    let due = world.beacon.public().time_of(next);
    let good = world.beacon.sign(round);
    let last = |bytes: &[u8]| [&bytes[..47], &[bytes[47] ^ 1]].concat();
    let negated = [&[good[0] ^ 0x20], &good[1..]].concat();
    let mut infinity = vec![0; 48];
    infinity[0] = 0xc0;
    // On the curve, of order 3: pairing it would give 1.
    let small = compressed(0);
    let above_the_prime = [&[0x9f][..], &[0xff; 47]].concat();

    let wrong = ContractError::WrongSignature { beacon: FIRST, round };
    let bad = |bytes| ContractError::BadSignature { bytes };
    let far = u64::MAX;
    let unknown = BeaconId(2);
    let table = [
        ("unknown beacon", unknown, round, good.clone(), ContractError::UnknownBeacon { beacon: unknown }),
        ("round 0", FIRST, 0, world.beacon.sign(0), OutOfBounds::Zero { name: "round" }.into()),
        ("not due", FIRST, next, world.beacon.sign(next), ContractError::NotDue { round: next, due, now }),
        ("never due", FIRST, far, world.beacon.sign(far), ContractError::NotDue { round: far, due: far, now }),
        ("of another round", FIRST, round, world.beacon.sign(round + 1), wrong),
        ("negated", FIRST, round, negated, ContractError::WrongSignature { beacon: FIRST, round }),
        ("point at infinity", FIRST, round, infinity, ContractError::WrongSignature { beacon: FIRST, round }),
        ("of small order", FIRST, round, small, bad(48)),
        ("infinity and more", FIRST, round, vec![0xff; 48], ContractError::WrongSignature { beacon: FIRST, round }),
        ("not on the curve", FIRST, round, compressed(1), bad(48)),
        ("x above the prime", FIRST, round, above_the_prime, bad(48)),
        ("not compressed", FIRST, round, [&[good[0] & 0x7f], &good[1..]].concat(), bad(48)),
        ("empty", FIRST, round, vec![], bad(0)),
        ("too short", FIRST, round, good[..47].to_vec(), bad(47)),
        ("two signatures", FIRST, round, [&good[..], &good].concat(), bad(96)),
    ];
    for (name, beacon, round, signature, error) in table {
        let msg = ExecuteMsg::Beacon { beacon, round, signature: signature.into() };
        assert_eq!(world.refused(&world.bob.clone(), &msg), error, "{name}");
    }
    let msg = ExecuteMsg::Beacon { beacon: FIRST, round, signature: last(&good).into() };
    let error = world.refused(&world.bob.clone(), &msg);
    assert!(matches!(error, ContractError::BadSignature { .. } | ContractError::WrongSignature { .. }), "{error}");
}

#[test]
fn a_round_is_stored_once() {
    let mut world = World::new();
    world.block(60);
    world.send(&world.bob.clone(), &world.signed(7)).unwrap();
    let first: Option<RoundResponse> = world.query(&QueryMsg::Round { beacon: FIRST, round: 7 });
    world.block(60);
    let again = world.send(&world.alice.clone(), &world.signed(7)).unwrap();
    assert!(!again.events.iter().any(|event| event.ty == "wasm-round_stored"), "{again:?}");
    let now: Option<RoundResponse> = world.query(&QueryMsg::Round { beacon: FIRST, round: 7 });
    assert_eq!(now, first);
    let signature = world.beacon.sign(8).into();
    let error = world.refused(&world.alice.clone(), &ExecuteMsg::Beacon { beacon: FIRST, round: 7, signature });
    assert_eq!(error, ContractError::WrongSignature { beacon: FIRST, round: 7 });
}

/// Else whoever posts a round could choose among several hashes of it.
#[test]
fn a_signature_has_one_encoding() {
    const PRIME: [u8; 48] = [
        0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7, 0x64, 0x77,
        0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24, 0x1e, 0xab, 0xff, 0xfe,
        0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
    ];
    let mut world = World::new();
    world.block(600);
    // x + p fits beside the flags where x is small enough.
    let (round, signature) =
        (1..200).map(|round| (round, world.beacon.sign(round))).find(|(_, s)| s[0] & 0x1f < 5).unwrap();
    let mut other = signature.clone();
    other[0] &= 0x1f;
    let mut carry = 0;
    for (byte, prime) in other.iter_mut().zip(PRIME).rev() {
        let sum = *byte as u16 + prime as u16 + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    other[0] |= signature[0] & 0xe0;
    let msg = ExecuteMsg::Beacon { beacon: FIRST, round, signature: other.into() };
    assert_eq!(world.refused(&world.bob.clone(), &msg), ContractError::BadSignature { bytes: 48 });
    world.send(&world.bob.clone(), &world.signed(round)).unwrap();
}
