//! Relayer: what anyone may do for all: post beacon rounds, end assignments, burn what is to be burned.

mod end;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use cosmwasm_std::Addr;
use tequio_client::{Arbiter, Chain, Cursor, Escrow, Registry, Verifier, deploy::BEACON, is_of};
use tequio_protocol::{
    AssignmentId, AttestationId, TypedEvent,
    arbiter::{self, State},
    escrow::{self, Ended, Ruling},
    registry,
    verifier::{Attested, DrawnFrom, ExecuteMsg, RoundStored, Verdict},
};

pub use end::end;

/// A relayer at work. It serves every attestation that the verifier takes, whoever's it is.
pub struct Relayer<'a, C, S> {
    chain: &'a C,
    pub address: Addr,
    /// The signature of a round of the deployment's beacon that is due; empty if it is not at hand.
    sign: S,
    cursor: Cursor,
    /// Attestations whose round has not been posted.
    undrawn: Vec<AttestationId>,
}

impl<'a, C: Chain, S: Fn(u64) -> Vec<u8>> Relayer<'a, C, S> {
    pub fn new(chain: &'a C, address: Addr, sign: S) -> Self {
        Self { chain, address, sign, cursor: Cursor::default(), undrawn: vec![] }
    }

    /// Ticks if an attestation's round is still open, and posts every round that is due and missing. Returns how many
    /// it posted. What fails is tried again by the next call.
    pub async fn post_rounds(&mut self) -> Result<usize> {
        self.look().await?;
        let (mut posted, mut ticked) = (0, false);
        for id in self.undrawn.clone() {
            let mut attestation = Verifier(self.chain).attestation(id).await?;
            if attestation.round.is_none() && !ticked {
                self.chain.execute(&self.address, ExecuteMsg::Tick {}).await?;
                ticked = true;
                attestation = Verifier(self.chain).attestation(id).await?;
            }
            let waits = attestation.verdict == (Verdict::Pending {});
            match attestation.round {
                None => {}
                Some(DrawnFrom { beacon: BEACON, due, seed: None, .. })
                    if waits && due > self.chain.block().await?.time => {}
                Some(DrawnFrom { beacon: BEACON, round, seed: None, .. }) if waits => {
                    let signature = (self.sign)(round);
                    // What is not at hand is somebody else's to post.
                    if !signature.is_empty() {
                        posted += usize::from(self.post(round, signature).await?);
                        self.undrawn.retain(|undrawn| *undrawn != id);
                    }
                }
                // It is there, it will never be, or it is another beacon's, whose rounds are not ours to sign.
                Some(_) => self.undrawn.retain(|undrawn| *undrawn != id),
            }
        }
        Ok(posted)
    }

    /// Posts a round that attestations wait for; false if somebody else was first.
    async fn post(&self, round: u64, signature: Vec<u8>) -> Result<bool> {
        let message = ExecuteMsg::Beacon { beacon: BEACON, round, signature: signature.into() };
        let executed = self.chain.execute(&self.address, message).await?;
        Ok(!executed.all::<RoundStored>().is_empty())
    }

    /// Posts rounds, block after block, until every attestation has its own.
    pub async fn draw(&mut self) -> Result<()> {
        self.post_rounds().await?;
        while !self.undrawn.is_empty() {
            self.chain.wait(0).await?;
            self.post_rounds().await?;
        }
        Ok(())
    }

    /// Ends an assignment if that can be done by now, and the demands of its attestation; else says what is ruled.
    pub async fn end(&self, assignment: AssignmentId) -> Result<Result<Ended, Ruling>> {
        let ruling = Escrow(self.chain).ruling(assignment).await?;
        let Some(message) = end(assignment, ruling) else { return Ok(Err(ruling)) };
        match self.chain.execute(&self.address, message).await {
            Ok(executed) => {
                self.settle(assignment).await?;
                executed.one().map(Ok)
            }
            Err(refused) => match Escrow(self.chain).ruling(assignment).await? {
                // Somebody else was first.
                over @ Ruling::Over(_) => Ok(Err(over)),
                _ => Err(refused),
            },
        }
    }

    /// Ends the demands of an assignment's attestation, whose answer is final.
    async fn settle(&self, assignment: AssignmentId) -> Result<()> {
        let assignment = Escrow(self.chain).assignment(assignment).await?;
        let Some(attestation) = Escrow(self.chain).attestation(&assignment).await? else { return Ok(()) };
        let mut after = None;
        loop {
            let page = Arbiter(self.chain).demands(attestation.id, after).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            let left = page.iter().filter(|demand| matches!(demand.state, State::Open | State::Met));
            let demands: Vec<_> = left.map(|demand| demand.id).collect();
            if demands.is_empty() {
                continue;
            }
            let sent = self.chain.execute(&self.address, arbiter::ExecuteMsg::Settle { demands }).await;
            if let Err(refused) = sent {
                // Somebody else may have ended them.
                let now = Arbiter(self.chain).demand(last.id).await?.state;
                ensure!(!matches!(now, State::Open | State::Met), refused);
            }
        }
    }

    /// Ends assignments, and waits until each is ended: for the earliest time at which one can be whatever else happens,
    /// or for the next block if none has such a time. `told` is handed what became of each; those that somebody else ended
    /// are left out.
    pub async fn end_all(
        &self,
        mut assignments: BTreeSet<AssignmentId>,
        mut told: impl AsyncFnMut(Ended) -> Result<()>,
    ) -> Result<()> {
        while !assignments.is_empty() {
            let mut until = None;
            for assignment in assignments.clone() {
                match self.end(assignment).await? {
                    Ok(ended) => {
                        assignments.remove(&assignment);
                        told(ended).await?;
                    }
                    Err(Ruling::Wait(reason)) => {
                        until = until
                            .into_iter()
                            .chain([reason.until().map_or(0, |until| until.time().saturating_add(1))])
                            .min();
                    }
                    Err(_) => _ = assignments.remove(&assignment),
                }
            }
            if !assignments.is_empty() {
                self.chain.wait(until.unwrap_or(0)).await?;
            }
        }
        Ok(())
    }

    /// Burns what slashes, bonds and fees left to burn, if they left any.
    pub async fn burn(&self) -> Result<()> {
        if !Registry(self.chain).to_burn().await?.is_zero() {
            self.chain.execute(&self.address, registry::ExecuteMsg::Burn {}).await?;
        }
        if !Arbiter(self.chain).to_burn().await?.is_zero() {
            self.chain.execute(&self.address, arbiter::ExecuteMsg::Burn {}).await?;
        }
        if !Escrow(self.chain).to_burn().await?.is_zero() {
            self.chain.execute(&self.address, escrow::ExecuteMsg::Burn {}).await?;
        }
        Ok(())
    }

    /// Learns of new attestations.
    async fn look(&mut self) -> Result<()> {
        let verifier = &self.chain.deployment().verifier;
        let events = self.cursor.next(self.chain).await?.into_iter().filter(|event| is_of(event, verifier));
        self.undrawn.extend(events.filter_map(|event| Attested::parse(&event).ok()).map(|event| event.attestation));
        Ok(())
    }
}
