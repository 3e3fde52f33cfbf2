use cosmwasm_std::{Addr, Binary, Uint128};
use tequio_attestation::{Subject, Wanted};
use tequio_protocol::DemandId;
use tequio_protocol::arbiter::{ExecuteMsg, QueryMsg, QuoteResponse, Revealed, State};
use tequio_protocol::verifier::Verdict;

use crate::act::{Act, Answer, Asked, By, Sent, Spoiled};
use crate::program::{COMMITTED, programs};
use crate::stage::Stage;

impl Stage {
    pub(super) fn in_arbiter(&mut self, act: &Act) {
        match *act {
            Act::Demand { by, attestation, asked, sent } => self.demand(by, attestation, asked, sent),
            Act::Flood { by, attestation } => self.floods(by, attestation),
            Act::Reveal { by, demand, answer } => {
                self.reveal(&self.person(by), self.demand_id(demand), answer);
            }
            Act::SettleDemands { by, ref demands } => self.settle_demands(&self.person(by), demands),
            Act::TakeBonds { by } => {
                let sender = self.person(by);
                let owed = self.told.demands.owed.contains_key(sender.as_str());
                assert_eq!(self.send(&sender, ExecuteMsg::Withdraw {}, vec![]).is_some(), owed);
            }
            Act::BurnBonds { by } => {
                let some = self.told.demands.to_burn > 0;
                assert_eq!(self.send(&self.person(by), ExecuteMsg::Burn {}, vec![]).is_some(), some);
            }
            _ => unreachable!("not arbiter's: {act:?}"),
        }
    }

    /// A demand's number, mostly of an open one; one that was never made if there is none.
    fn demand_id(&self, index: usize) -> DemandId {
        let demands = &self.told.demands;
        let open: Vec<u64> =
            demands.all.iter().filter(|(_, debt)| debt.state == State::Open).map(|(id, _)| *id).collect();
        match open.get(index % open.len().max(1)) {
            Some(id) if !index.is_multiple_of(8) => DemandId(*id),
            _ => DemandId(index as u64 % (demands.all.len() as u64).max(1) + 1),
        }
    }

    /// What a quote says is what a demand takes, and who sends it does not otherwise matter.
    fn demand(&mut self, by: By, index: usize, asked: Asked, sent: Sent) {
        let Some((attestation, claim)) = self.watched(index) else { return };
        let sender = self.whoever(by, self.job_of(&claim).principal);
        let wanted = asked.wanted(&attestation.subject);
        let shown = asked.shown(&attestation.subject, &wanted);
        let (attestation, demander) = (attestation.id, sender.to_string());
        let quote = QueryMsg::Quote { demander, attestation, wanted, shown: shown.clone() };
        let quote = self.chain.ask::<QuoteResponse>(quote);
        assert!(asked.spoiled.is_none() || quote.is_err(), "{asked:?} has a quote");
        let funds = self.funds(quote.as_ref().map_or(1, |quote| quote.bond.u128()), sent);
        let taken = self.send(&sender, ExecuteMsg::Demand { attestation, wanted, shown }, funds).is_some();
        assert_eq!(taken, quote.is_ok() && matches!(sent, Sent::Due), "{wanted} with {quote:?}");
    }

    fn floods(&mut self, by: By, index: usize) {
        let Some((attestation, claim)) = self.watched(index) else { return };
        let subject = &attestation.subject;
        let sender = self.whoever(by, self.job_of(&claim).principal);
        let of = |shard| {
            let each = COMMITTED.into_iter().map(move |tensor| Wanted::Leaves { shard, tensor, first: 0 });
            let nodes = Wanted::Nodes { shard, tensor: COMMITTED[0], depth: 0, index: 0 };
            each.chain([nodes, Wanted::Tensors { shard, depth: 0, index: 0 }])
        };
        for wanted in (subject.first_shard..subject.first_shard + subject.count).flat_map(of) {
            let shown: Binary = programs().locate(subject, &wanted).into();
            let (attestation, demander) = (attestation.id, sender.to_string());
            let quote = QueryMsg::Quote { demander, attestation, wanted, shown: shown.clone() };
            if let Ok(QuoteResponse { bond, .. }) = self.chain.ask(quote) {
                self.must(&sender, ExecuteMsg::Demand { attestation, wanted, shown }, bond.u128());
            }
        }
    }

    /// Sends an answer: the right one is taken until the demand is due, whoever sends it, and no other ever.
    pub fn reveal(&mut self, sender: &Addr, id: DemandId, answer: Answer) {
        let Some(debt) = self.told.demands.all.get(&id.0).cloned() else {
            return self.never(sender, ExecuteMsg::Reveal { demand: id, answer: Binary::default() });
        };
        let claim = self.claims.iter().find(|claim| claim.attestation == debt.attestation).copied();
        let claim = claim.expect("what is demanded was attested to");
        let attestation = self.attestation(debt.attestation);
        let all = |wanted: &Wanted, from, bytes| {
            programs()
                .reveal(claim.shards, &attestation, claim.shown, wanted, (from, bytes))
                .expect("a trace of every shard")
        };
        // Of what was revealed there is nothing more.
        let from = if debt.state == State::Open { debt.revealed } else { 0 };
        let right = |bytes| all(&debt.wanted, from, bytes);
        let (bytes, fits) = match answer {
            Answer::Whole => (right(usize::MAX), true),
            Answer::Part => (right(1), true),
            Answer::Truncated => {
                let mut bytes = right(usize::MAX);
                bytes.pop();
                (bytes, false)
            }
            Answer::Noise => (vec![0x5a; 100], false),
            Answer::Other => {
                let shard = attestation.subject.first_shard;
                let other = |tensor| Wanted::Leaves { shard, tensor, first: 0 };
                let [one, two] = COMMITTED.map(other);
                (all(if debt.wanted == one { &two } else { &one }, 0, usize::MAX), false)
            }
        };
        let message = ExecuteMsg::Reveal { demand: id, answer: bytes.into() };
        let open = debt.state == State::Open && !debt.due.over(&self.chain.moment());
        let taken = fits && open && matches!(attestation.verdict, Verdict::GenuineSoFar { .. });
        if !taken {
            return self.never(sender, message);
        }
        let outcome = self.must(sender, message, 0);
        let revealed: Revealed = outcome.one().expect("what was revealed");
        assert!(matches!(answer, Answer::Part) || revealed.parts == revealed.all);
    }

    /// Those are settled whose attestation has a final answer, once.
    pub fn settle_demands(&mut self, sender: &Addr, indices: &[usize]) {
        let mut demands: Vec<DemandId> = indices.iter().map(|index| self.demand_id(*index)).collect();
        // Mostly of those that wait for it.
        let mut waiting = self.told.demands.unsettled();
        waiting.retain(|id| !indices.is_empty() && id.0.is_multiple_of(2));
        demands.extend(waiting.into_iter().take(2));
        let all = &self.told.demands.all;
        let ends = |id: &DemandId| {
            let debt = all.get(&id.0).filter(|debt| matches!(debt.state, State::Open | State::Met));
            debt.is_some_and(|debt| self.attestation(debt.attestation).verdict.is_final())
        };
        let known = demands.iter().all(|id| all.contains_key(&id.0));
        let due = known && demands.iter().any(ends);
        assert_eq!(self.send(sender, ExecuteMsg::Settle { demands }, vec![]).is_some(), due);
    }

    /// An outsider settles every demand, and each takes what is its own: the arbiter holds nothing any more.
    pub fn empties_the_arbiter(&mut self) {
        let outsider = self.cast.outsider.clone();
        for demands in self.told.demands.unsettled().chunks(100) {
            self.must(&outsider, ExecuteMsg::Settle { demands: demands.to_vec() }, 0);
        }
        assert_eq!(self.told.demands.unsettled(), []);
        for person in self.everybody() {
            if !self.ask::<Uint128>(QueryMsg::Balance { address: person.to_string() }).is_zero() {
                self.must(&person, ExecuteMsg::Withdraw {}, 0);
            }
        }
        if self.told.demands.to_burn > 0 {
            self.must(&outsider, ExecuteMsg::Burn {}, 0);
        }
        let arbiter = &self.chain.deployment().arbiter;
        assert_eq!(self.purse(arbiter), self.dust(arbiter));
    }
}

impl Asked {
    fn wanted(&self, subject: &Subject) -> Wanted {
        let (first, count) = (subject.first_shard, subject.count);
        let beyond = matches!(self.spoiled, Some(Spoiled::Beyond));
        let askew = matches!(self.spoiled, Some(Spoiled::Askew));
        let shard = if beyond { first + count + self.shard % 3 } else { first + self.shard % count };
        let tensor = match self.spoiled {
            Some(Spoiled::Input) => 0,
            _ => COMMITTED[self.part as usize % 2],
        };
        let depth = u8::from(askew);
        match self.kind {
            // There is nothing of an input in these two: it is a depth that is none.
            0 if self.spoiled.is_some() => Wanted::Shards { depth: 3, index: 0 },
            0 => Wanted::Shards { depth, index: 0 },
            1 if matches!(self.spoiled, Some(Spoiled::Input)) => Wanted::Tensors { shard, depth: 8, index: 0 },
            1 => Wanted::Tensors { shard, depth, index: 0 },
            2 => Wanted::Nodes { shard, tensor, depth, index: 0 },
            3 => Wanted::Leaves { shard, tensor, first: u32::from(askew) },
            _ if askew || matches!(self.spoiled, Some(Spoiled::Input)) => Wanted::Outputs { first: shard, count: 0 },
            _ if beyond => Wanted::Outputs { first, count: count + 1 },
            _ => Wanted::Outputs { first: shard, count: 1 + self.part % (first + count - shard) },
        }
    }

    fn shown(&self, subject: &Subject, wanted: &Wanted) -> Binary {
        let mut shown = programs().locate(subject, wanted);
        match self.spoiled {
            Some(Spoiled::Noise) => shown = vec![0x5a; 100],
            Some(Spoiled::Truncated) => _ = shown.pop(),
            _ => {}
        }
        shown.into()
    }
}
