//! Fetch: get a job's program and inputs, and refuse what is not what the chain says.

use tequio_attestation::{Manifest, element, input_root, tree::Tree};
use tequio_program::{Compiled, Plan, Refused, compile, load};
use tequio_protocol::{Digest, ProgramId, escrow::JobResponse};

use super::{
    publish::{Bundle, input_bytes, input_tree, shard_count, shard_input},
    store::{Store, StoreError},
};

/// A job's program and inputs, checked against what the chain says of them.
pub struct Work {
    pub compiled: Compiled,
    /// For each input in graph order, its elements for all shards.
    pub inputs: Vec<Vec<u8>>,
    pub input_tree: Tree,
}

/// Why a provider should not take a job.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the bundle or the plan is not what it should be: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Program(#[from] Refused),
    #[error("the program compiles to {compiled}, the job names {posted}")]
    ProgramId { compiled: ProgramId, posted: ProgramId },
    #[error("the program costs {compiled} a shard, the job says {posted}")]
    Cost { compiled: u64, posted: u64 },
    #[error("{found} inputs of {shards} whole shards, not {wanted} of {posted}")]
    Inputs { found: usize, wanted: usize, shards: u64, posted: u64 },
    #[error("input {input} has the element {value}, which its type does not")]
    Element { input: usize, value: i64 },
    #[error("the inputs have root {found}, the job names {posted}")]
    InputRoot { found: Digest, posted: Digest },
}

/// Fetches a job's data and compiles its program again.
pub fn fetch(store: &Store, job: &JobResponse) -> Result<Work, FetchError> {
    let bundle: Bundle = serde_json::from_slice(&store.get(&job.data)?)?;
    let plan: Plan = serde_json::from_slice(&store.get(&bundle.plan)?)?;
    let compiled = compile(&load(&store.get(&bundle.program)?)?, &plan)?;
    let inputs = bundle.inputs.iter().map(|key| store.get(key)).collect::<Result<Vec<_>, _>>()?;
    check_program(&compiled.manifest, job)?;
    check_inputs(&compiled.manifest, &inputs, job)?;
    let input_tree = input_tree(&compiled.manifest, &inputs);
    let found = Digest(input_root(job.shards, &input_tree.root()));
    if found != job.input_root {
        return Err(FetchError::InputRoot { found, posted: job.input_root });
    }
    Ok(Work { compiled, inputs, input_tree })
}

fn check_program(manifest: &Manifest, job: &JobResponse) -> Result<(), FetchError> {
    let compiled = ProgramId::from(manifest.program_id());
    if compiled != job.program_id {
        return Err(FetchError::ProgramId { compiled, posted: job.program_id });
    }
    if manifest.header.cost != job.work {
        return Err(FetchError::Cost { compiled: manifest.header.cost, posted: job.work });
    }
    Ok(())
}

fn check_inputs(manifest: &Manifest, inputs: &[Vec<u8>], job: &JobResponse) -> Result<(), FetchError> {
    let wanted = manifest.header.inputs as usize;
    let exact = |(port, input): (usize, &Vec<u8>)| {
        input.len() as u64 == job.shards.saturating_mul(input_bytes(manifest, port) as u64)
    };
    if inputs.len() == wanted && inputs.iter().enumerate().all(exact) {
        return inputs.iter().enumerate().try_for_each(|(port, input)| check_elements(manifest, port, input));
    }
    let shards = if inputs.len() == wanted { shard_count(manifest, inputs) } else { 0 };
    Err(FetchError::Inputs { found: inputs.len(), wanted, shards, posted: job.shards })
}

/// A bool or an int4 is a byte that can hold more than it should: no backend could run such a shard.
fn check_elements(manifest: &Manifest, port: usize, input: &[u8]) -> Result<(), FetchError> {
    let dtype = manifest.tensors[port].ty.dtype;
    let mut values = input.chunks(dtype.bytes()).map(|word| element(word, 0, dtype));
    match values.find(|value| dtype.wrap(*value) != *value) {
        Some(value) => Err(FetchError::Element { input: port, value }),
        None => Ok(()),
    }
}

impl Work {
    pub fn manifest(&self) -> &Manifest {
        &self.compiled.manifest
    }

    /// The inputs of one of the job's shards, in graph order.
    pub fn shard(&self, shard: u64) -> Vec<&[u8]> {
        (0..self.inputs.len()).map(|port| shard_input(self.manifest(), &self.inputs, shard, port)).collect()
    }
}
