//! Turn: everything that a provider has to say, in as few transactions as take it. On a chain a transaction costs as much as
//! a message: who works for many assignments says what it has to say of all of them at once.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use anyhow::{Result, ensure};
use sha2::{Digest as _, Sha256};
use tequio_client::{Call, Chain, Escrow, Executed, Rewards, Verifier, deploy::BEACON};
use tequio_protocol::{
    AssignmentId, Digest, JobId,
    escrow::{self, Assigned, AssignmentResponse, Ended, Kind, Ruling},
    rewards,
    verifier::{AttestationResponse, Attested, DrawnFrom, ExecuteMsg, Verdict},
};

use super::{Held, Part, Provider, Run, attest};

/// Most bytes of messages in one transaction: below what nodes take by default, base64 and signature included.
const TURN_BYTES: usize = 320 << 10;

/// What a turn came to.
#[derive(Debug, Default)]
pub struct Turn {
    pub assigned: Vec<Assigned>,
    pub ended: Vec<Ended>,
}

/// What was run, what that came to, and the key of what was delivered.
type Ran = (AssignmentResponse, Run, String);

/// What there is to say of what was attested to.
#[derive(Default)]
struct Due {
    /// Rounds that are due and not on the chain yet, with their signatures.
    rounds: BTreeMap<u64, Vec<u8>>,
    opens: Vec<ExecuteMsg>,
    /// What can be ended once all of that is said.
    ends: Vec<AssignmentId>,
    /// What somebody else ended.
    over: Vec<AssignmentId>,
}

impl<C: Chain> Provider<'_, C> {
    /// Runs everything it took that has not ended, also where the answer was lost, then attests to all of it at once. What
    /// fails of one holds up no other; the first such error comes last.
    pub async fn attest_turn(&mut self) -> Result<usize> {
        let (mut runs, mut calls, mut failed) = (vec![], vec![], None);
        self.find_taken().await?;
        for id in self.taken.clone() {
            match self.run_taken(id, &mut calls).await {
                Ok(run) => runs.extend(run),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let (executed, refused) = self.say(calls).await;
        let attested: Vec<Attested> = executed.iter().flat_map(Executed::all).collect();
        for (assignment, run, delivered) in runs {
            let subject = assignment.subject.id();
            let attestation = match attested.iter().find(|attested| attested.subject == subject) {
                Some(told) => told.attestation,
                None => match self.standing(&assignment, &run).await {
                    Ok(Some(standing)) => standing,
                    Ok(None) => continue,
                    Err(error) => {
                        failed = failed.or(Some(error));
                        continue;
                    }
                },
            };
            self.taken.remove(&assignment.id);
            let run = run.into();
            self.held.insert(assignment.id, Held { assignment, run, delivered, attestation });
        }
        failed.or(refused).map_or(Ok(attested.len()), Err)
    }

    /// Runs an assignment that it took, unless it has ended, and adds what attests to it, unless that was taken already.
    async fn run_taken(&mut self, id: AssignmentId, calls: &mut Vec<Call>) -> Result<Option<Ran>> {
        let Some(assignment) = self.still_taken(id).await? else { return Ok(None) };
        let (run, delivered) = self.run(&assignment).await?;
        if self.standing(&assignment, &run).await?.is_none() {
            calls.push(attest(&run, &assignment).into());
        }
        Ok(Some((assignment, run, delivered)))
    }

    /// Posts the rounds that its attestations wait for and that are due, as `sign` has them, opens what they draw, ends what
    /// can be ended, claims and withdraws what that brings, and takes `next`: of a job up to so many shards, so many times.
    /// What cannot be said of one holds up no other; the first such error comes last. After one that [leaves
    /// open](Chain::leaves_open) what was accepted, whoever asks for the same again may get it twice.
    pub async fn turn(&mut self, sign: impl Fn(u64) -> Vec<u8>, next: &[(JobId, u64, u32)]) -> Result<Turn> {
        let now = self.chain.block().await?.time;
        let (mut due, mut failed) = (Due::default(), None);
        for (id, held) in &self.held {
            failed = failed.or(self.due(*id, held, now, &sign, &mut due).await.err());
        }
        let Due { rounds, opens, ends, over } = due;
        over.iter().for_each(|id| _ = self.held.remove(id));
        let posts = rounds.into_iter().map(|(round, signature)| {
            let signature = signature.into();
            ExecuteMsg::Beacon { beacon: BEACON, round, signature }
        });
        let mut calls: Vec<Call> = posts.chain(opens).map(Call::from).collect();
        if !ends.is_empty() {
            failed = failed.or(self.collect(ends, &mut calls).await.err());
        }
        for (job, count, parts) in next {
            match self.taking(*job, *count, *parts).await {
                Ok(message) => calls.push(message.into()),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let (executed, refused) = self.say(calls).await;
        let turn = Turn {
            assigned: executed.iter().flat_map(Executed::all).collect(),
            ended: executed.iter().flat_map(Executed::all).collect(),
        };
        self.taken.extend(turn.assigned.iter().map(|assigned| assigned.assignment));
        turn.ended.iter().for_each(|ended| _ = self.held.remove(&ended.assignment));
        failed.or(refused).map_or(Ok(turn), Err)
    }

    /// Adds what there is to say of an assignment.
    async fn due(
        &self,
        id: AssignmentId,
        held: &Held,
        now: u64,
        sign: impl Fn(u64) -> Vec<u8>,
        due: &mut Due,
    ) -> Result<()> {
        match Escrow(self.chain).ruling(id).await? {
            Ruling::Over(_) => due.over.push(id),
            Ruling::Settle(_) => due.ends.push(id),
            Ruling::Wait(_) | Ruling::Expire(_) => {
                let mut attestation = Verifier(self.chain).attestation(held.attestation).await?;
                if attestation.verdict != (Verdict::Pending {}) {
                    return Ok(());
                }
                foresee(&mut attestation, now, sign, &mut due.rounds)?;
                if attestation.round.as_ref().is_some_and(|round| round.seed.is_some()) {
                    let audited = attestation.subject.terms.audit_window > 0;
                    due.opens.extend(self.openings(held, attestation, Part::default()).await?);
                    due.ends.extend((!audited).then_some(id));
                }
            }
        }
        Ok(())
    }

    /// The messages that end assignments, and bring home what that brings.
    async fn collect(&self, ends: Vec<AssignmentId>, calls: &mut Vec<Call>) -> Result<()> {
        let assignments = ends.iter().map(|id| &self.held[id].assignment);
        let pays = assignments.clone().any(|assignment| !assignment.price.is_zero());
        let (jobs, mut mints) = (assignments.map(|assignment| assignment.job).collect::<BTreeSet<_>>(), false);
        for job in jobs {
            let job = Escrow(self.chain).job(job).await?;
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
    /// has against it holds up no other. What may have been accepted is not sent again: the next turn asks the chain. What was
    /// accepted, and the first error.
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
                    Err(unknown) if self.chain.leaves_open(&unknown) => {
                        failed = failed.or(Some(unknown));
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

/// Gives an attestation whose round is due and not on the chain yet the seed that it will have. That round goes into
/// `rounds`, signed once however many wait for it.
fn foresee(
    attestation: &mut AttestationResponse,
    now: u64,
    sign: impl Fn(u64) -> Vec<u8>,
    rounds: &mut BTreeMap<u64, Vec<u8>>,
) -> Result<()> {
    let id = attestation.id;
    let Some(DrawnFrom { beacon: BEACON, round, due, seed: seed @ None, .. }) = &mut attestation.round else {
        return Ok(());
    };
    if *due > now {
        return Ok(());
    }
    if let Entry::Vacant(new) = rounds.entry(*round) {
        let signature = sign(*round);
        ensure!(!signature.is_empty(), "round {round} is due and has no signature");
        new.insert(signature);
    }
    let randomness = Digest(Sha256::digest(&rounds[round]).into());
    *seed = Some(tequio_attestation::seed(&id, BEACON.0, *round, &randomness));
    Ok(())
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
