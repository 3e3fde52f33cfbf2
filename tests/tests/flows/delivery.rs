//! A client takes no outputs but those that were attested.

use tequio_attestation::{Digest, tensor_tree};
use tequio_runner::pipeline::{Store, Undeliverable, receive};
use tequio_tests::{World, job, model::layers};

struct Delivered {
    store: Store,
    bytes: Vec<u8>,
    root: Digest,
}

/// Eight shards of the small program, settled.
fn delivered() -> Delivered {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.complete(&alice);
    let bytes = world.store.get(&world.held(assignment).delivered).unwrap();
    Delivered { bytes, root: world.attestation(assignment).root.0, store: world.store }
}

impl Delivered {
    fn receive(&self, bytes: Vec<u8>) -> Result<Vec<Vec<Vec<u8>>>, Undeliverable> {
        let key = self.store.put(bytes).unwrap();
        receive(&self.store, &key, layers().manifest(), 8, &self.root)
    }
}

/// Bytes of one shard of a delivery: four roots and the output.
const SHARD: usize = 4 * 32 + OUTPUT;
const OUTPUT: usize = 4 * 4 * 8;

#[test]
fn what_was_attested_is_taken() {
    let delivered = delivered();
    let outputs = delivered.receive(delivered.bytes.clone()).unwrap();
    assert_eq!((outputs.len(), outputs[7][0].len(), delivered.bytes.len()), (8, OUTPUT, 8 * SHARD));
    assert_eq!(outputs[7][0], delivered.bytes[8 * SHARD - OUTPUT..]);
}

#[test]
fn no_other_outputs_are() {
    let delivered = delivered();
    for at in [4 * 32, 3 * SHARD + 4 * 32 + 5, 8 * SHARD - 1] {
        let mut bytes = delivered.bytes.clone();
        bytes[at] ^= 1;
        let shard = (at / SHARD) as u64;
        let found = delivered.receive(bytes);
        assert!(matches!(found, Err(Undeliverable::Output { output: 0, shard: at }) if at == shard), "{found:?}");
    }
}

#[test]
fn not_even_with_roots_to_match() {
    let delivered = delivered();
    let mut bytes = delivered.bytes.clone();
    let output = &mut bytes[4 * 32..SHARD];
    output[0] ^= 1;
    let manifest = layers();
    let (id, layout) = manifest.manifest().committed()[3];
    let root = tensor_tree(&manifest.manifest().descriptor(id).ty, layout, output).root();
    bytes[3 * 32..4 * 32].copy_from_slice(&root);
    assert!(matches!(delivered.receive(bytes), Err(Undeliverable::Root { .. })));
}

#[test]
fn neither_more_nor_less_nor_in_another_order() {
    let delivered = delivered();
    let bytes = &delivered.bytes;
    for wrong in [vec![], bytes[..bytes.len() - 1].to_vec(), [bytes, &[0][..]].concat(), bytes.repeat(2)] {
        assert!(matches!(delivered.receive(wrong), Err(Undeliverable::Length { wanted: 8 })));
    }
    let swapped = [&bytes[SHARD..2 * SHARD], &bytes[..SHARD], &bytes[2 * SHARD..]].concat();
    assert!(matches!(delivered.receive(swapped), Err(Undeliverable::Root { .. })));
    let missing = receive(&delivered.store, &"0".repeat(64), layers().manifest(), 8, &delivered.root);
    assert!(matches!(missing, Err(Undeliverable::Store(_))));
}
