use cosmwasm_std::{Addr, HexBinary};
use tequio_attestation::Position;
use tequio_embedded::LocalBeacon;
use tequio_protocol::escrow::{self, AssignmentResponse, JobResponse};
use tequio_protocol::verifier::{AnswerBy, AttestationResponse, Attested, DrawnFrom, ExecuteMsg, Held, QueryMsg};
use tequio_protocol::{AttestationId, Deadline};

use crate::act::{Act, Against, By, Opening};
use crate::program::{COMMITTED, Shown, WIDTH, programs};
use crate::stage::{Claim, Stage};

impl Stage {
    pub(super) fn in_verifier(&mut self, act: &Act) {
        match *act {
            Act::Tick { by } => {
                self.must(&self.person(by), ExecuteMsg::Tick {}, 0);
            }
            Act::Beacon { by, attestation, forged } => self.beacon(by, attestation, forged),
            Act::Attest { by, assignment, shown } => {
                let Some(assignment) = self.assignment(assignment) else { return };
                self.attest(&self.whoever(by, &assignment.operator), assignment, shown);
            }
            Act::Open { by, attestation, opening } => {
                let Some((attestation, claim)) = self.claim(attestation) else { return };
                self.open(by, &attestation, claim, opening);
            }
            Act::Propose { by, seed } => self.propose(by, seed),
            Act::Refute { by, attestation, shard, element, against } => {
                let Some((attestation, claim)) = self.watched(attestation) else { return };
                self.refute(&self.person(by), &attestation, claim, (shard, element), against);
            }
            Act::Hold { by, attestation, seconds, due } => {
                let Some((attestation, _)) = self.watched(attestation) else { return };
                let (sender, since) = (self.person(by), self.chain.moment());
                let deadline = Deadline { since, seconds, blocks: 50 };
                let answer_by = due.then(|| AnswerBy { demander: sender.to_string(), deadline });
                let held = Held { answer_by, turn: (!due).then_some(deadline) };
                self.never(&sender, ExecuteMsg::Hold { attestation: attestation.id, held });
            }
            _ => unreachable!("not verifier's: {act:?}"),
        }
    }

    /// Mostly one that is disputed now, or else whose audit window has begun.
    pub(super) fn watched(&self, index: usize) -> Option<(AttestationResponse, Claim)> {
        let disputed = self.claims.iter().find(|claim| Some(claim.attestation) == self.disputed);
        if let Some(claim) = disputed.filter(|_| !index.is_multiple_of(16)) {
            return Some((self.attestation(claim.attestation), *claim));
        }
        let open = |claim: &&Claim| {
            self.told.demands.cases.contains_key(&claim.attestation)
                && !self.told.ended.contains_key(&claim.assignment.0)
        };
        let open: Vec<Claim> = self.claims.iter().filter(open).copied().collect();
        match open.get(index % open.len().max(1)) {
            Some(claim) if !index.is_multiple_of(8) => Some((self.attestation(claim.attestation), *claim)),
            _ => self.claim(index),
        }
    }

    pub fn attestation(&self, attestation: AttestationId) -> AttestationResponse {
        self.ask(QueryMsg::Attestation { attestation })
    }

    /// Shows one element. It ends the attestation if it is wrong, and nothing else does.
    fn refute(
        &mut self,
        sender: &Addr,
        attestation: &AttestationResponse,
        claim: Claim,
        (shard, element): (u64, u32),
        against: Against,
    ) {
        let (first, count) = (attestation.subject.first_shard, attestation.subject.count);
        let lies = match claim.shown {
            Shown::Wrong => count,
            Shown::FirstWrong => 1,
            Shown::Honest | Shown::Nothing => 0,
        };
        let (index, shown) = match against {
            Against::Wrong if lies > 0 => (shard % lies, claim.shown),
            // Every one of them is wrong.
            Against::Right if lies == count => return,
            Against::Right => (lies + shard % (count - lies), claim.shown),
            Against::OtherTrace if claim.shown == Shown::Honest => (shard % count, Shown::Wrong),
            Against::OtherTrace => (shard % count, Shown::Honest),
            Against::Wrong | Against::Noise => (shard % count, Shown::Nothing),
        };
        let position = Position { shard: index, element: element % WIDTH };
        let opening = match shown {
            Shown::Nothing => vec![0x5a; 100],
            shown => programs()
                .show(claim.shards, attestation, shown, COMMITTED[0], position)
                .expect("a trace of every shard"),
        };
        let element = position.element;
        let message = ExecuteMsg::Refute {
            attestation: attestation.id,
            shard: (first + index).into(),
            element,
            opening: opening.into(),
        };
        let ends = matches!(against, Against::Wrong) && lies > 0 && !attestation.verdict.is_final();
        if ends {
            self.must(sender, message, 0);
        } else {
            self.never(sender, message);
        }
    }

    fn claim(&self, index: usize) -> Option<(AttestationResponse, Claim)> {
        let claim = *self.claims.get(index % self.claims.len().max(1))?;
        Some((self.attestation(claim.attestation), claim))
    }

    /// Commits to what an assignment's shards give, or to what they do not.
    pub fn attest(&mut self, sender: &Addr, assignment: AssignmentResponse, shown: Shown) {
        let root = programs().root(assignment.first, assignment.count, shown);
        let JobResponse { shards, .. } = self.ask(escrow::QueryMsg::Job { job: assignment.job });
        let Some(outcome) = self.send(sender, ExecuteMsg::Attest { subject: assignment.subject, root }, vec![]) else {
            return;
        };
        let attested: Vec<Attested> = outcome.all();
        self.claims.extend(attested.into_iter().map(|Attested { attestation, .. }| Claim {
            attestation,
            assignment: assignment.id,
            shown,
            shards,
        }));
    }

    /// Posts the round that an attestation waits for, or something that is not its signature.
    fn beacon(&mut self, by: usize, index: usize, forged: bool) {
        let sender = self.person(by);
        let Some((AttestationResponse { round: Some(DrawnFrom { beacon, round, due, .. }), .. }, _)) =
            self.claim(index)
        else {
            self.must(&sender, ExecuteMsg::Tick {}, 0);
            return;
        };
        let garbage = || HexBinary::from([0xff; 48]);
        let key = &self.beacons[beacon.0 as usize - 1];
        let signature = match (forged, index % 2) {
            (true, 0) => key.sign(round + 1).into(),
            (true, _) => garbage(),
            // Signing is slow, and it is refused anyway.
            (false, _) if due > self.chain.now() => garbage(),
            (false, _) => key.sign(round).into(),
        };
        let message = ExecuteMsg::Beacon { beacon, round, signature };
        if forged {
            self.never(&sender, message);
        } else {
            self.send(&sender, message, vec![]);
        }
    }

    /// Opens the next draws as well as what was shown allows, or worse.
    pub(super) fn open(&mut self, by: usize, attestation: &AttestationResponse, claim: Claim, opening: Opening) {
        let (opened, draws) = (attestation.opened, attestation.subject.draws);
        let until = if let Opening::Part = opening { draws.min(opened + 2) } else { draws };
        let made = programs().open(claim.shards, attestation, claim.shown, opened..until);
        let bytes = match (opening, made) {
            (Opening::Noise, _) | (_, None) => vec![0x5a; 100],
            (Opening::Truncated, Some(bytes)) => bytes[..bytes.len() / 2].to_vec(),
            (_, Some(bytes)) => bytes,
        };
        let message = ExecuteMsg::Open { attestation: attestation.id, opening: bytes.into() };
        match opening {
            Opening::Noise | Opening::Truncated => self.never(&self.person(by), message),
            _ => {
                self.send(&self.person(by), message, vec![]);
            }
        }
    }

    /// Brings a pending attestation one message nearer to its verdict.
    pub fn bring_on(&mut self, attestation: &AttestationResponse) {
        let outsider = self.cast.outsider.clone();
        match attestation.round {
            None => {
                self.chain.advance(10);
                self.must(&outsider, ExecuteMsg::Tick {}, 0);
            }
            Some(DrawnFrom { seed: None, beacon, round, due, .. }) => {
                self.chain.advance_to(due);
                let signature = self.beacons[beacon.0 as usize - 1].sign(round).into();
                self.must(&outsider, ExecuteMsg::Beacon { beacon, round, signature }, 0);
            }
            Some(_) => {
                let claim = self.claims.iter().find(|claim| claim.attestation == attestation.id).copied();
                if let Some(claim) = claim.filter(|claim| claim.shown != Shown::Nothing) {
                    self.open(0, attestation, claim, Opening::Whole);
                }
            }
        }
    }

    /// Another key, for attestations after the timelock.
    fn propose(&mut self, by: By, seed: u8) {
        let governance = self.chain.deployment().governance.clone();
        let sender = self.whoever(by, &governance);
        let beacon = LocalBeacon::new(&[seed], self.chain.now() - 1_000, 600);
        let message = ExecuteMsg::Propose { beacon: beacon.public().clone() };
        if sender != governance {
            self.never(&sender, message);
        } else if self.send(&sender, message, vec![]).is_some() {
            self.beacons.push(beacon);
        }
    }
}
