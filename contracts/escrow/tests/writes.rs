//! What the words of an assignment's life write: each key costs gas, so that a new one is a decision.

use std::collections::BTreeMap;

use tequio_protocol::{AssignmentId, escrow::JobSpec, verifier::Verdict};

use crate::world::World;

type Stored = BTreeMap<Vec<u8>, Vec<u8>>;

/// Keys written and removed, and the bytes of what was written.
#[derive(Debug, PartialEq)]
struct Writes {
    keys: usize,
    removed: usize,
    bytes: usize,
}

fn writes(world: &mut World, act: impl FnOnce(&mut World)) -> Writes {
    let stored = |world: &World| -> Stored { world.app.dump_wasm_raw(&world.escrow).into_iter().collect() };
    let before = stored(world);
    act(world);
    let after = stored(world);
    let written: Vec<_> = after.iter().filter(|(key, value)| before.get(*key) != Some(value)).collect();
    let removed = before.keys().filter(|key| !after.contains_key(*key)).count();
    Writes { keys: written.len(), removed, bytes: written.iter().map(|(key, value)| key.len() + value.len()).sum() }
}

#[test]
fn an_assignment_writes_few_keys() {
    let mut world = World::new();
    let spec = world.spec();
    let job = world.post(spec);
    let (alice, mut taken) = (world.alice.operator.clone(), AssignmentId(0));
    world.assign(&alice, job, 1);
    // Ledger, tally, free range (one for another), share, assignment, its two indices, the last number.
    let assign = writes(&mut world, |world| taken = world.assign(&alice, job, 2));
    assert_eq!((assign.keys, assign.removed), (8, 1), "{assign:?}");
    world.attest(taken);
    world.verdict(taken, Verdict::Genuine {});
    world.pass(600);
    // Ledger, tally, balance, assignment; it leaves the active.
    let settle = writes(&mut world, |world| _ = world.settle(taken));
    // As before anybody could demand or refute anything: whoever is honest pays nothing for it.
    assert_eq!(settle, Writes { keys: 4, removed: 1, bytes: 321 });
    let absent = world.assign(&alice, job, 2);
    world.pass(3_601);
    // Ledger, tally, share, free range (one for another), assignment, absences, the client's gas; out of the active.
    let expire = writes(&mut world, |world| _ = world.expire(absent));
    assert_eq!((expire.keys, expire.removed), (7, 2), "{expire:?}");
    println!("assign {assign:?}, settle {settle:?}, expire {expire:?}");
}

/// Who may take a job is kept in the job: one that is anyone's takes not a byte for it.
#[test]
fn takers_are_no_keys_and_one_byte_where_there_are_none() {
    let mut world = World::new();
    let (spec, taker) = (world.spec(), world.alice.owner.to_string());
    world.post(spec.clone());
    // The job, its tally, its free range, open; the ledger and the last number.
    let anyones = writes(&mut world, |world| _ = world.post(spec.clone()));
    let named = writes(&mut world, |world| _ = world.post(JobSpec { takers: vec![taker.clone()], ..spec.clone() }));
    assert_eq!((anyones.keys, named.keys), (6, 6));
    // One byte says how many there are, and one how long each is.
    assert_eq!(named.bytes - anyones.bytes, 1 + taker.len());
}
