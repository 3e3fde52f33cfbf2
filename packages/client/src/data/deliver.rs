//! Deliver: outputs off chain, with what ties them to the attested root.
//!
//! A delivery is an index and parts of whole shards; a part holds for each of its shards the roots of its committed
//! tensors by slot, then its outputs. Neither side ever holds more than one part.

use serde::{Deserialize, Serialize};
use tequio_attestation::{Manifest, codec, tensor_tree, tree::Tree};
use tequio_protocol::Digest;

use super::store::{Store, StoreError};

/// A part is stored once it has as many bytes.
const PART: usize = 4 << 20;

/// What a delivery's key leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// The root of every shard, in order: the leaves of the tree that was attested.
    pub shards: Vec<Digest>,
    /// Keys of the parts, in the order of their shards.
    pub parts: Vec<String>,
}

/// Why a delivery is not what was attested.
#[derive(Debug, thiserror::Error)]
pub enum Undeliverable {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the index of the delivery is not what it should be: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a delivery of {wanted} shards ends early or too late")]
    Length { wanted: u64 },
    #[error("output {output} of shard {shard} is not what was attested")]
    Output { output: usize, shard: u64 },
    #[error("the tensors of shard {shard} are not those of its root")]
    Shard { shard: u64 },
    #[error("the delivery has root {found}, attested was {attested}")]
    Root { found: Digest, attested: Digest },
}

/// An assignment's delivery in the making.
pub struct Delivery<'a> {
    store: &'a Store,
    delivered: Delivered,
    part: codec::Writer,
}

impl<'a> Delivery<'a> {
    pub fn new(store: &'a Store) -> Self {
        Self { store, delivered: Delivered::default(), part: codec::Writer::default() }
    }

    /// Delivers the next shard: its root, the roots of its committed tensors by slot, and its outputs.
    pub async fn add(&mut self, root: Digest, roots: &[Digest], outputs: &[Vec<u8>]) -> Result<(), StoreError> {
        self.delivered.shards.push(root);
        roots.iter().for_each(|root| self.part.bytes(&root.0));
        outputs.iter().for_each(|output| self.part.bytes(output));
        if self.part.0.len() < PART { Ok(()) } else { self.store_part().await }
    }

    /// Stores what is left and the index, whose key it gives.
    pub async fn finish(mut self) -> Result<String, StoreError> {
        if !self.part.0.is_empty() {
            self.store_part().await?;
        }
        self.store.put(serde_json::to_vec(&self.delivered)?).await
    }

    async fn store_part(&mut self) -> Result<(), StoreError> {
        let part = std::mem::take(&mut self.part.0);
        self.delivered.parts.push(self.store.put(part).await?);
        Ok(())
    }
}

/// Fetches the index of a delivery of `count` shards and checks that their roots lie under the attested one.
pub async fn index(store: &Store, key: &str, count: u64, attested: &Digest) -> Result<Delivered, Undeliverable> {
    // A root and a key for each shard, in quotes, and some more.
    let most = count.saturating_mul(2 * 67).saturating_add(1 << 10);
    let delivered: Delivered = serde_json::from_slice(&store.get(key, most).await?)?;
    if delivered.shards.len() as u64 != count {
        return Err(Undeliverable::Length { wanted: count });
    }
    let found = Tree::new(delivered.shards.clone()).root();
    if found != *attested {
        return Err(Undeliverable::Root { found, attested: *attested });
    }
    Ok(delivered)
}

/// Fetches a delivery of `count` shards and checks every output against the attested root. Gives `sink` each shard's
/// outputs, in order, once they are checked.
pub async fn receive(
    store: &Store,
    key: &str,
    manifest: &Manifest,
    count: u64,
    attested: &Digest,
    mut sink: impl FnMut(Vec<Vec<u8>>),
) -> Result<(), Undeliverable> {
    let Delivered { shards, parts } = index(store, key, count, attested).await?;
    let length = Undeliverable::Length { wanted: count };
    let mut wanted = (0..).zip(&shards);
    // The shard that fills a part may be of any size.
    let outputs: u64 = manifest.outputs().iter().map(|output| output.ty.bytes() as u64).sum();
    let most = PART as u64 + 32 * u64::from(manifest.header.committed) + outputs;
    for part in parts {
        let bytes = store.get(&part, most).await?;
        let mut r = codec::Reader::new(&bytes);
        // No part is empty: each brings the end closer.
        loop {
            let Some((shard, root)) = wanted.next() else { return Err(length) };
            sink(read_shard(&mut r, manifest, shard, count, root)?);
            if r.is_empty() {
                break;
            }
        }
    }
    if wanted.next().is_none() { Ok(()) } else { Err(length) }
}

/// Reads one shard's outputs and checks that they lead to `root`.
fn read_shard(
    r: &mut codec::Reader,
    manifest: &Manifest,
    shard: u64,
    wanted: u64,
    root: &Digest,
) -> Result<Vec<Vec<u8>>, Undeliverable> {
    let early = |_| Undeliverable::Length { wanted };
    let roots = (0..manifest.header.committed).map(|_| r.digest()).collect::<Result<Vec<_>, _>>();
    let roots = roots.map_err(early)?;
    let mut outputs = vec![];
    for (output, tensor) in manifest.outputs().iter().enumerate() {
        let bytes = r.bytes(tensor.ty.bytes()).map_err(early)?;
        if tensor_tree(&tensor.ty, tensor.layout, bytes).root() != roots[tensor.slot as usize] {
            return Err(Undeliverable::Output { output, shard });
        }
        outputs.push(bytes.to_vec());
    }
    if Tree::new(roots).root() != *root {
        return Err(Undeliverable::Shard { shard });
    }
    Ok(outputs)
}
