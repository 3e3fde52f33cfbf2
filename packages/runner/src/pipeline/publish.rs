//! The client's first step: put program, plan and inputs where providers find them.

use serde::{Deserialize, Serialize};
use tequio_attestation::{Digest, Manifest, Source, shard_tree, tensor_tree, tree::Tree};

use super::store::{Store, StoreError};

/// What a job's `data` leads to: keys of a program's parts in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The TOSA flatbuffer.
    pub program: String,
    /// The plan it is compiled with, JSON.
    pub plan: String,
    /// For each input in graph order its elements for all shards, canonical bytes.
    pub inputs: Vec<String>,
}

/// What a client needs to post.
#[derive(Clone, Debug)]
pub struct Published {
    /// Key of the bundle: the job's `data`.
    pub data: String,
    /// Root of the tree over the inputs of all shards.
    pub inputs: Digest,
    pub shards: u64,
}

/// Stores a job's data. `inputs` are, for each input in graph order, canonical bytes of whole shards.
pub fn publish(
    store: &Store,
    program: Vec<u8>,
    plan: Vec<u8>,
    manifest: &Manifest,
    inputs: &[Vec<u8>],
) -> Result<Published, StoreError> {
    let tree = input_tree(manifest, inputs);
    let bundle = Bundle {
        program: store.put(program)?,
        plan: store.put(plan)?,
        inputs: inputs.iter().map(|input| store.put(input.clone())).collect::<Result<_, _>>()?,
    };
    let bundle = serde_json::to_vec(&bundle).unwrap_or_default();
    Ok(Published { data: store.put(bundle)?, inputs: tree.root(), shards: tree.leaves().len() as u64 })
}

/// The tree over the inputs of all shards that `inputs` hold.
fn input_tree(manifest: &Manifest, inputs: &[Vec<u8>]) -> Tree {
    let shards = shard_count(manifest, inputs);
    let shard = |shard: u64| {
        let trees: Vec<Tree> = (0..inputs.len())
            .filter_map(|port| match manifest.tensors[port].source {
                Source::Input { layout } => {
                    Some(tensor_tree(&manifest.tensors[port].ty, layout, shard_input(manifest, inputs, shard, port)))
                }
                _ => None,
            })
            .collect();
        shard_tree(&trees).root()
    };
    Tree::new((0..shards).map(shard).collect())
}

/// Whole shards that `inputs` hold.
fn shard_count(manifest: &Manifest, inputs: &[Vec<u8>]) -> u64 {
    let whole = |(port, input): (usize, &Vec<u8>)| input.len() as u64 / input_bytes(manifest, port) as u64;
    inputs.iter().enumerate().map(whole).min().unwrap_or(0)
}

/// Bytes of one shard of an input.
fn input_bytes(manifest: &Manifest, port: usize) -> usize {
    let ty = manifest.tensors[port].ty;
    ty.shape.elements() as usize * ty.dtype.bytes()
}

fn shard_input<'a>(manifest: &Manifest, inputs: &'a [Vec<u8>], shard: u64, port: usize) -> &'a [u8] {
    let bytes = input_bytes(manifest, port);
    &inputs[port][shard as usize * bytes..][..bytes]
}
