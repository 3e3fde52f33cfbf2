//! The client's first step: put program, plan and inputs where providers find them.

use cosmwasm_std::Uint128;
use serde::{Deserialize, Serialize};
use tequio_attestation::{Descriptor, Digest, Inputs, Manifest};
use tequio_protocol::escrow::{JobSpec, Kind};

use super::store::{Store, StoreError, key};

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

impl Bundle {
    /// Most bytes of one, as JSON.
    pub const MOST: u64 = 1 << 16;

    /// Of a program and a plan, still without inputs, kept for so long.
    pub fn of(program: &[u8], plan: &[u8], keep: u64) -> Self {
        Self { program: key(program), plan: key(plan), inputs: vec![], keep }
    }

    /// The same with these inputs.
    pub fn with(self, inputs: &Inputs) -> Self {
        Self { inputs: inputs.buffers().iter().map(|buffer| key(buffer)).collect(), ..self }
    }

    /// What a client needs to post, once all of this is stored.
    pub fn published(&self, manifest: &Manifest, inputs: &Inputs) -> Result<Published, StoreError> {
        let root = inputs.root(manifest, &inputs.tree(manifest));
        Ok(Published { data: key(&serde_json::to_vec(self)?), inputs: root, shards: inputs.shards() })
    }
}

/// Bytes of each input of a job of so many shards, in graph order.
pub fn sizes(manifest: &Manifest, shards: u64) -> impl Iterator<Item = u64> {
    let times = move |input: &Descriptor| if input.is_of_job() { 1 } else { shards };
    manifest.inputs().iter().map(move |input| (input.ty.bytes() as u64).saturating_mul(times(input)))
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
    let bundle = Bundle::of(&program, &plan, 0).with(inputs);
    upload(store, &bundle, program, plan, inputs).await?;
    bundle.published(manifest, inputs)
}

/// Stores all that a bundle names, and the bundle.
pub async fn upload(
    store: &Store,
    bundle: &Bundle,
    program: Vec<u8>,
    plan: Vec<u8>,
    inputs: &Inputs,
) -> Result<(), StoreError> {
    store.put_at(&bundle.program, program).await?;
    store.put_at(&bundle.plan, plan).await?;
    upload_inputs(store, bundle, inputs).await
}

/// Stores the inputs that a bundle names, and the bundle: its program and plan are stored already.
pub async fn upload_inputs(store: &Store, bundle: &Bundle, inputs: &Inputs) -> Result<(), StoreError> {
    for (key, buffer) in bundle.inputs.iter().zip(inputs.buffers()) {
        store.put_at(key, buffer.clone()).await?;
    }
    store.put(serde_json::to_vec(bundle)?).await?;
    Ok(())
}
