//! Providers on a chain, honest or not.

use std::sync::Arc;

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use serde::Serialize;
use strum::{Display, EnumString, VariantNames};
use tequio_attestation::Digest;
use tequio_backend::Backend;
use tequio_client::{Chain, Cursor, Escrow, Verifier, data::Store, flow};
use tequio_protocol::{
    AssignmentId, TypedEvent,
    registry::Metadata,
    verifier::{Attested, ExecuteMsg},
};
use tequio_runner::{Prepared, Provider};

use crate::{Cheating, Trick, follow, heaviest, replay, sabotage, skip};

/// How a provider behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, VariantNames, Serialize)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// Runs every shard.
    Honest,
    /// Fills the heaviest tensor with plausible values.
    Lazy,
    /// Computes the first committed tensor, then shows the trace of an old shard.
    Replay,
    /// Attests to another provider's root.
    Copier,
    /// Assigns and is never heard of again.
    Vanish,
    /// Runs every shard, and changes one value of its first output: draws almost never fall on it.
    Saboteur,
}

impl Role {
    /// What it shows instead of honest traces, if it shows any.
    fn trick(self) -> Option<Trick> {
        match self {
            Self::Lazy => Some(Arc::new(|scene| {
                Ok(skip(scene.manifest, &scene.inputs, &scene.honest, heaviest(scene.manifest)).trace)
            })),
            Self::Replay => Some(Arc::new(|scene| Ok(replay(scene.manifest, &scene.inputs, &scene.old(0)?, 1).trace))),
            Self::Saboteur => Some(Arc::new(|scene| Ok(sabotage(scene)))),
            Self::Honest | Self::Copier | Self::Vanish => None,
        }
    }
}

/// A provider with a role to play.
pub struct Actor<'a, C> {
    chain: &'a C,
    pub role: Role,
    pub provider: Provider<'a, C>,
}

impl<'a, C: Chain> Actor<'a, C> {
    /// Casts the operator of a provider to be registered.
    pub fn new(
        chain: &'a C,
        store: &Store,
        honest: &Arc<dyn Backend>,
        role: Role,
        [owner, operator]: [Addr; 2],
    ) -> Self {
        let backend: Arc<dyn Backend> = match role.trick() {
            Some(trick) => Arc::new(Cheating::new(honest.clone(), trick)),
            None => honest.clone(),
        };
        let provider = Provider::new(chain, store.clone(), backend, owner, operator);
        Self { chain, role, provider }
    }

    /// Registers with `stake`, all of which escrow may put under liens.
    pub async fn register(&self, moniker: &str, stake: Uint128) -> Result<()> {
        let metadata = Metadata { moniker: moniker.into(), ..Default::default() };
        let Provider { owner, operator, .. } = &self.provider;
        let operators = std::slice::from_ref(operator);
        flow::register(self.chain, owner, operators, metadata, stake, stake).await
    }

    /// Attests to what it took, if its role does.
    pub async fn attest(&mut self) -> Result<()> {
        match self.role {
            Role::Honest | Role::Lazy | Role::Replay | Role::Saboteur => self.provider.attest_all().await,
            Role::Copier => self.copy().await,
            Role::Vanish => Ok(()),
        }
    }

    /// The chance that `draws` draws of an assignment that it ran would all miss what is wrong with it.
    pub fn missed(&self, assignment: AssignmentId, draws: u32) -> Result<Option<f64>> {
        let Some(held) = self.provider.held(assignment) else { return Ok(None) };
        let assignment = &held.assignment;
        let Some(Prepared { data, executable }) = self.provider.prepared(assignment.job) else { return Ok(None) };
        let manifest = data.manifest();
        let mut caught = 0;
        for shard in assignment.first..assignment.first + assignment.count {
            let inputs: Vec<Vec<u8>> = data.inputs.shard(shard).into_iter().map(<[u8]>::to_vec).collect();
            let claims = (0..).zip(executable.trace(&data.inputs, shard)?.slots).collect();
            caught += follow(manifest, &inputs, &claims).caught_by_one_draw(manifest);
        }
        let caught = caught as f64 / assignment.count.max(1) as f64 / 2f64.powi(32);
        Ok(Some((1.0 - caught).powi(draws as i32)))
    }

    /// Attests to the first root that anybody attested to, if there is one.
    async fn copy(&self) -> Result<()> {
        let Some(root) = self.seen().await? else { return Ok(()) };
        for assignment in self.provider.taken() {
            let subject = Escrow(self.chain).assignment(assignment).await?.subject;
            if Verifier(self.chain).attested(self.provider.operator.as_str(), &subject).await?.attestation.is_none() {
                self.chain.execute(&self.provider.operator, ExecuteMsg::Attest { subject, root }).await?;
            }
        }
        Ok(())
    }

    async fn seen(&self) -> Result<Option<Digest>> {
        let events = Cursor::default().next(self.chain).await?;
        let Some(first) = events.iter().find_map(|event| Attested::parse(event).ok()) else { return Ok(None) };
        Ok(Some(Verifier(self.chain).attestation(first.attestation).await?.root))
    }
}
