//! One run: acts become messages, and in the end everything is drained.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Decimal, Uint128};
use cw_multi_test::AppResponse;
use tequio_escrow::{ContractError, core::error::CoreError};
use tequio_protocol::{
    AssignmentId, JobId, Moment,
    escrow::{Config, ExecuteMsg, JobSpec, Kind, MIN_COMMONS_AUDIT, QueryMsg, State},
    verifier::Verdict,
};

use super::Act;
use crate::world::{FALSE, World, config};

/// The chain and what was posted and taken on it so far.
pub struct Run {
    pub world: World,
    pub jobs: u64,
    pub assignments: u64,
    /// How often each message went through.
    pub went: BTreeMap<&'static str, u32>,
}

impl Run {
    pub fn new(world: World) -> Self {
        Self { world, jobs: 0, assignments: 0, went: BTreeMap::new() }
    }

    fn job(&self, index: usize) -> JobId {
        JobId(index as u64 % self.jobs.max(1) + 1)
    }

    /// Any assignment, or mostly an active one that is `fit`, if there is one.
    fn pick(&self, index: usize, fit: impl Fn(Option<(Moment, Verdict)>) -> bool) -> AssignmentId {
        let all: Vec<_> = (1..=self.assignments).map(AssignmentId).collect();
        let active = |id: &AssignmentId| self.world.state(*id) == State::Active && fit(self.world.attested(*id));
        let active: Vec<_> = all.iter().copied().filter(active).collect();
        let from = if !index.is_multiple_of(8) && !active.is_empty() { active } else { all };
        from.get(index / 8 % from.len().max(1)).copied().unwrap_or(AssignmentId(1))
    }

    fn exists(&self, assignment: AssignmentId) -> bool {
        assignment.0 <= self.assignments
    }

    fn parties(&self) -> Vec<Addr> {
        let world = &self.world;
        let owners = world.providers().map(|provider| provider.owner.clone());
        [&[world.client.clone(), world.governance.clone(), world.stranger.clone()][..], &owners].concat()
    }

    /// Sends a message that may fail, but only with escrow's own error. Whether it went through.
    fn tries(&mut self, sender: &Addr, message: ExecuteMsg, funds: u128) -> bool {
        self.sends(sender, message, funds).is_some()
    }

    /// What came of a message, if it went through.
    fn sends(&mut self, sender: &Addr, message: ExecuteMsg, funds: u128) -> Option<AppResponse> {
        match self.world.send(sender, &message, funds) {
            Ok(response) => {
                *self.went.entry(word(&message)).or_default() += 1;
                Some(response)
            }
            Err(error) => {
                let error: ContractError = error.downcast().unwrap_or_else(|error| panic!("{message:?}: {error:#}"));
                let reckons = matches!(error, ContractError::Overflow(_) | ContractError::Core(CoreError::Overflow(_)));
                assert!(!reckons && !matches!(error, ContractError::Std(_)), "{message:?}: {error}");
                None
            }
        }
    }

    pub fn step(&mut self, act: &Act) {
        let world = &mut self.world;
        let (client, stranger, governance) = (world.client.clone(), world.stranger.clone(), world.governance.clone());
        match *act {
            Act::Post { commons, shards, price, audit, providers, least, takers, lasts } => {
                let (kind, poster) = if commons { (Kind::Commons, governance) } else { (Kind::Client, client) };
                let price = if commons { price / 100 } else { price };
                let end = world.now() + lasts;
                let audit_window = if commons { Some(MIN_COMMONS_AUDIT + audit.unwrap_or(0)) } else { audit };
                let min_providers = providers.min(shards as u32);
                let price = Uint128::from(price);
                let principal = commons.then(|| stranger.to_string());
                // Most jobs have small ones.
                let least = 1 + least / 3 % shards.div_ceil(min_providers.into());
                let named = world.providers().into_iter().enumerate().filter(|(bit, _)| takers >> bit & 1 == 1);
                let takers = named.map(|(_, provider)| provider.owner.to_string()).collect();
                let spec = JobSpec { takers, ..world.spec() };
                let spec = JobSpec { kind, shards, price, audit_window, principal, end, min_providers, least, ..spec };
                let funds = price.u128() * u128::from(shards);
                self.jobs += u64::from(self.tries(&poster, ExecuteMsg::Post { spec }, funds));
            }
            Act::Assign { provider, job, count, parts, range, limits } => {
                let job = self.job(job);
                self.assign(provider % 3, job, (count, parts), range, limits);
            }
            Act::Attest { assignment } => {
                let assignment = self.pick(assignment, |attested| attested.is_none());
                if self.exists(assignment) && self.world.attested(assignment).is_none() {
                    self.world.attest(assignment);
                }
            }
            Act::Answer { assignment, verdict } => {
                let assignment = self.pick(assignment, |attested| attested.is_some());
                self.answer(assignment, verdict);
            }
            Act::GiveBack { assignment } => {
                let assignment = self.pick(assignment, |attested| attested.is_none());
                if self.exists(assignment) {
                    let of = self.world.assignment(assignment);
                    // The fee of the config that every run begins with; jobs under another refuse it.
                    let fee = (of.price.u128() * u128::from(of.count)).div_ceil(100);
                    let operator = Addr::unchecked(of.operator);
                    self.tries(&operator, ExecuteMsg::GiveBack { assignment }, fee);
                }
            }
            Act::Settle { ref assignments } => {
                let done = |(_, verdict)| settles(&verdict);
                let pick = |index: &usize| self.pick(*index, |attested| attested.is_some_and(done));
                let assignments = assignments.iter().map(pick).collect();
                self.tries(&stranger, ExecuteMsg::Settle { assignments }, 0);
            }
            Act::Expire { assignment, owner } => {
                let done = |(_, verdict)| settles(&verdict);
                let assignments = vec![self.pick(assignment, |attested| !attested.is_some_and(done))];
                let alice = self.world.alice.owner.clone();
                self.tries(if owner { &alice } else { &stranger }, ExecuteMsg::Expire { assignments }, 0);
            }
            Act::Refund { job, client: by_client, shards } => {
                let (job, sender) = (self.job(job), if by_client { client } else { stranger });
                self.tries(&sender, ExecuteMsg::Refund { job, shards }, 0);
            }
            Act::TopUp { job, range, raise } => {
                let job = self.job(job);
                if job.0 <= self.jobs {
                    let ranges = self.world.free(job);
                    if let Some((first, count, price)) = ranges.get(range % ranges.len().max(1)).copied() {
                        let (price, funds) = (price + u128::from(raise), u128::from(raise * count));
                        self.tries(&client, ExecuteMsg::TopUp { job, first, price: price.into() }, funds);
                    }
                }
            }
            Act::Withdraw { actor } => {
                let parties = self.parties();
                self.tries(&parties[actor % parties.len()].clone(), ExecuteMsg::Withdraw {}, 0);
            }
            Act::Reward { assignment } => {
                let pending = self.pending_rewards();
                let assignment = pending.get(assignment % pending.len().max(1)).copied().unwrap_or(AssignmentId(1));
                let assignments = vec![assignment];
                self.tries(&stranger, ExecuteMsg::Reward { assignments }, 0);
            }
            Act::Release { job } => {
                let pending = self.pending_releases();
                let jobs = vec![pending.get(job % pending.len().max(1)).copied().unwrap_or(JobId(1))];
                self.tries(&stranger, ExecuteMsg::Release { jobs }, 0);
            }
            Act::Fail { fails } => world.rewards_fails(fails),
            Act::Pause { posting, assigning } => {
                self.tries(&governance, ExecuteMsg::Pause { posting, assigning }, 0);
            }
            Act::Configure { scale } => {
                let config = Config {
                    margin_bps: 20_000 + u32::from(scale),
                    token_value: Decimal::percent(scale.into()),
                    absence_bps: 100 + scale,
                    client_gas: scale.into(),
                    reporter_tip: scale.into(),
                    ..config()
                };
                self.tries(&governance, ExecuteMsg::Configure { config }, 0);
            }
            Act::Burn { bps } => world.burn_bps(bps),
            Act::BurnFees => {
                self.tries(&stranger, ExecuteMsg::Burn {}, 0);
            }
            Act::Pass { seconds, halts: true } => world.blocks(7, seconds),
            Act::Pass { seconds, halts: false } => world.pass(seconds),
        }
    }

    /// Takes shards, sometimes several times or of one range, under limits that may be out of reach; what is taken keeps
    /// within them.
    fn assign(
        &mut self,
        provider: usize,
        job: JobId,
        (count, parts): (u64, Option<u32>),
        range: Option<usize>,
        limits: u64,
    ) {
        let mut ranges = if job.0 <= self.jobs { self.world.free(job) } else { vec![] };
        let (provider, operator) = {
            let provider = self.world.providers()[provider];
            (provider.owner.to_string(), provider.operator.clone())
        };
        let owner = provider.clone();
        let first = range.and_then(|range| ranges.get(range % ranges.len().max(1))).map(|range| range.0);
        // None of either half of the time.
        let at_least = limits.is_multiple_of(2).then(|| 1 + limits % count);
        let dearest = ranges.iter().map(|range| range.2).max().unwrap_or_default();
        let price = limits.is_multiple_of(4).then(|| Uint128::from(dearest.saturating_sub(u128::from(limits / 8))));
        let message = ExecuteMsg::Assign { job, provider, count, parts, first, at_least, price };
        let Some(response) = self.sends(&operator, message, 0) else { return };
        let took = response.events.iter().filter(|event| event.ty == "wasm-assigned").count() as u64;
        assert!((1..=parts.unwrap_or(1)).contains(&(took as u32)), "{took} assignments of {parts:?}");
        if took > 1 {
            *self.went.entry("assign several").or_default() += 1;
        }
        let job = self.world.job(job);
        assert!(job.takers.is_empty() || job.takers.contains(&owner), "{owner} is none of {:?}", job.takers);
        for part in 0..took {
            self.assignments += 1;
            let taken = self.world.assignment(AssignmentId(self.assignments));
            assert!(taken.count <= count && taken.count >= at_least.unwrap_or(1));
            assert!(taken.price >= price.unwrap_or_default());
            assert!(part > 0 || first.is_none_or(|first| first == taken.first));
            let at = ranges.iter().position(|range| range.0 == taken.first).expect("it was free");
            let (_, range, _) = ranges[at];
            let (left, cap) = (range - taken.count, job.shards.div_ceil(job.min_providers.into()));
            let fair = left == 0 || taken.count >= job.least && (left >= job.least || range > cap);
            assert!(fair, "{} of {range}, least {}", taken.count, job.least);
            (ranges[at].0, ranges[at].1) = (taken.first + taken.count, left);
            ranges.retain(|range| range.1 > 0);
        }
    }

    /// The verifier's final answer on an attestation that is pending.
    fn answer(&mut self, assignment: AssignmentId, verdict: usize) {
        if self.exists(assignment) && matches!(self.world.attested(assignment), Some((_, Verdict::Pending {}))) {
            let Verdict::False(wrong) = FALSE else { panic!("a false verdict") };
            let refuted = Verdict::Refuted { by: self.world.carol.owner.to_string(), wrong };
            let verdicts =
                [Verdict::Genuine {}, Verdict::Genuine {}, FALSE, refuted, Verdict::Lapsed {}, Verdict::Void {}];
            self.world.verdict(assignment, verdicts[verdict % verdicts.len()].clone());
        }
    }

    fn pending_rewards(&self) -> Vec<AssignmentId> {
        self.world.ask(&QueryMsg::PendingRewards { start_after: None, limit: Some(100) })
    }

    fn pending_releases(&self) -> Vec<JobId> {
        self.world.ask(&QueryMsg::PendingReleases { start_after: None, limit: Some(100) })
    }

    /// After the deadlines anyone ends everything, whatever is paused and whatever fails.
    pub fn drains(&mut self) {
        let stranger = self.world.stranger.clone();
        for id in 1..=self.assignments {
            self.answer(AssignmentId(id), id as usize);
        }
        self.world.pass(100_000_000);
        for id in (1..=self.assignments).map(AssignmentId) {
            let active = self.world.state(id) == State::Active;
            let settled = self.tries(&stranger, ExecuteMsg::Settle { assignments: vec![id] }, 0);
            let expired = self.tries(&stranger, ExecuteMsg::Expire { assignments: vec![id] }, 0);
            assert_eq!(u8::from(settled) + u8::from(expired), u8::from(active), "exactly one of them ends {id}");
        }
        for job in (1..=self.jobs).map(JobId) {
            while self.world.tally(job).0 > 0 {
                assert!(self.tries(&stranger, ExecuteMsg::Refund { job, shards: None }, 0));
            }
        }
        self.adds_up();
        for party in self.parties() {
            if self.world.balance(&party) > 0 {
                assert!(self.tries(&party, ExecuteMsg::Withdraw {}, 0));
            }
        }
        self.tries(&stranger, ExecuteMsg::Burn {}, 0);
        assert_eq!(self.world.bank(&self.world.escrow), 0);
        assert!(self.world.providers().iter().all(|provider| self.world.lien_on(provider) == 0));

        self.world.rewards_fails(false);
        for id in self.pending_rewards() {
            assert!(self.tries(&stranger, ExecuteMsg::Reward { assignments: vec![id] }, 0));
        }
        for job in self.pending_releases() {
            assert!(self.tries(&stranger, ExecuteMsg::Release { jobs: vec![job] }, 0));
        }
        assert!((1..=self.jobs).all(|job| self.world.reserved(JobId(job)) == 0));
        self.adds_up();
    }
}

fn settles(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Genuine {} | Verdict::False { .. } | Verdict::Refuted { .. })
}

fn word(message: &ExecuteMsg) -> &'static str {
    match message {
        ExecuteMsg::Post { .. } => "post",
        ExecuteMsg::Assign { .. } => "assign",
        ExecuteMsg::GiveBack { .. } => "give_back",
        ExecuteMsg::Settle { .. } => "settle",
        ExecuteMsg::Expire { .. } => "expire",
        ExecuteMsg::Refund { .. } => "refund",
        ExecuteMsg::TopUp { .. } => "top_up",
        ExecuteMsg::Withdraw {} => "withdraw",
        ExecuteMsg::Burn {} => "burn",
        ExecuteMsg::Reward { .. } => "reward",
        ExecuteMsg::Release { .. } => "release",
        ExecuteMsg::Pause { .. } => "pause",
        ExecuteMsg::Configure { .. } => "configure",
        ExecuteMsg::UpdateOwnership(_) => "update_ownership",
    }
}
