//! Providers: honest ones run what they took, others show what their trick makes of it.

use std::sync::Arc;

use cosmwasm_std::Addr;
use tequio_adversary::{Cheating, Trick};
use tequio_attestation::Manifest;
use tequio_backend::{Backend, Executable, Unsupported};
use tequio_protocol::{JobId, escrow::ExecuteMsg};

use crate::Model;

/// A registered provider. The owner key holds stake and pay, the operator key works.
#[derive(Clone)]
pub struct Provider {
    pub owner: Addr,
    pub operator: Addr,
    pub(crate) trick: Option<Trick>,
}

impl Provider {
    /// What its operator sends to take up to `count` shards, wherever and at whatever price.
    pub fn taking(&self, job: JobId, count: u64) -> ExecuteMsg {
        let (provider, first, at_least, price) = (self.owner.to_string(), None, None, None);
        ExecuteMsg::Assign { job, provider, count, parts: None, first, at_least, price }
    }

    /// What this provider runs a job's shards with.
    pub(crate) fn executable(&self, model: &Arc<Model>) -> Arc<dyn Executable> {
        let Some(trick) = self.trick.clone() else { return model.executable.clone() };
        let cheating = Cheating::new(Arc::new(Ready(model.executable.clone())), trick);
        cheating.prepare(model.compiled.manifest.clone()).expect("what is prepared already")
    }
}

/// A backend that has prepared the only program it is asked for.
struct Ready(Arc<dyn Executable>);

impl Backend for Ready {
    fn prepare(&self, _: Arc<Manifest>) -> Result<Arc<dyn Executable>, Unsupported> {
        Ok(self.0.clone())
    }
}
