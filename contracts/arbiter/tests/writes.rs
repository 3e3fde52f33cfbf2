//! What demands and reveals write: each key costs gas, so that a new one is a decision.

use std::collections::BTreeMap;

use tequio_protocol::{DemandId, arbiter::Wanted, verifier::Verdict};

use crate::{
    program::FIRST,
    world::{ONE, World},
};

/// Keys written and removed, and the bytes of what was written.
#[derive(Debug, PartialEq)]
struct Writes {
    keys: usize,
    removed: usize,
    bytes: usize,
}

fn writes(world: &mut World, act: impl FnOnce(&mut World)) -> Writes {
    let stored = |world: &World| -> BTreeMap<_, _> { world.app.dump_wasm_raw(&world.arbiter).into_iter().collect() };
    let before = stored(world);
    act(world);
    let after = stored(world);
    let written: Vec<_> = after.iter().filter(|(key, value)| before.get(*key) != Some(value)).collect();
    let removed = before.keys().filter(|key| !after.contains_key(*key)).count();
    Writes { keys: written.len(), removed, bytes: written.iter().map(|(key, value)| key.len() + value.len()).sum() }
}

#[test]
fn a_demand_writes_few_keys_and_a_reveal_no_bytes_of_what_it_shows() {
    let mut world = World::new();
    let (bob, client) = (world.bob.clone(), world.client.clone());
    world.demands(&bob, Wanted::Shards { depth: 0, index: 0 });
    // Money, case, the demand and its three indices, the last number.
    let leaves = Wanted::Leaves { shard: FIRST, tensor: 1, first: 0 };
    let demand = writes(&mut world, |world| _ = world.demands(&bob, leaves));
    assert_eq!(demand, Writes { keys: 7, removed: 0, bytes: 937 });
    let id = world.demand(DemandId(2)).id;
    // Money, case, the demand; it leaves what is due.
    let reveal = writes(&mut world, |world| _ = world.reveals(id));
    assert_eq!(reveal, Writes { keys: 3, removed: 1, bytes: 829 });
    // A part of outputs: the demand.
    let outputs = world.demands(&client, Wanted::Outputs { first: FIRST, count: 2 }).demand;
    let message = world.revealing_part(outputs, 1_000);
    let part = writes(&mut world, |world| _ = world.sends(&client, message, 0));
    assert_eq!(part, Writes { keys: 1, removed: 0, bytes: 376 });
    // Money, the demand, a balance.
    world.verdict(ONE, Verdict::Genuine {});
    let settle = writes(&mut world, |world| _ = world.settles(&[id]));
    assert_eq!(settle, Writes { keys: 3, removed: 0, bytes: 609 });
}
