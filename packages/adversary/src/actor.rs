//! Providers on a chain, honest or not.

use std::sync::Arc;

use anyhow::{Result, bail};
use cosmwasm_std::{Addr, Uint128};
use serde::Serialize;
use strum::{Display, EnumString, VariantNames};
use tequio_attestation::{Digest, Wanted};
use tequio_backend::Backend;
use tequio_client::{Chain, Cursor, Escrow, Verifier, data::Store, flow};
use tequio_protocol::{
    AssignmentId, TypedEvent,
    registry::Metadata,
    verifier::{Attested, ExecuteMsg},
};
use tequio_runner::{Prepared, Provider};

use crate::{Cheating, Trick, follow, guess, heaviest, replay, sabotage, skip};

/// Other shards that a guesser looks at.
const GUESSED: u64 = 8;

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
    /// Leaves out of the heaviest tensor what was the same in eight other shards: draws almost never fall on what of that is
    /// wrong.
    Guesser,
    /// Runs every shard, but delivers and serves nothing until that is demanded on the chain.
    Hoarder,
    /// The same, and answers no demand either.
    Mute,
    /// Runs every shard, but serves wrong answers off the chain.
    Forger,
}

impl Role {
    /// Whether what it attests to is wrong, or made by somebody else.
    pub fn is_wrong(self) -> bool {
        self.trick().is_some() || self == Self::Copier
    }

    /// What it shows instead of honest traces, if it shows any.
    fn trick(self) -> Option<Trick> {
        match self {
            Self::Lazy => Some(Arc::new(|scene| {
                Ok(skip(scene.manifest, &scene.inputs, &scene.honest, heaviest(scene.manifest)).trace)
            })),
            Self::Replay => Some(Arc::new(|scene| Ok(replay(scene.manifest, &scene.inputs, &scene.old(0)?, 1).trace))),
            Self::Saboteur => Some(Arc::new(|scene| Ok(sabotage(scene)))),
            Self::Guesser => Some(Arc::new(|scene| {
                let others = (0..=GUESSED).filter(|shard| *shard != scene.shard).take(GUESSED as usize);
                let old = others.map(|shard| scene.old(shard)).collect::<Result<Vec<_>, _>>()?;
                let slot = heaviest(scene.manifest);
                Ok(guess(scene.manifest, &scene.inputs, &scene.honest, &old, slot).trace)
            })),
            Self::Honest | Self::Copier | Self::Vanish | Self::Hoarder | Self::Mute | Self::Forger => None,
        }
    }
}

/// A provider with a role to play.
pub struct Actor<'a, C> {
    chain: &'a C,
    store: Store,
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
        Self { chain, store: store.clone(), role, provider }
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
            Role::Copier => self.copy().await,
            Role::Vanish => Ok(()),
            _ => self.provider.attest_all().await,
        }
    }

    /// Where it delivered an assignment, if it says so.
    pub fn delivery(&self, assignment: AssignmentId) -> Option<String> {
        match self.role {
            Role::Hoarder | Role::Mute => None,
            _ => self.provider.held(assignment).map(|held| held.delivered.clone()),
        }
    }

    /// Serves what is wanted off the chain, if its role does.
    pub async fn serve(&self, asker: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<String> {
        match self.role {
            Role::Hoarder | Role::Mute => bail!("nothing is served"),
            Role::Forger => {
                let right = self.provider.serve(asker, assignment, wanted).await?;
                let mut answer = self.store.get(&right, u64::MAX).await?;
                if let Some(last) = answer.last_mut() {
                    *last ^= 1;
                }
                Ok(self.store.put(answer).await?)
            }
            _ => self.provider.serve(asker, assignment, wanted).await,
        }
    }

    /// Reveals what is demanded on the chain, if its role does. Returns how many demands it met.
    pub async fn reveal(&self) -> Result<usize> {
        if self.role == Role::Mute { Ok(0) } else { self.provider.reveal_all().await }
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
