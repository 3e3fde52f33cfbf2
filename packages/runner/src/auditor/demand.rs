//! Demand: what a provider does not serve is demanded on chain, and read there once it is revealed.

use std::collections::BTreeMap;

use anyhow::Result;
use cosmwasm_std::Addr;
use tequio_attestation::{Digest, Manifest, Statement, Wanted, locate, revealed};
use tequio_client::{Arbiter, Call, Chain, Cursor, Verifier, is_of};
use tequio_protocol::{
    AttestationId, DemandId, TypedEvent,
    arbiter::{self, Demanded, ExecuteMsg, Queue, State},
    verifier::{AttestationResponse, Verdict},
};

/// What was revealed on the chain, and what may be demanded.
pub struct Demands<'a, C> {
    chain: &'a C,
    cursor: Cursor,
    /// By attestation and what was wanted: answers, in the order in which they came.
    revealed: BTreeMap<AttestationId, BTreeMap<Wanted, Vec<Vec<u8>>>>,
}

impl<'a, C: Chain> Demands<'a, C> {
    pub fn new(chain: &'a C) -> Self {
        Self { chain, cursor: Cursor::default(), revealed: BTreeMap::new() }
    }

    /// Everything that was revealed of an attestation but outputs.
    pub async fn answers(&mut self, attestation: AttestationId) -> Result<BTreeMap<Wanted, Vec<u8>>> {
        self.look().await?;
        let of = self.revealed.get(&attestation).into_iter().flatten();
        let whole = of.filter(|(wanted, _)| !matches!(wanted, Wanted::Outputs { .. }));
        Ok(whole.filter_map(|(wanted, answers)| Some((*wanted, answers.first()?.clone()))).collect())
    }

    /// The outputs that were revealed of an attestation's whole range, by shard, in graph order; `None` if some are missing.
    pub async fn outputs(
        &mut self,
        attestation: &AttestationResponse,
        manifest: &Manifest,
    ) -> Result<Option<Vec<Vec<Vec<u8>>>>> {
        self.look().await?;
        let Some(answers) = self.revealed.get(&attestation.id).and_then(|of| of.get(&all_outputs(attestation))) else {
            return Ok(None);
        };
        assemble(attestation, manifest, answers)
    }

    /// Demands something for `sender`, unless that was done; `None` if nothing can be demanded now.
    pub async fn demand(
        &mut self,
        sender: &Addr,
        attestation: AttestationId,
        wanted: Wanted,
        manifest: &Manifest,
    ) -> Result<Option<DemandId>> {
        let of = Verifier(self.chain).attestation(attestation).await?;
        let Some(arbitration) = of.subject.arbitration else { return Ok(None) };
        if !matches!(of.verdict, Verdict::GenuineSoFar { .. }) {
            return Ok(None);
        }
        let queue = if arbitration.principal == sender.as_str() { Queue::Principal } else { Queue::Public };
        let found = Arbiter(self.chain).demanded(attestation, wanted).await?;
        // Its friends may have filled the other queue.
        if let Some(found) = found
            .filter(|found| found.state != State::Open || found.queue == Queue::Principal || queue == Queue::Public)
        {
            return Ok(Some(found.id));
        }
        let shown = locate(manifest, &wanted);
        let quote = Arbiter(self.chain).quote(sender, attestation, wanted, &shown).await?;
        let message = ExecuteMsg::Demand { attestation, wanted, shown: shown.into() };
        let demanded: Demanded = self.chain.execute(sender, Call::paying(quote.bond, message)).await?.one()?;
        Ok(Some(demanded.demand))
    }

    /// Learns what was revealed since.
    async fn look(&mut self) -> Result<()> {
        let arbiter = &self.chain.deployment().arbiter;
        let events = self.cursor.next(self.chain).await?.into_iter().filter(|event| is_of(event, arbiter));
        for event in events.filter_map(|event| arbiter::Revealed::parse(&event).ok()) {
            let answers = self.revealed.entry(event.attestation).or_default().entry(event.wanted).or_default();
            answers.push(event.answer.into());
        }
        Ok(())
    }
}

/// All outputs of an attestation's shards.
pub fn all_outputs(attestation: &AttestationResponse) -> Wanted {
    Wanted::Outputs { first: attestation.subject.first_shard, count: attestation.subject.count }
}

/// Whether these bytes answer what was wanted of an attestation.
pub fn is_answer(attestation: &AttestationResponse, wanted: &Wanted, answer: &[u8]) -> bool {
    revealed(&statement(attestation), wanted, 0, answer).is_ok()
}

fn statement(attestation: &AttestationResponse) -> Statement {
    Statement { subject: attestation.subject.clone(), root: attestation.root, seed: Digest::default() }
}

/// Puts the parts of all outputs together.
fn assemble(
    attestation: &AttestationResponse,
    manifest: &Manifest,
    answers: &[Vec<u8>],
) -> Result<Option<Vec<Vec<Vec<u8>>>>> {
    let (wanted, statement) = (all_outputs(attestation), statement(attestation));
    let ids = &manifest.header.outputs;
    let mut shards = vec![vec![vec![]; ids.len()]; attestation.subject.count as usize];
    let (mut from, mut all) = (0, 1);
    for answer in answers {
        let found = revealed(&statement, &wanted, from, answer)?;
        for leaf in &found.leaves {
            for (output, _) in ids.iter().enumerate().filter(|(_, id)| id.0 == leaf.tensor) {
                shards[leaf.shard as usize][output].extend_from_slice(leaf.payload);
            }
        }
        (from, all) = (found.parts, found.located.parts);
    }
    Ok((from == all).then_some(shards))
}
