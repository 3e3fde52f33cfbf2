//! Turn: everything that a provider has to say, in as few transactions as take it. On a chain a transaction costs as much as
//! a message: who works for many assignments says what it has to say of all of them at once.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use sha2::{Digest as _, Sha256};
use tequio_client::{Call, Chain, Escrow, Executed, Rewards, Verifier, deploy::BEACON};
use tequio_protocol::{
    AssignmentId, Digest, JobId,
    escrow::{self, Assigned, Ended, Kind, Ruling},
    rewards,
    verifier::{AttestationResponse, Attested, DrawnFrom, ExecuteMsg, Verdict},
};

use super::{Held, Part, Provider, attest};

/// Most bytes of messages in one transaction: below what nodes take by default, base64 and signature included.
const TURN_BYTES: usize = 320 << 10;

/// What a turn came to.
#[derive(Debug, Default)]
pub struct Turn {
    pub assigned: Vec<Assigned>,
    pub ended: Vec<Ended>,
}

impl<C: Chain> Provider<'_, C> {
    /// Runs everything it took, then attests to all of it at once.
    pub async fn attest_turn(&mut self) -> Result<usize> {
        let (mut runs, mut calls) = (vec![], vec![]);
        for id in self.taken.clone() {
            let assignment = Escrow(self.chain).assignment(id).await?;
            let (run, delivered) = self.run(&assignment).await?;
            calls.push(attest(&run, &assignment).into());
            runs.push((assignment, run, delivered));
        }
        let (executed, failed) = self.say(calls).await;
        let attested: Vec<Attested> = executed.iter().flat_map(Executed::all).collect();
        for (assignment, run, delivered) in runs {
            let subject = assignment.subject.id();
            let Some(Attested { attestation, .. }) = attested.iter().find(|attested| attested.subject == subject)
            else {
                continue;
            };
            self.taken.remove(&assignment.id);
            let (attestation, run) = (*attestation, run.into());
            self.held.insert(assignment.id, Held { assignment, run, delivered, attestation });
        }
        failed.map_or(Ok(attested.len()), Err)
    }

    /// Posts the rounds that its attestations wait for and that are due, as `sign` has them, opens what they draw, ends what
    /// can be ended, claims and withdraws what that brings, and takes `next`: up to so many shards of a job each.
    pub async fn turn(&mut self, sign: impl Fn(u64) -> Vec<u8>, next: &[(JobId, u64)]) -> Result<Turn> {
        let now = self.chain.block().await?.time;
        let (mut rounds, mut opens, mut ends) = (BTreeSet::new(), vec![], vec![]);
        let mut calls: Vec<Call> = vec![];
        for (id, held) in &self.held {
            let mut attestation = Verifier(self.chain).attestation(held.attestation).await?;
            if attestation.verdict != (Verdict::Pending {}) {
                if matches!(Escrow(self.chain).ruling(*id).await?, Ruling::Settle(_)) {
                    ends.push(*id);
                }
                continue;
            }
            if let Some(round) = foreseen(&mut attestation, now, &sign)? {
                rounds.insert(round);
            }
            if attestation.round.as_ref().is_some_and(|round| round.seed.is_some()) {
                let audited = attestation.subject.terms.audit_window > 0;
                opens.extend(self.openings(held, attestation, Part::default()).await?);
                ends.extend((!audited).then_some(*id));
            }
        }
        for round in rounds {
            let signature = sign(round).into();
            calls.push(ExecuteMsg::Beacon { beacon: BEACON, round, signature }.into());
        }
        calls.extend(opens.into_iter().map(Call::from));
        if !ends.is_empty() {
            self.collect(ends, &mut calls).await?;
        }
        for (job, count) in next {
            calls.push(self.taking(*job, *count).await?.into());
        }
        let (executed, failed) = self.say(calls).await;
        let turn = Turn {
            assigned: executed.iter().flat_map(Executed::all).collect(),
            ended: executed.iter().flat_map(Executed::all).collect(),
        };
        self.taken.extend(turn.assigned.iter().map(|assigned| assigned.assignment));
        turn.ended.iter().for_each(|ended| _ = self.held.remove(&ended.assignment));
        failed.map_or(Ok(turn), Err)
    }

    /// The messages that end assignments, and bring home what that brings.
    async fn collect(&self, ends: Vec<AssignmentId>, calls: &mut Vec<Call>) -> Result<()> {
        let (mut pays, mut mints) = (false, false);
        for id in &ends {
            let job = &self.held[id].assignment;
            pays |= !job.price.is_zero();
            let job = Escrow(self.chain).job(job.job).await?;
            mints |= job.kind == Kind::Client && !job.basis.mint.is_zero();
        }
        calls.push(escrow::ExecuteMsg::Settle { assignments: ends }.into());
        if mints || !Rewards(self.chain).claimable(&self.owner).await?.earned.is_zero() {
            calls.push(rewards::ExecuteMsg::Claim { provider: Some(self.owner.to_string()) }.into());
        }
        // Only the owner key withdraws.
        if pays && self.owner == self.operator {
            calls.push(escrow::ExecuteMsg::Withdraw {}.into());
        }
        Ok(())
    }

    /// Sends messages in as few transactions as take them. Where several are refused together, each is sent alone: what one
    /// has against it holds up no other. What was accepted, and the first error.
    async fn say(&self, calls: Vec<Call>) -> (Vec<Executed>, Option<anyhow::Error>) {
        let (mut executed, mut failed) = (vec![], None);
        for together in transactions(calls) {
            let alone: Vec<Vec<Call>> = match together.len() {
                0 => continue,
                1 => vec![together.clone()],
                _ => match self.chain.broadcast(&self.operator, together.clone()).await {
                    Ok(done) => {
                        executed.push(done);
                        continue;
                    }
                    Err(refused) => {
                        tracing::debug!("{} messages are sent one by one: {refused}", together.len());
                        together.into_iter().map(|call| vec![call]).collect()
                    }
                },
            };
            for one in alone {
                match self.chain.broadcast(&self.operator, one).await {
                    Ok(done) => executed.push(done),
                    Err(refused) => failed = failed.or(Some(refused)),
                }
            }
        }
        (executed, failed)
    }
}

/// The seed of an attestation whose round is due and not on the chain yet, as it will be; which round that is.
fn foreseen(attestation: &mut AttestationResponse, now: u64, sign: impl Fn(u64) -> Vec<u8>) -> Result<Option<u64>> {
    let id = attestation.id;
    let Some(DrawnFrom { beacon: BEACON, round, due, seed: seed @ None, .. }) = &mut attestation.round else {
        return Ok(None);
    };
    if *due > now {
        return Ok(None);
    }
    let signature = sign(*round);
    ensure!(!signature.is_empty(), "round {round} is due and has no signature");
    let randomness = Digest(Sha256::digest(signature).into());
    *seed = Some(tequio_attestation::seed(&id, BEACON.0, *round, &randomness));
    Ok(Some(*round))
}

/// Messages in order, cut into transactions.
fn transactions(calls: Vec<Call>) -> Vec<Vec<Call>> {
    let (mut all, mut bytes) = (vec![vec![]], 0);
    for call in calls {
        let size = call.message.json().map_or(0, |json| json.len());
        if bytes > 0 && bytes + size > TURN_BYTES {
            all.push(vec![]);
            bytes = 0;
        }
        bytes += size;
        all.last_mut().expect("there is always one").push(call);
    }
    all
}
