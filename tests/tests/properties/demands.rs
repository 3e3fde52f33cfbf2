//! What events told of demands, and what follows from it: when each is due, what holds an attestation, whose a bond is.

use std::collections::{BTreeMap, BTreeSet};

use tequio_client::Executed;
use tequio_protocol::arbiter::{self, DemandResponse, Demanded, Queue, Revealed, Settled, State, Wanted};
use tequio_protocol::balance::{Credited, Reason, Withdrawn};
use tequio_protocol::escrow::{self, AssignmentResponse, JobResponse, REFUTER_SHARDS};
use tequio_protocol::verifier::{AttestationResponse, Opened, Refuted, Terms, Verdict};
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

    /// Takes note of what was told of demands.
    pub fn heed_demands(&mut self, outcome: &Executed) {
        let contracts = self.chain.deployment().clone();
        let (verifier, arbiter) = (&contracts.verifier, &contracts.arbiter);
        for Opened { attestation, verdict, .. } in outcome.emitted_by(verifier) {
            if verdict.starts_with("genuine") {
                self.heed_agreement(attestation);
            }
        }
        for Refuted { attestation, by, .. } in outcome.emitted_by(verifier) {
            let now = self.chain.moment();
            let answer = self.told.demands.answer(attestation, &now);
            assert!(answer.is_none_or(|answer| !answer.is_final()), "refuted after a final answer");
            let before = self.told.demands.refuted.insert(attestation, by);
            assert_eq!(before, None, "refuted twice");
        }
        for demanded in outcome.emitted_by(arbiter) {
            self.heed_demand(demanded);
        }
        for revealed in outcome.emitted_by(arbiter) {
            self.heed_reveal(revealed);
        }
        let settled: Vec<Settled> = outcome.emitted_by(arbiter);
        self.heed_settled(&settled, &outcome.emitted_by(arbiter));
        for Withdrawn { address, amount } in outcome.emitted_by(arbiter) {
            assert_eq!(self.told.demands.owed.remove(&address), Some(amount.u128()));
        }
        for arbiter::Burned { amount } in outcome.emitted_by(arbiter) {
            assert_eq!(amount.u128(), std::mem::take(&mut self.told.demands.to_burn));
            self.told.burned += amount.u128();
        }
    }

    fn heed_agreement(&mut self, attestation: AttestationId) {
        let claim = self.claims.iter().find(|claim| claim.attestation == attestation).expect("an attestation of ours");
        let job = self.job_of(claim);
        let arbiter = self.rules[&job.id.0].arbitration.clone();
        let (since, last, delivery) = (self.chain.moment(), [None; 2], 0);
        let (open, met) = Default::default();
        let case = Case { since, terms: job.terms, arbiter, last, delivery, open, met };
        let before = self.told.demands.cases.insert(attestation, case);
        assert!(before.is_none(), "opened twice");
    }

    /// Its bond is what the job's rules say; it is due as its own queue says, whatever the other holds; nothing is asked
    /// for twice.
    fn heed_demand(&mut self, told: Demanded) {
        let now = self.chain.moment();
        let claim = self.claims.iter().find(|claim| claim.attestation == told.attestation).expect("an attestation");
        let (job, shard) = (self.job_of(claim), self.shard_cost(told.attestation));
        let demand: DemandResponse = self.ask(arbiter::QueryMsg::Demand { demand: told.demand });
        let Demanded { attestation, demander, wanted, queue, .. } = told;
        assert_eq!((demand.due.time(), demand.due.block(), demand.due.since), (told.due, told.due_block, now));
        assert_eq!(queue == Queue::Principal, demander == job.principal);
        assert!(matches!(self.told.demands.answer(attestation, &now), Some(Verdict::GenuineSoFar { .. })));

        let demands = &mut self.told.demands;
        assert!(!demands.refuted.contains_key(&attestation));
        let same = demands.all.values().filter(|debt| debt.attestation == attestation && asks_the_same(debt, &wanted));
        for before in same {
            let in_the_way = before.state == State::Open && before.queue == Queue::Public;
            assert!(in_the_way && queue == Queue::Principal, "{wanted} was asked for: {before:?}");
        }
        let case = demands.cases.get_mut(&attestation).expect("its draws agreed");
        let rules = case.arbiter.clone().expect("an arbiter");
        let gas = rules.answer_gas.u128();
        let five_quarters = |cost: u128| cost + cost.div_ceil(4);
        let (bond, seconds) = match wanted {
            Wanted::Shards { .. } => (five_quarters(gas), 0),
            Wanted::Outputs { count, .. } => {
                assert_eq!(queue, Queue::Principal);
                // One element of four bytes in each shard, with the digest beside its tensor.
                (five_quarters(gas).div_ceil(2), (36 * count).div_ceil(rules.rate.into()))
            }
            _ => (five_quarters(gas + shard), 0),
        };
        assert_eq!(told.bond.u128(), bond, "{wanted} under {rules:?}");

        let blocks = |seconds: u64| (seconds * u64::from(case.terms.blocks)).div_ceil(rules.answer_window.into());
        let last = &mut case.last[usize::from(queue == Queue::Public)];
        let soonest = Moment {
            time: now.time + u64::from(rules.answer_window),
            block: now.block + blocks(rules.answer_window.into()),
        };
        let spacing = u64::from(rules.spacing);
        let after = last.map_or(soonest, |last| Moment {
            time: soonest.time.max(last.time + spacing),
            block: soonest.block.max(last.block + blocks(spacing)),
        });
        let due = Moment { time: after.time + seconds, block: after.block + blocks(seconds) };
        assert_eq!((told.due, told.due_block), (due.time, due.block), "{wanted} in {queue} under {rules:?}");
        *last = Some(due);
        // The turn after it ends with the longest hold, in time or in blocks.
        case.delivery += seconds;
        let (window, hold) = (u64::from(rules.answer_window), u64::from(rules.longest_hold) + case.delivery);
        let audited = case.window(case.since, case.terms.audit_window);
        let within =
            due.time + window <= audited.time() + hold || due.block + blocks(window) <= audited.block() + blocks(hold);
        assert!(within, "{wanted} due at {due} under {rules:?}, audited until {audited}");
        case.open.insert((told.due, told.demand.0));
        let (due, state, revealed) = (demand.due, State::Open, 0);
        let debt = Debt { attestation, demander, wanted, queue, bond, due, revealed, state };
        assert_eq!(demands.all.insert(told.demand.0, debt).map(|_| ()), None);
        assert_eq!(demands.all.len() as u64, told.demand.0);
    }

    fn heed_reveal(&mut self, told: Revealed) {
        let (now, demands) = (self.chain.moment(), &mut self.told.demands);
        let debt = demands.all.get_mut(&told.demand.0).expect("what is revealed was demanded");
        let case = demands.cases.get_mut(&debt.attestation).expect("its draws agreed");
        assert!(debt.state == State::Open && !debt.due.over(&now), "{debt:?}");
        assert_eq!((debt.revealed, debt.wanted), (told.from.u64(), told.wanted));
        assert!(debt.revealed < told.parts.u64() && told.parts <= told.all);
        debt.revealed = told.parts.u64();
        if told.parts == told.all {
            debt.state = State::Met;
            case.open.remove(&(debt.due.time(), told.demand.0));
            case.met = Some(now);
        }
    }

    /// Each bond once: what was met of a genuine attestation to the attester, but for the fifth; every other back.
    fn heed_settled(&mut self, settled: &[Settled], credited: &[Credited]) {
        let mut credits = credited.iter();
        for told in settled {
            let attestation = self.attestation(told.attestation);
            let demands = &mut self.told.demands;
            let debt = demands.all.get_mut(&told.demand.0).expect("what is settled was demanded");
            assert!(matches!(debt.state, State::Open | State::Met), "settled twice: {debt:?}");
            assert!(attestation.verdict.is_final(), "{attestation:?}");
            let earned = debt.state == State::Met && attestation.verdict == (Verdict::Genuine {});
            let (to, state, burned, reason) = match earned {
                true => (attestation.attester, State::Paid, debt.bond.div_ceil(5), Reason::Answer),
                false => (debt.demander.clone(), State::Returned, 0, Reason::BondReturned),
            };
            assert_eq!((told.state, told.bond.u128(), told.to_burn.u128()), (state, debt.bond, burned), "{debt:?}");
            let amount = debt.bond - burned;
            if amount > 0 {
                let credit = Credited { address: to.clone(), amount: amount.into(), reason };
                assert_eq!(credits.next(), Some(&credit));
                *demands.owed.entry(to).or_default() += amount;
            }
            debt.state = state;
            demands.to_burn += burned;
        }
        assert_eq!(credits.next(), None);
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

    pub fn job_of(&self, claim: &Claim) -> JobResponse {
        let assignment: AssignmentResponse = self.ask(escrow::QueryMsg::Assignment { assignment: claim.assignment });
        self.ask(escrow::QueryMsg::Job { job: assignment.job })
    }

    /// P + M̄ of an attestation.
    fn shard_cost(&self, attestation: AttestationId) -> u128 {
        let claim = self.claims.iter().find(|claim| claim.attestation == attestation).expect("an attestation of ours");
        let assignment: AssignmentResponse = self.ask(escrow::QueryMsg::Assignment { assignment: claim.assignment });
        let job: JobResponse = self.ask(escrow::QueryMsg::Job { job: assignment.job });
        assignment.price.u128() + job.basis.mint.u128()
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

/// Whether a demand asks for some of the same.
fn asks_the_same(debt: &Debt, wanted: &Wanted) -> bool {
    match (debt.wanted, *wanted) {
        (Wanted::Outputs { first, count }, Wanted::Outputs { first: from, count: some }) => {
            first < from + some && from < first + count
        }
        (one, other) => one == other,
    }
}
