use cosmwasm_std::{Addr, HexBinary};
use tequio_embedded::LocalBeacon;
use tequio_protocol::escrow::{self, AssignmentResponse, JobResponse};
use tequio_protocol::verifier::{AttestationResponse, Attested, DrawnFrom, ExecuteMsg, QueryMsg, Verdict};

use crate::act::{Act, By, Opening};
use crate::program::{Shown, programs};
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
            Act::Refute { by, attestation, shard, sum } => {
                let Some((attestation, claim)) = self.claim(attestation) else { return };
                self.refute(by, &attestation, claim, shard % attestation.subject.count, sum);
            }
            Act::Propose { by, seed } => self.propose(by, seed),
            _ => unreachable!("not verifier's: {act:?}"),
        }
    }

    fn claim(&self, index: usize) -> Option<(AttestationResponse, Claim)> {
        let claim = *self.claims.get(index % self.claims.len().max(1))?;
        Some((self.ask(QueryMsg::Attestation { attestation: claim.attestation }), claim))
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

    /// Shows one element of a shard, numbered within the attestation: it refutes what is wrong and not final, and nothing
    /// else.
    fn refute(&mut self, by: usize, attestation: &AttestationResponse, claim: Claim, shard: u64, sum: bool) {
        let sender = self.person(by);
        let (id, first) = (attestation.id, attestation.subject.first_shard);
        let shown = programs().show(claim.shards, attestation, claim.shown, shard, sum);
        let wrong = shown.is_some() && claim.shown.is_wrong(shard) && !attestation.verdict.is_final();
        let opening = shown.unwrap_or(vec![0x5a; 100]).into();
        let message = ExecuteMsg::Refute { attestation: id, shard: (first + shard).into(), element: 0, opening };
        if !wrong {
            return self.never(&sender, message);
        }
        self.must(&sender, message, 0);
        let now: AttestationResponse = self.ask(QueryMsg::Attestation { attestation: id });
        assert!(matches!(now.verdict, Verdict::Refuted { by, .. } if by == sender.as_str()));
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
