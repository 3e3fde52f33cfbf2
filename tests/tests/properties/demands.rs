//! What events told of demands, and what follows from it: when each is due, what holds an attestation, whose a bond is.

mod heed;

use std::collections::{BTreeMap, BTreeSet};

use tequio_protocol::arbiter::{self, Queue, State, Wanted};
use tequio_protocol::escrow::{self, AssignmentResponse, JobResponse, REFUTER_SHARDS};
use tequio_protocol::verifier::{AttestationResponse, Terms, Verdict};
use tequio_protocol::{AttestationId, Deadline, DemandId, Moment};

use crate::program::Shown;
use crate::stage::{Claim, Stage};

/// Every demand and every bond.
#[derive(Default)]
pub struct Demands {
    pub all: BTreeMap<u64, Debt>,
    /// Of attestations of which all draws agreed.
    pub cases: BTreeMap<AttestationId, Case>,
    pub refuted: BTreeMap<AttestationId, String>,
    /// What the arbiter owes to whom.
    pub owed: BTreeMap<String, u128>,
    pub to_burn: u128,
}

/// One demand.
#[derive(Clone, Debug)]
pub struct Debt {
    pub attestation: AttestationId,
    pub demander: String,
    pub wanted: Wanted,
    pub queue: Queue,
    pub bond: u128,
    pub due: Deadline,
    pub revealed: u64,
    pub state: State,
}

/// What demands have made of an attestation.
#[derive(Debug)]
pub struct Case {
    /// When the last draw agreed.
    pub since: Moment,
    pub terms: Terms,
    pub arbiter: Option<escrow::Arbiter>,
    /// When the last demand of the principal is due, and the last of everybody else.
    last: [Option<Moment>; 2],
    /// Seconds that delivering outputs adds to the longest hold.
    delivery: u64,
    /// Open demands by when they are due.
    open: BTreeSet<(u64, u64)>,
    met: Option<Moment>,
}

impl Case {
    fn window(&self, since: Moment, seconds: u32) -> Deadline {
        Deadline { since, seconds, blocks: self.terms.blocks }
    }
}

impl Demands {
    /// The open demand of an attestation that is due first.
    pub fn first_due(&self, attestation: AttestationId) -> Option<DemandId> {
        let (_, id) = self.cases.get(&attestation)?.open.first()?;
        Some(DemandId(*id))
    }

    /// Open demands of an attestation by when they are due.
    pub fn open(&self, attestation: AttestationId) -> Vec<DemandId> {
        self.cases.get(&attestation).iter().flat_map(|case| &case.open).map(|(_, id)| DemandId(*id)).collect()
    }

    pub fn unsettled(&self) -> Vec<DemandId> {
        let open = self.all.iter().filter(|(_, debt)| matches!(debt.state, State::Open | State::Met));
        open.map(|(id, _)| DemandId(*id)).collect()
    }

    /// All bonds that are neither paid nor returned.
    fn held(&self) -> u128 {
        self.unsettled().iter().map(|id| self.all[&id.0].bond).sum()
    }

    /// The answer about an attestation of which all draws agreed, if nobody refutes it.
    fn answer(&self, attestation: AttestationId, now: &Moment) -> Option<Verdict> {
        let case = self.cases.get(&attestation)?;
        if let Some(first) = self.first_due(attestation) {
            let Debt { due, demander, .. } = &self.all[&first.0];
            return Some(match due.over(now) {
                true => Verdict::Withheld { from: demander.clone() },
                false => Verdict::GenuineSoFar { until: *due },
            });
        }
        let audit = case.terms.audit_window;
        let turn = case.met.zip(case.arbiter.as_ref()).map(|(met, arbiter)| case.window(met, arbiter.answer_window));
        // A window of 0 seconds is none.
        let windows = [(audit > 0).then(|| case.window(case.since, audit)), turn];
        let until = windows.into_iter().flatten().filter(|until| !until.over(now)).max_by_key(Deadline::time);
        Some(until.map_or(Verdict::Genuine {}, |until| Verdict::GenuineSoFar { until }))
    }
}

impl Stage {
    /// An answer is what was opened, demanded, revealed and refuted by now, and what was final stays.
    pub fn follows(&mut self, claim: Claim, now: &AttestationResponse) {
        let (demands, id) = (&self.told.demands, claim.attestation);
        let verdict = &now.verdict;
        match (demands.refuted.get(&id), demands.answer(id, &self.chain.moment())) {
            (Some(who), _) => assert!(matches!(verdict, Verdict::Refuted { by, .. } if by == who), "{now:?} by {who}"),
            (None, Some(answer)) => assert_eq!(*verdict, answer, "{:?}", demands.cases[&id]),
            (None, None) => assert!(
                !verdict.agreed() && !matches!(verdict, Verdict::Refuted { .. } | Verdict::Withheld { .. }),
                "of nothing that was told: {now:?}"
            ),
        }
        match claim.shown {
            Shown::Honest => {
                assert!(!matches!(verdict, Verdict::False { .. } | Verdict::Refuted { .. }), "honest: {now:?}")
            }
            Shown::Wrong | Shown::Nothing => assert!(!verdict.agreed(), "false, found genuine"),
            // It depends on the draws.
            Shown::FirstWrong => {}
        }
        let Some(before) = self.verdicts.insert(id, verdict.clone()) else { return };
        let may = match before {
            Verdict::Pending {} => true,
            Verdict::GenuineSoFar { .. } => {
                verdict.agreed() || matches!(verdict, Verdict::Refuted { .. } | Verdict::Withheld { .. })
            }
            _ => before == *verdict,
        };
        assert!(may, "{before:?} became {now:?}");
    }

    /// Whose answer a demand wants.
    pub fn attester(&self, debt: &Debt) -> String {
        self.attestation(debt.attestation).attester
    }

    /// What answering a demand costs at most: gas, and to run a shard again; half the gas, of outputs.
    pub fn cost(&self, debt: &Debt) -> u128 {
        let gas = self.told.demands.cases[&debt.attestation].arbiter.as_ref().map_or(0, |a| a.answer_gas.u128());
        match debt.wanted {
            Wanted::Shards { .. } => gas,
            Wanted::Outputs { .. } => gas / 2,
            _ => gas + self.shard_cost(debt.attestation),
        }
    }

    fn assignment_of(&self, claim: &Claim) -> AssignmentResponse {
        self.ask(escrow::QueryMsg::Assignment { assignment: claim.assignment })
    }

    pub fn job_of(&self, claim: &Claim) -> JobResponse {
        self.ask(escrow::QueryMsg::Job { job: self.assignment_of(claim).job })
    }

    /// P + M̄ of an attestation.
    fn shard_cost(&self, attestation: AttestationId) -> u128 {
        let claim = self.claims.iter().find(|claim| claim.attestation == attestation).expect("an attestation of ours");
        self.assignment_of(claim).price.u128() + self.job_of(claim).basis.mint.u128()
    }

    /// Who is thanked for a slash, if it matters, and with how much at most.
    pub fn thanks(&self, ended: &escrow::Ended) -> (Option<String>, u128) {
        let rules = &self.rules[&ended.job.0];
        let tip = rules.reporter_tip.u128();
        let assignment: AssignmentResponse = self.ask(escrow::QueryMsg::Assignment { assignment: ended.assignment });
        let Some(attestation) = self.attested(&assignment) else { return (None, tip) };
        let demands = &self.told.demands;
        match ended.ending {
            escrow::Ending::Refuted => {
                let cost = self.shard_cost(attestation.id);
                (demands.refuted.get(&attestation.id).cloned(), tip + u128::from(REFUTER_SHARDS) * cost)
            }
            escrow::Ending::Withheld => {
                let first = demands.first_due(attestation.id).map(|id| demands.all[&id.0].demander.clone());
                let gas = rules.arbitration.as_ref().map_or(0, |arbiter| arbiter.answer_gas.u128());
                (first, tip + gas)
            }
            _ => (None, tip),
        }
    }

    /// The arbiter's purse is the bonds that it holds, what it owes to each, what is to be burned and what was thrown in.
    pub fn arbiter_owes(&self) {
        let demands = &self.told.demands;
        for person in self.everybody() {
            let owed = demands.owed.get(person.as_str()).copied().unwrap_or_default();
            let query = arbiter::QueryMsg::Balance { address: person.into() };
            assert_eq!(self.ask::<cosmwasm_std::Uint128>(query).u128(), owed);
        }
        let arbiter = &self.chain.deployment().arbiter;
        let owed: u128 = demands.owed.values().sum();
        assert_eq!(self.purse(arbiter), demands.held() + owed + demands.to_burn + self.dust(arbiter));
    }
}
