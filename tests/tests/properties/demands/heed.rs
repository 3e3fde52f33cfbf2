//! Each event of the arbiter and of refutations, checked against what was told before.

use tequio_client::Executed;
use tequio_protocol::arbiter::{self, DemandResponse, Demanded, Queue, Revealed, Settled, State, Wanted};
use tequio_protocol::balance::{Credited, Reason, Withdrawn};
use tequio_protocol::verifier::{Opened, Refuted, Verdict};
use tequio_protocol::{AttestationId, Moment};

use super::{Case, Debt};
use crate::stage::Stage;

impl Stage {
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
