//! JobData: a job's program and inputs, fetched, and refused if they are not what the chain says.

use std::panic::resume_unwind;

use tequio_attestation::{BadInputs, Inputs, Manifest, input_root, tree::Tree};
use tequio_client::data::{Bundle, Store, StoreError, sizes};
use tequio_program::{Compiled, MAX_FILE, Plan, Refused, compile, load};
use tequio_protocol::{Digest, ProgramId, escrow::JobResponse};
use tokio::task::spawn_blocking;

use crate::memory::{self, TooLittle};

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
    #[error("the inputs cannot be held: {0}")]
    Memory(#[from] TooLittle),
    #[error("inputs of {found} shards, not {posted}")]
    Shards { found: u64, posted: u64 },
    #[error("the inputs have root {found}, the job names {posted}")]
    InputRoot { found: Digest, posted: Digest },
}

/// Most bytes of a plan's JSON.
const MOST_OF_PLAN: u64 = 64 << 20;

/// Fetches a job's data and compiles its program again. No more is fetched of anything than the job can have, and than there
/// is memory for.
pub async fn fetch(store: &Store, job: &JobResponse) -> Result<JobData, FetchError> {
    let bundle: Bundle = serde_json::from_slice(&store.get(&job.data, Bundle::MOST).await?)?;
    let program = store.get(&bundle.program, MAX_FILE as u64).await?;
    let (plan, posted) = (store.get(&bundle.plan, MOST_OF_PLAN).await?, job.clone());
    let compiled = blocking(move || compiled(&program, &plan, &posted)).await?;
    let wanted = compiled.manifest.header.inputs.into();
    if bundle.inputs.len() != wanted {
        return Err(BadInputs::Count { found: bundle.inputs.len(), wanted }.into());
    }
    memory::fits(sizes(&compiled.manifest, job.shards).fold(0, u64::saturating_add))?;
    let mut inputs = vec![];
    for (key, most) in bundle.inputs.iter().zip(sizes(&compiled.manifest, job.shards)) {
        inputs.push(store.get(key, most).await?);
    }
    let posted = job.clone();
    blocking(move || with_inputs(compiled, inputs, &posted)).await
}

async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, FetchError> + Send + 'static,
) -> Result<T, FetchError> {
    spawn_blocking(run).await.unwrap_or_else(|panicked| resume_unwind(panicked.into_panic()))
}

fn compiled(program: &[u8], plan: &[u8], job: &JobResponse) -> Result<Compiled, FetchError> {
    let plan: Plan = serde_json::from_slice(plan)?;
    let compiled = compile(&load(program)?, &plan)?;
    check_program(&compiled.manifest, job)?;
    Ok(compiled)
}

fn with_inputs(compiled: Compiled, inputs: Vec<Vec<u8>>, job: &JobResponse) -> Result<JobData, FetchError> {
    let inputs = match inputs.is_empty() {
        true => Inputs::none(job.shards),
        false => Inputs::new(&compiled.manifest, inputs)?,
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
