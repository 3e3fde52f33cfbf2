//! JobData: a job's program and inputs, fetched, and refused if they are not what the chain says.

use std::panic::resume_unwind;

use tequio_attestation::{BadInputs, Inputs, Manifest, input_root, tree::Tree};
use tequio_client::data::{Bundle, Store, StoreError};
use tequio_program::{Compiled, Plan, Refused, compile, load};
use tequio_protocol::{Digest, ProgramId, escrow::JobResponse};
use tokio::task::spawn_blocking;

/// A job's program and inputs, checked against what the chain says of them.
pub struct JobData {
    pub compiled: Compiled,
    /// Those of all shards of the job.
    pub inputs: Inputs,
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
    #[error(transparent)]
    Inputs(#[from] BadInputs),
    #[error("inputs of {found} shards, not {posted}")]
    Shards { found: u64, posted: u64 },
    #[error("the inputs have root {found}, the job names {posted}")]
    InputRoot { found: Digest, posted: Digest },
}

/// Fetches a job's data and compiles its program again.
pub async fn fetch(store: &Store, job: &JobResponse) -> Result<JobData, FetchError> {
    let bundle: Bundle = serde_json::from_slice(&store.get(&job.data).await?)?;
    let (program, plan) = (store.get(&bundle.program).await?, store.get(&bundle.plan).await?);
    let mut inputs = vec![];
    for key in &bundle.inputs {
        inputs.push(store.get(key).await?);
    }
    let job = job.clone();
    let checked = spawn_blocking(move || check(&program, &plan, inputs, &job)).await;
    checked.unwrap_or_else(|panicked| resume_unwind(panicked.into_panic()))
}

fn check(program: &[u8], plan: &[u8], inputs: Vec<Vec<u8>>, job: &JobResponse) -> Result<JobData, FetchError> {
    let plan: Plan = serde_json::from_slice(plan)?;
    let compiled = compile(&load(program)?, &plan)?;
    check_program(&compiled.manifest, job)?;
    let inputs = match inputs.is_empty() {
        true if compiled.manifest.header.inputs == 0 => Inputs::none(job.shards),
        _ => Inputs::new(&compiled.manifest, inputs)?,
    };
    if inputs.shards() != job.shards {
        return Err(FetchError::Shards { found: inputs.shards(), posted: job.shards });
    }
    let input_tree = inputs.tree(&compiled.manifest);
    let found = input_root(job.shards, &inputs.root(&compiled.manifest, &input_tree));
    if found != job.input_root {
        return Err(FetchError::InputRoot { found, posted: job.input_root });
    }
    Ok(JobData { compiled, inputs, input_tree })
}

fn check_program(manifest: &Manifest, job: &JobResponse) -> Result<(), FetchError> {
    let compiled = manifest.program_id();
    if compiled != job.program_id {
        return Err(FetchError::ProgramId { compiled, posted: job.program_id });
    }
    if manifest.header.cost != job.cost.u64() {
        return Err(FetchError::Cost { compiled: manifest.header.cost, posted: job.cost.u64() });
    }
    Ok(())
}

impl JobData {
    pub fn manifest(&self) -> &Manifest {
        &self.compiled.manifest
    }
}
