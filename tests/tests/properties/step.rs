//! Acts become messages.

mod arbiter;
mod escrow;
mod govern;
mod registry;
mod rewards;
mod verifier;

use cosmwasm_std::{Addr, Coin, coin};
use tequio_protocol::escrow::{AssignmentResponse, ExecuteMsg, JobResponse, NotYet, QueryMsg, Ruling, RulingResponse};
use tequio_protocol::verifier::{ExecuteMsg as ToVerifier, Verdict};
use tequio_protocol::{AssignmentId, JobId};

use crate::act::{Act, Answer, By, Sent};
use crate::program::Shown;
use crate::stage::{FOREIGN, Stage};

/// Longest wait of one act for a window to be over: the longest of a commons job.
const LONGEST: u64 = 5_200;

impl Stage {
    pub fn step(&mut self, act: &Act) {
        match *act {
            Act::Rest => {}
            Act::Pass { seconds } => self.chain.advance(seconds),
            Act::Halt { seconds } => self.chain.halt(seconds),
            Act::Export { seconds } => self.exports(seconds),
            Act::Proceed { assignment, shown } => {
                if let Some(assignment) = self.assignment(assignment) {
                    self.proceed(assignment, shown);
                }
            }
            Act::Dispute { assignment, shown, steps, ref acts } => {
                self.dispute(assignment, (shown, steps), acts, |_| {});
            }

            Act::Register { .. }
            | Act::Update { .. }
            | Act::Cap { .. }
            | Act::Bond { .. }
            | Act::Unbond { .. }
            | Act::Collect { .. }
            | Act::BurnSlashed { .. }
            | Act::Seize { .. } => self.in_registry(act),

            Act::Tick { .. }
            | Act::Beacon { .. }
            | Act::Attest { .. }
            | Act::Open { .. }
            | Act::Propose { .. }
            | Act::Refute { .. }
            | Act::Hold { .. } => self.in_verifier(act),

            Act::Demand { .. }
            | Act::Flood { .. }
            | Act::Reveal { .. }
            | Act::SettleDemands { .. }
            | Act::TakeBonds { .. }
            | Act::BurnBonds { .. } => self.in_arbiter(act),

            Act::Buy { .. }
            | Act::Approve { .. }
            | Act::Claim { .. }
            | Act::Count { .. }
            | Act::Hand { .. }
            | Act::Burn { .. } => self.in_rewards(act),

            Act::Dust { by, contract } => {
                let (from, to) = (self.person(by), self.chain.deployment().address(contract).clone());
                self.pay(&from, &to, 7);
                *self.told.dust.entry(to.into()).or_default() += 7;
            }
            Act::Configure { .. } | Act::Usurp { .. } | Act::Right { .. } | Act::Pause { .. } => self.governs(act),
            Act::Fail { fails } => self.rewards_fails(fails),

            _ => self.in_escrow(act),
        }
    }

    pub fn person(&self, index: usize) -> Addr {
        self.cast.people[index % self.cast.people.len()].clone()
    }

    pub fn provider(&self, index: usize) -> (Addr, Addr) {
        self.cast.providers[index % self.cast.providers.len()].clone()
    }

    pub fn client(&self, index: usize) -> Addr {
        self.cast.clients[index % self.cast.clients.len()].clone()
    }

    pub fn whoever(&self, by: By, right: impl Into<String>) -> Addr {
        match by {
            By::Right => Addr::unchecked(right),
            By::Anyone(index) => self.person(index),
        }
    }

    /// A job's number; one that was never posted if there is none.
    fn job_id(&self, index: usize) -> JobId {
        JobId(index as u64 % self.jobs.max(1) + 1)
    }

    fn job(&self, index: usize) -> Option<JobResponse> {
        let job = self.job_id(index);
        (job.0 <= self.jobs).then(|| self.ask(QueryMsg::Job { job }))
    }

    /// An assignment's number, mostly of an active one; one that was never made if there is none.
    pub fn assignment_id(&self, index: usize) -> AssignmentId {
        let active: Vec<u64> = (1..=self.assignments).filter(|id| !self.told.ended.contains_key(id)).collect();
        match active.get(index % active.len().max(1)) {
            Some(id) if !index.is_multiple_of(8) => AssignmentId(*id),
            _ => AssignmentId(index as u64 % self.assignments.max(1) + 1),
        }
    }

    pub fn assignment(&self, index: usize) -> Option<AssignmentResponse> {
        let assignment = self.assignment_id(index);
        (assignment.0 <= self.assignments).then(|| self.ask(QueryMsg::Assignment { assignment }))
    }

    fn assignment_ids(&self, indices: &[usize]) -> Vec<AssignmentId> {
        indices.iter().map(|index| self.assignment_id(*index)).collect()
    }

    /// Funds against what is due.
    pub fn funds(&self, due: u128, sent: Sent) -> Vec<Coin> {
        match sent {
            Sent::Due => self.native(due),
            Sent::Less => self.native(due.saturating_sub(1)),
            Sent::More => self.native(due + 1),
            Sent::Foreign => vec![coin(due.max(1), FOREIGN)],
        }
    }

    /// Only blocks that a message to the verifier recorded surely count after an export, and an answer that came with
    /// others would go: somebody records the last, and the first.
    fn exports(&mut self, seconds: u64) {
        let outsider = self.cast.outsider.clone();
        self.chain.advance(0);
        self.must(&outsider, ToVerifier::Tick {}, 0);
        self.chain.app().update_block(|block| {
            block.height = 1;
            block.time = block.time.plus_seconds(seconds);
        });
        self.must(&outsider, ToVerifier::Tick {}, 0);
    }

    /// Brings an assignment into its audit window, if it comes there, and does what there is to do about it; `each` comes
    /// after each.
    pub fn dispute(
        &mut self,
        index: usize,
        (shown, steps): (Shown, u8),
        acts: &[Act],
        mut each: impl FnMut(&mut Self),
    ) {
        let active = (1..=self.assignments).filter(|id| !self.told.ended.contains_key(id)).map(AssignmentId);
        let active: Vec<AssignmentId> = active.collect();
        let some = active.iter().cycle().skip(index % active.len().max(1)).take(active.len());
        let waits = |id: &AssignmentId| matches!(self.ruling(*id), Ruling::Wait(_));
        let Some(id) = some.copied().find(waits) else { return };
        for _ in 0..steps {
            if !matches!(self.ruling(id), Ruling::Wait(NotYet::Unattested { .. } | NotYet::Pending { .. })) {
                break;
            }
            self.proceed(self.ask(QueryMsg::Assignment { assignment: id }), shown);
            each(self);
        }
        self.disputed = self.attested(&self.ask(QueryMsg::Assignment { assignment: id })).map(|found| found.id);
        for act in acts {
            self.step(act);
            each(self);
            self.adds_up();
            let claim = self.claims.iter().find(|claim| Some(claim.attestation) == self.disputed).copied();
            if let Some(claim) = claim {
                self.follows(claim, &self.attestation(claim.attestation));
            }
        }
        self.disputed = None;
    }

    fn ruling(&self, assignment: AssignmentId) -> Ruling {
        self.ask::<RulingResponse>(QueryMsg::Ruling { assignment }).ruling
    }

    /// Sends what comes next for an assignment, whoever's turn it is.
    fn proceed(&mut self, assignment: AssignmentResponse, shown: Shown) {
        let (list, outsider) = (vec![assignment.id], self.cast.outsider.clone());
        let (expire, settle) =
            (ExecuteMsg::Expire { assignments: list.clone() }, ExecuteMsg::Settle { assignments: list });
        let job: JobResponse = self.ask(QueryMsg::Job { job: assignment.job });
        let attestation = self.attested(&assignment);
        let ruling = assignment.case(&job, attestation.as_ref()).ruling(self.chain.moment());
        assert_eq!(self.ruling(assignment.id), ruling);
        match (ruling, attestation) {
            (Ruling::Expire(_), _) => _ = self.must(&outsider, expire, 0),
            (Ruling::Settle(_), _) => _ = self.must(&outsider, settle, 0),
            (Ruling::Wait(NotYet::Audit { until, .. }), Some(attestation)) => {
                if let Some(demand) = self.told.demands.first_due(attestation.id) {
                    self.reveal(&outsider, demand, Answer::Whole);
                } else if until.time() > self.chain.now() + LONGEST {
                    self.chain.advance(LONGEST / 2);
                } else {
                    self.chain.advance_past(until);
                    // What is over first in time, the window or the turn, may have blocks left.
                    if let Verdict::GenuineSoFar { until } = self.attestation(attestation.id).verdict {
                        self.chain.advance_past(until);
                    }
                    self.must(&outsider, settle, 0);
                }
            }
            (Ruling::Wait(NotYet::Pending { .. }), Some(attestation)) => self.bring_on(&attestation),
            (Ruling::Wait(NotYet::Unattested { .. }), None) => {
                let operator = Addr::unchecked(&assignment.operator);
                self.attest(&operator, assignment, shown);
            }
            _ => {}
        }
    }
}
