//! Where a job's data is, and how providers are reached through it.

use std::env;

use anyhow::Result;
use clap::Args;
use cosmwasm_std::Addr;
use tequio_attestation::Wanted;
use tequio_client::{
    Escrow,
    data::{Store, outputs},
};
use tequio_protocol::AssignmentId;
use tequio_rpc::Rpc;
use tequio_runner::Providers;

use crate::failure::Usage;

/// Where data is.
#[derive(Args, Clone, Debug)]
pub struct At {
    /// The store that client and providers share: a folder, file:///…, http(s)://… or s3://bucket/…; `TEQUIO_STORE` if not
    /// given. What S3 takes is in the environment, as AWS names it (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …).
    #[arg(long)]
    store: Option<String>,
}

impl At {
    pub fn open(&self) -> Result<Store> {
        let address = self.store.clone().or_else(|| env::var("TEQUIO_STORE").ok()).ok_or_else(|| {
            Usage::new("no store is given", "give one after --store, or in TEQUIO_STORE: a folder, or s3://bucket/…")
        })?;
        let named = env::vars().filter(|(name, _)| name.starts_with("AWS_"));
        Ok(Store::open(&address, named.map(|(name, value)| (name.to_lowercase(), value)))?)
    }
}

/// Providers as a client reaches them through the store: their deliveries are there, anything else is demanded on the chain.
pub struct InStore<'a> {
    pub chain: &'a Rpc,
    pub store: Store,
}

impl Providers for InStore<'_> {
    async fn delivery(&self, assignment: AssignmentId) -> Option<String> {
        let assignment = Escrow(self.chain).assignment(assignment).await.ok()?;
        let attestation = Escrow(self.chain).attestation(&assignment).await.ok()??;
        self.store.pointed(&outputs(&attestation.root)).await.ok()
    }

    async fn serve(&self, _: &Addr, assignment: AssignmentId, _: Wanted) -> Result<String> {
        anyhow::bail!("the provider of assignment {assignment} is not reached off the chain")
    }
}
