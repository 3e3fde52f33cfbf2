//! What strangers put into a store: it is taken only if it is what was attested.

use std::sync::Mutex;

use serde_json::{from_slice, to_vec};
use tequio_attestation::{Digest, Manifest, tensor_tree, tree::Tree};
use tequio_client::data::{Bundle, Delivered, Delivery, Store, receive};
use tequio_fuzz::{Read, fuzz};
use tequio_program::{compile, load};
use tokio::runtime::{Builder, Runtime};

const SHARDS: u64 = 3;

type Outputs = Vec<Vec<u8>>;

fn manifest() -> Manifest {
    let digits = tequio_models::digits();
    let compiled = compile(&load(digits.program).unwrap(), &digits.plan).unwrap();
    Manifest::clone(&compiled.manifest)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// What a provider delivers of shards whose tensors hold nothing but their shard's number.
struct Honest {
    manifest: Manifest,
    index: Delivered,
    part: Vec<u8>,
    root: Digest,
    outputs: Vec<Outputs>,
}

fn honest() -> Honest {
    let (manifest, store, runtime) = (manifest(), Store::memory(), runtime());
    let mut delivery = Delivery::new(&store);
    let (mut shards, mut outputs) = (vec![], vec![]);
    for shard in 0..SHARDS {
        let filled = |bytes| vec![shard as u8; bytes];
        let root = |(tensor, layout)| {
            let ty = manifest.descriptor(tensor).ty;
            tensor_tree(&ty, layout, &filled(ty.bytes())).root()
        };
        let roots: Vec<Digest> = manifest.committed().into_iter().map(root).collect();
        let shown: Outputs = manifest.outputs().iter().map(|output| filled(output.ty.bytes())).collect();
        shards.push(Tree::new(roots.clone()).root());
        runtime.block_on(delivery.add(shards[shard as usize], &roots, &shown)).unwrap();
        outputs.push(shown);
    }
    let key = runtime.block_on(delivery.finish()).unwrap();
    let index: Delivered = from_slice(&runtime.block_on(store.get(&key, 1 << 20)).unwrap()).unwrap();
    let part = runtime.block_on(store.get(&index.parts[0], 1 << 20)).unwrap();
    Honest { manifest, part, root: Tree::new(shards).root(), index, outputs }
}

impl Honest {
    /// Receives this index and these parts.
    fn receive(&self, runtime: &Runtime, index: &[u8], parts: &[&[u8]]) -> Read {
        let (store, received) = (Store::memory(), Mutex::new(vec![]));
        let found = runtime.block_on(async {
            for part in parts {
                store.put(part.to_vec()).await.unwrap();
            }
            let key = store.put(index.to_vec()).await.unwrap();
            receive(&store, &key, &self.manifest, SHARDS, &self.root, |shard| received.lock().unwrap().push(shard))
                .await
        });
        let received = received.into_inner().unwrap();
        // Each shard is checked before it is given.
        assert!(self.outputs.starts_with(&received), "outputs that were not attested");
        assert!(found.is_err() || received.len() as u64 == SHARDS, "outputs are missing");
        Read::from(&found)
    }
}

#[test]
fn deliveries() {
    let (honest, runtime) = (honest(), runtime());
    fuzz("deliveries", 2_000, std::slice::from_ref(&honest.part), &[], |case| {
        let key = runtime.block_on(Store::memory().put(case.bytes.to_vec())).unwrap();
        let index = Delivered { parts: vec![key], ..honest.index.clone() };
        honest.receive(&runtime, &to_vec(&index).unwrap(), &[case.bytes])
    });
}

#[test]
fn indexes() {
    let (honest, runtime) = (honest(), runtime());
    let index = to_vec(&honest.index).unwrap();
    fuzz("indexes", 2_000, &[index], &[b"[", b"]", b",", b"\"\"", b"null", b"{"], |case| {
        honest.receive(&runtime, case.bytes, &[&honest.part])
    });
}

#[test]
fn bundles() {
    let bundle = Bundle { inputs: vec!["0".repeat(64)], ..Bundle::of(b"program", b"plan", 60) };
    fuzz("bundles", 2_000, &[to_vec(&bundle).unwrap()], &[b"[", b"]", b",", b"null", b"{", b"1e9"], |case| {
        let found = from_slice::<Bundle>(case.bytes);
        if let Ok(found) = &found {
            assert_eq!(&from_slice::<Bundle>(&to_vec(found).unwrap()).unwrap(), found);
        }
        Read::from(&found)
    });
}
