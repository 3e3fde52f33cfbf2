//! The client's first step: put program, plan and inputs where providers find them.

use cosmwasm_std::Uint128;
use serde::{Deserialize, Serialize};
use tequio_attestation::{Digest, Inputs, Manifest};
use tequio_protocol::escrow::{JobSpec, Kind};

use super::store::{Store, StoreError};

/// What a job's `data` leads to: keys of a program's parts in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The TOSA flatbuffer.
    pub program: String,
    /// The plan it is compiled with, JSON.
    pub plan: String,
    /// For each input in graph order its elements for all shards, or for the job, canonical bytes.
    pub inputs: Vec<String>,
    /// Seconds after the job's end for which inputs and outputs are kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub keep: u64,
}

fn is_zero(seconds: &u64) -> bool {
    *seconds == 0
}

/// Where the outputs of an attestation are looked for in the store that a job's data is in: whoever delivers makes this lead
/// to the delivery.
pub fn outputs(root: &Digest) -> String {
    format!("outputs/{root}")
}

/// What a client needs to post.
#[derive(Clone, Debug)]
pub struct Published {
    /// Key of the bundle: the job's `data`.
    pub data: String,
    /// Root over the inputs of all shards, and of the job.
    pub inputs: Digest,
    pub shards: u64,
}

impl Published {
    /// A job over this data for the program of `manifest`, to be posted once price, draws and end are filled in: a
    /// client's, open to everyone, in assignments of any size, with the audit window that escrow gives, an hour to attest.
    pub fn spec(self, manifest: &Manifest) -> JobSpec {
        JobSpec {
            header: manifest.header.encode().into(),
            descriptors: manifest.tree.root(),
            inputs: self.inputs,
            shards: self.shards,
            price: Uint128::zero(),
            draws: 0,
            kind: Kind::Client,
            attest_window: 3_600,
            audit_window: None,
            principal: None,
            end: 0,
            min_providers: 1,
            least: 1,
            takers: vec![],
            data: self.data,
        }
    }
}

/// Stores a job's data.
pub async fn publish(
    store: &Store,
    program: Vec<u8>,
    plan: Vec<u8>,
    manifest: &Manifest,
    inputs: &Inputs,
) -> Result<Published, StoreError> {
    let (program, plan) = (store.put(program).await?, store.put(plan).await?);
    publish_inputs(store, Bundle { program, plan, inputs: vec![], keep: 0 }, manifest, inputs).await
}

/// Stores the inputs of a job whose program and plan are where `bundle` says.
pub async fn publish_inputs(
    store: &Store,
    bundle: Bundle,
    manifest: &Manifest,
    inputs: &Inputs,
) -> Result<Published, StoreError> {
    let mut keys = vec![];
    for buffer in inputs.buffers() {
        keys.push(store.put(buffer.clone()).await?);
    }
    let data = store.put(serde_json::to_vec(&Bundle { inputs: keys, ..bundle })?).await?;
    let root = inputs.root(manifest, &inputs.tree(manifest));
    Ok(Published { data, inputs: root, shards: inputs.shards() })
}
