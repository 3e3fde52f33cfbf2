//! Jobs that a role knows: fetched and checked once, their programs ready to run.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use tequio_backend::{Backend, Executable};
use tequio_client::{Chain, Escrow, data::Store};
use tequio_protocol::JobId;

use crate::work::{Work, fetch};

/// A job's work, and what runs it.
#[derive(Clone)]
pub struct Prepared {
    pub work: Arc<Work>,
    pub executable: Arc<dyn Executable>,
}

pub struct Jobs<'a, C> {
    chain: &'a C,
    /// Where jobs' data is.
    pub store: Store,
    backend: Arc<dyn Backend>,
    prepared: BTreeMap<JobId, Prepared>,
}

impl<'a, C: Chain> Jobs<'a, C> {
    pub fn new(chain: &'a C, store: Store, backend: Arc<dyn Backend>) -> Self {
        Self { chain, store, backend, prepared: BTreeMap::new() }
    }

    /// A job that was prepared before.
    pub fn get(&self, job: JobId) -> Option<&Prepared> {
        self.prepared.get(&job)
    }

    /// Fetches and checks a job's data and prepares its program, unless that is done.
    pub async fn prepare(&mut self, job: JobId) -> Result<Prepared> {
        if let Some(prepared) = self.get(job) {
            return Ok(prepared.clone());
        }
        let work = Arc::new(fetch(&self.store, &Escrow(self.chain).job(job).await?).await?);
        let executable = self.backend.prepare(work.compiled.manifest.clone())?;
        let prepared = Prepared { work, executable };
        self.prepared.insert(job, prepared.clone());
        Ok(prepared)
    }
}
