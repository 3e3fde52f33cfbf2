use cosmwasm_std::{Addr, Uint128};
use tequio_protocol::escrow::{
    Assigned, AssignmentResponse, Ended, Ending, ExecuteMsg, FreeResponse, JobResponse, JobSpec, Kind, QueryMsg,
    QuoteResponse,
};
use tequio_protocol::{JobId, registry};

use crate::act::{Act, By, Offer, Sent, Wrong};
use crate::program::programs;
use crate::stage::Stage;

impl Stage {
    pub(super) fn in_escrow(&mut self, act: &Act) {
        match *act {
            Act::Post { by, ref offer } => self.post(by, offer),
            Act::Assign { by, provider, job, count, parts, range, at_least, price } => {
                let sender = self.whoever(by, self.provider(provider).1);
                self.assign(&sender, (provider, self.job_id(job), count, parts), range, at_least, price);
            }
            Act::GiveBack { by, assignment, sent } => self.give_back(by, assignment, sent),
            Act::Settle { by, ref assignments } => {
                let assignments = self.assignment_ids(assignments);
                self.send(&self.person(by), ExecuteMsg::Settle { assignments }, vec![]);
            }
            Act::Expire { by, ref assignments } => {
                let (sender, assignments) = (self.person(by), self.assignment_ids(assignments));
                let outcome = self.send(&sender, ExecuteMsg::Expire { assignments }, vec![]);
                for Ended { assignment, ending, provider, .. } in outcome.iter().flat_map(|outcome| outcome.all()) {
                    let AssignmentResponse { attest_by, .. } = self.ask(QueryMsg::Assignment { assignment });
                    let early = ending == Ending::Absent && !attest_by.over(&self.chain.moment());
                    assert!(!early || provider == sender.as_str(), "{sender} ended it early");
                }
            }
            Act::Refund { by, job, shards } => {
                let client = self.job(job).map_or(self.client(job).into_string(), |job| job.client);
                let sender = self.whoever(by, client);
                self.send(&sender, ExecuteMsg::Refund { job: self.job_id(job), shards }, vec![]);
            }
            Act::TopUp { by, job, range, raise, sent } => self.top_up(by, job, range, raise, sent),
            Act::Withdraw { by } => {
                self.send(&self.person(by), ExecuteMsg::Withdraw {}, vec![]);
            }
            Act::Retry { by, assignment, reward: true, .. } => {
                let assignments = vec![self.assignment_id(assignment)];
                self.send(&self.person(by), ExecuteMsg::Reward { assignments }, vec![]);
            }
            Act::Retry { by, job, reward: false, .. } => {
                let jobs = vec![self.job_id(job)];
                self.send(&self.person(by), ExecuteMsg::Release { jobs }, vec![]);
            }
            _ => unreachable!("not escrow's: {act:?}"),
        }
    }

    pub fn post(&mut self, by: By, offer: &Offer) {
        let governance = self.chain.deployment().governance.clone();
        let right = if offer.commons { governance } else { self.client(offer.client) };
        let (sender, spec) = (self.whoever(by, right), self.spec(offer));
        let quote = self.chain.ask::<QuoteResponse>(QueryMsg::Quote { spec: spec.clone() });
        let due = quote.as_ref().map_or(0, |quote| quote.funds.u128());
        let funds = self.funds(due, offer.sent);
        let posted = self.send(&sender, ExecuteMsg::Post { spec }, funds);
        assert!(quote.is_ok() || posted.is_none(), "posted what has no quote: {offer:?}");
    }

    fn spec(&self, offer: &Offer) -> JobSpec {
        let manifest = programs().manifest(offer.program);
        let shards = offer.shards;
        let providers = self.cast.providers.iter().enumerate();
        let named = providers.filter(|(bit, _)| u32::from(offer.takers).checked_shr(*bit as u32).unwrap_or(0) & 1 == 1);
        let mut spec = JobSpec {
            header: manifest.header.encode().into(),
            descriptors: manifest.tree.root(),
            inputs: programs().inputs(shards).root(),
            shards,
            price: offer.price.into(),
            draws: offer.draws,
            kind: if offer.commons { Kind::Commons } else { Kind::Client },
            attest_window: offer.attest_window,
            audit_window: offer.audit_window,
            principal: offer.commons.then(|| self.cast.outsider.to_string()),
            end: self.chain.now() + offer.lasts,
            min_providers: offer.providers.min(shards as u32),
            least: offer.least.min(shards.div_ceil(offer.providers.min(shards as u32).into())),
            takers: named.map(|(_, (owner, _))| owner.to_string()).collect(),
            data: "somewhere".into(),
        };
        match offer.wrong {
            None => {}
            Some(Wrong::Shards) => spec.shards = 0,
            Some(Wrong::Header) => spec.header = vec![1].into(),
            Some(Wrong::Draws) => spec.draws = 10_000,
            Some(Wrong::Window) => spec.attest_window = 1,
            Some(Wrong::End) => spec.end = self.chain.now(),
            Some(Wrong::Free) => (spec.price, spec.kind) = (Uint128::zero(), Kind::Client),
            Some(Wrong::Huge) => spec.price = Uint128::MAX,
        }
        spec
    }

    /// Whoever came first, nobody gets other shards than he puts up with.
    fn assign(
        &mut self,
        sender: &Addr,
        (provider, job, count, parts): (usize, JobId, u64, Option<u32>),
        range: Option<usize>,
        at_least: Option<u64>,
        price: Option<u128>,
    ) {
        let provider = self.provider(provider).0.to_string();
        let ranges = if job.0 <= self.jobs { self.ranges(job) } else { vec![] };
        let first = range.and_then(|range| ranges.get(range % ranges.len().max(1))).map(|range| range.first);
        let works: bool =
            self.ask(registry::QueryMsg::Works { provider: provider.clone(), operator: sender.to_string() });
        let (to, least_price) = (provider.clone(), price.map(Uint128::new));
        let message = ExecuteMsg::Assign { job, provider: to, count, parts, first, at_least, price: least_price };
        let Some(outcome) = self.send(sender, message, vec![]) else { return };
        let taken: Vec<Assigned> = outcome.all();
        assert!((1..=parts.unwrap_or(1) as usize).contains(&taken.len()) && works);
        for part in &taken {
            assert!(part.provider == provider && part.operator == sender.as_str());
            assert!((at_least.unwrap_or(1)..=count).contains(&part.count) && part.price.u128() >= price.unwrap_or(0));
        }
        assert!(first.is_none_or(|first| first == taken[0].first));
        let JobResponse { takers, .. } = self.ask(QueryMsg::Job { job });
        assert!(takers.is_empty() || takers.contains(&provider), "{provider} is none of {takers:?}");
    }

    fn give_back(&mut self, by: By, index: usize, sent: Sent) {
        let id = self.assignment_id(index);
        let Some(AssignmentResponse { job, operator, count, price, .. }) = self.assignment(index) else {
            return self.never(&self.person(index), ExecuteMsg::GiveBack { assignment: id });
        };
        let fee_bps = u128::from(self.rules[&job.0].give_back_fee_bps);
        let fee = (price.u128() * u128::from(count) * fee_bps).div_ceil(10_000);
        let (sender, funds) = (self.whoever(by, operator), self.funds(fee, sent));
        if let Some(outcome) = self.send(&sender, ExecuteMsg::GiveBack { assignment: id }, funds) {
            assert_eq!(outcome.all::<Ended>()[0].fee.u128(), fee);
        }
    }

    fn top_up(&mut self, by: By, job: usize, range: usize, raise: u128, sent: Sent) {
        let id = self.job_id(job);
        let Some(JobResponse { client, end, .. }) = self.job(job) else {
            return self.never(&self.person(job), ExecuteMsg::TopUp { job: id, first: 0, price: raise.into() });
        };
        let ranges = self.ranges(id);
        let Some(FreeResponse { first, count, price, .. }) = ranges.get(range % ranges.len().max(1)).cloned() else {
            return;
        };
        let right = self.whoever(by, &client).as_str() == client && raise > 0 && self.chain.now() <= end;
        let (sender, funds) = (self.whoever(by, client), self.funds(raise * u128::from(count), sent));
        let top_up = ExecuteMsg::TopUp { job: id, first, price: price + Uint128::new(raise) };
        let taken = self.send(&sender, top_up, funds).is_some();
        assert_eq!(taken, right && matches!(sent, Sent::Due), "raise {raise} of {count} shards, {sent:?}");
    }

    /// The free ranges of a job.
    pub fn ranges(&self, job: JobId) -> Vec<FreeResponse> {
        self.ask(QueryMsg::Free { job, start_after: None, limit: Some(100) })
    }
}
