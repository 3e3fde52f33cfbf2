//! Jobs that a role knows: fetched and checked once, their programs ready to run.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use tequio_backend::{Backend, Executable};
use tequio_client::{Chain, Escrow, data::Store};
use tequio_protocol::JobId;
use tokio::task::spawn_blocking;

use crate::data::{JobData, fetch};

/// A job's data, and what runs it.
#[derive(Clone)]
pub struct Prepared {
    pub data: Arc<JobData>,
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
        let data = Arc::new(fetch(&self.store, &Escrow(self.chain).job(job).await?).await?);
        let (backend, manifest) = (self.backend.clone(), data.compiled.manifest.clone());
        let executable = spawn_blocking(move || backend.prepare(manifest)).await??;
        let prepared = Prepared { data, executable };
        self.prepared.insert(job, prepared.clone());
        Ok(prepared)
    }
}
