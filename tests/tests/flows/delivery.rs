//! A client takes no outputs but those that were attested.

use serde_json::{from_slice, to_vec};
use tequio_attestation::{tensor_tree, tree::Tree};
use tequio_backend::Outputs;
use tequio_client::data::{Delivered, Delivery, Store, Undeliverable, receive};
use tequio_protocol::Digest;
use tequio_tests::{World, job, model::layers, wait};

/// What an honest provider delivered, with the only part there is.
struct Honest {
    store: Store,
    index: Delivered,
    bytes: Vec<u8>,
    root: Digest,
}

/// Eight shards of the small program, settled.
fn delivered() -> Honest {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.complete(&alice);
    let index: Delivered =
        from_slice(&wait(world.store.get(&world.held(assignment).delivered, 1 << 20)).unwrap()).unwrap();
    let [part] = &index.parts[..] else { panic!("{index:?}") };
    let bytes = wait(world.store.get(part, 1 << 20)).unwrap();
    Honest { bytes, index, root: world.attestation(assignment).root, store: world.store }
}

impl Honest {
    /// Receives other bytes, in parts, with the honest index else.
    fn receive<const N: usize>(&self, parts: [Vec<u8>; N]) -> Result<Vec<Outputs>, Undeliverable> {
        let parts = parts.map(|part| wait(self.store.put(part)).unwrap()).into();
        self.receive_index(&to_vec(&Delivered { parts, ..self.index.clone() }).unwrap())
    }

    fn receive_index(&self, index: &[u8]) -> Result<Vec<Outputs>, Undeliverable> {
        let (key, mut outputs) = (wait(self.store.put(index.to_vec())).unwrap(), vec![]);
        wait(receive(&self.store, &key, layers().manifest(), 8, &self.root, |shard| outputs.push(shard)))?;
        Ok(outputs)
    }
}

/// Bytes of one shard of a delivery: four roots and the output.
const SHARD: usize = 4 * 32 + OUTPUT;
const OUTPUT: usize = 4 * 4 * 8;

#[test]
fn what_was_attested_is_taken() {
    let delivered = delivered();
    let outputs = delivered.receive([delivered.bytes.clone()]).unwrap();
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
        let found = delivered.receive([bytes]);
        assert!(matches!(found, Err(Undeliverable::Output { output: 0, shard: at }) if at == shard), "{found:?}");
    }
}

#[test]
fn parts_are_whole_shards() {
    let delivered = delivered();
    let whole = delivered.receive([delivered.bytes.clone()]).unwrap();
    for at in [1, 5, 7] {
        let (first, second) = delivered.bytes.split_at(at * SHARD);
        assert_eq!(delivered.receive([first.to_vec(), second.to_vec()]).unwrap(), whole);
    }
    let (first, second) = delivered.bytes.split_at(3 * SHARD + 7);
    let cut = delivered.receive([first.to_vec(), second.to_vec()]);
    assert!(matches!(cut, Err(Undeliverable::Length { wanted: 8 })), "{cut:?}");
}

/// A part is stored as soon as it is large, however many shards are to come.
#[test]
fn nobody_holds_more_than_a_part() {
    let store = Store::memory();
    let mut delivery = Delivery::new(&store);
    let root = |digest: u8| Digest([digest; 32]);
    for shard in 0..5 {
        let outputs = vec![vec![shard; 3 << 20]];
        wait(delivery.add(root(shard), &[root(shard)], &outputs)).unwrap();
    }
    let index: Delivered = from_slice(&wait(store.get(&wait(delivery.finish()).unwrap(), 1 << 20)).unwrap()).unwrap();
    let sizes: Vec<usize> = index.parts.iter().map(|part| wait(store.get(part, 1 << 30)).unwrap().len()).collect();
    let shard = 32 + (3 << 20);
    assert_eq!((sizes, index.shards.len()), (vec![2 * shard, 2 * shard, shard], 5));
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
    bytes[3 * 32..4 * 32].copy_from_slice(&root.0);
    assert!(matches!(delivered.receive([bytes.clone()]), Err(Undeliverable::Shard { shard: 0 })));
    // And the shard's root to match those.
    let mut index = delivered.index.clone();
    let roots = bytes[..4 * 32].as_chunks().0.iter().copied().map(Digest).collect();
    index.shards[0] = Tree::new(roots).root();
    index.parts = vec![wait(delivered.store.put(bytes)).unwrap()];
    let found = delivered.receive_index(&to_vec(&index).unwrap());
    assert!(matches!(found, Err(Undeliverable::Root { .. })), "{found:?}");
}

#[test]
fn neither_more_nor_less_nor_in_another_order() {
    let delivered = delivered();
    let bytes = &delivered.bytes;
    for wrong in [vec![], bytes[..bytes.len() - 1].to_vec(), [bytes, &[0][..]].concat(), bytes.repeat(2)] {
        assert!(matches!(delivered.receive([wrong]), Err(Undeliverable::Length { wanted: 8 })));
    }
    for parts in [[bytes.clone(), vec![]], [bytes.clone(), bytes.clone()], [vec![], bytes.clone()]] {
        assert!(matches!(delivered.receive(parts), Err(Undeliverable::Length { wanted: 8 })));
    }
    assert!(matches!(delivered.receive([]), Err(Undeliverable::Length { wanted: 8 })));
    let swapped = [&bytes[SHARD..2 * SHARD], &bytes[..SHARD], &bytes[2 * SHARD..]].concat();
    assert!(matches!(delivered.receive([swapped]), Err(Undeliverable::Shard { shard: 0 })));
    let nowhere = "0".repeat(64);
    let missing = wait(receive(&delivered.store, &nowhere, layers().manifest(), 8, &delivered.root, |_| ()));
    assert!(matches!(missing, Err(Undeliverable::Store(_))));
}

#[test]
fn no_other_index_is() {
    let delivered = delivered();
    let found = |change: &dyn Fn(&mut Delivered)| {
        let mut index = delivered.index.clone();
        change(&mut index);
        delivered.receive_index(&to_vec(&index).unwrap())
    };
    assert!(found(&|_| ()).is_ok());
    assert!(matches!(found(&|index| index.shards.swap(0, 1)), Err(Undeliverable::Root { .. })));
    assert!(matches!(found(&|index| index.shards.truncate(7)), Err(Undeliverable::Length { wanted: 8 })));
    assert!(matches!(found(&|index| index.shards.push(index.shards[0])), Err(Undeliverable::Length { wanted: 8 })));
    assert!(matches!(found(&|index| index.parts = vec!["0".repeat(64)]), Err(Undeliverable::Store(_))));
    assert!(matches!(delivered.receive_index(b"{}"), Err(Undeliverable::Json(_))));
}
