//! Counts everything again from what it is made of.

use cosmwasm_std::{Addr, Uint128};
use tequio_client::{Token, conservation};
use tequio_protocol::escrow::{AssignmentResponse, Ending, JobResponse, QueryMsg, State};
use tequio_protocol::registry::{self, LienResponse, ProviderResponse};
use tequio_protocol::rewards::{self, ClaimableResponse, ReservationResponse};
use tequio_protocol::{AssignmentId, JobId};
use tequio_tests::wait;

use crate::stage::Stage;

impl Stage {
    /// What must hold after every message: each contract's own equations, and both supplies to the unit.
    pub fn adds_up(&self) {
        for (contract, conservation) in wait(conservation(&self.chain)).expect("contracts that answer") {
            assert!(conservation.holds(), "{contract}: {conservation:#?}");
        }
        let (told, supply) = (&self.told, self.supply());
        assert_eq!(supply, told.genesis - told.burned, "only slashes and fees burn the denom");
        let tokens = wait(Token(&self.chain).supply()).expect("a token").u128();
        assert_eq!(tokens, told.token_genesis + told.minted - told.bought - told.token_burned);
        let rewards::ConfigResponse { schedule, .. } = self.ask(rewards::QueryMsg::Config {});
        let emission = 2 * schedule.initial.u128() * u128::from(schedule.halving);
        assert!(tokens <= told.token_genesis + emission, "client jobs burn more than they mint");
    }

    fn supply(&self) -> u128 {
        self.chain.supply().expect("a bank").u128()
    }

    /// What must hold at every moment, counted from lists.
    pub fn balances(&mut self) {
        let assignments = self.all_assignments();
        for assignment in &assignments {
            let ended = self.told.ended.get(&assignment.id.0).map(|ended| ended.ending);
            assert_eq!(ended.map_or(State::Active, State::Ended), assignment.state);
        }
        let pending: Vec<AssignmentId> = self.ask(QueryMsg::PendingRewards { start_after: None, limit: Some(100) });
        for ended in self.told.ended.values().filter(|ended| ended.ending == Ending::Settled) {
            let counted = self.told.counted.contains(&ended.assignment.0);
            assert_ne!(counted, pending.contains(&ended.assignment), "counted once, or to be counted: {ended:?}");
        }
        let held: u128 = self.all_jobs().iter().map(|job| self.job_adds_up(job, &assignments, &pending)).sum();
        self.escrow_owes(held);
        self.stake_adds_up(&assignments);
        self.tokens_add_up();
        self.arbiter_owes();
        for claim in self.claims.clone() {
            let now = self.attestation(claim.attestation);
            self.follows(claim, &now);
        }
    }

    pub fn all_jobs(&self) -> Vec<JobResponse> {
        (1..=self.jobs).map(|job| self.ask(QueryMsg::Job { job: JobId(job) })).collect()
    }

    pub fn all_assignments(&self) -> Vec<AssignmentResponse> {
        let mut all: Vec<AssignmentResponse> = vec![];
        loop {
            let start_after = all.last().map(|last| last.id);
            let page: Vec<_> = self.ask(QueryMsg::Assignments { job: None, start_after, limit: Some(100) });
            if page.is_empty() {
                break;
            }
            all.extend(page);
        }
        assert_eq!(all.len() as u64, self.assignments);
        all
    }

    /// One job's shards and credits; what is held for it.
    fn job_adds_up(&self, job: &JobResponse, all: &[AssignmentResponse], pending: &[AssignmentId]) -> u128 {
        let of_job = |state| all.iter().filter(move |a| a.job == job.id && a.state == state);
        let count = |state| of_job(state).map(|a| a.count).sum::<u64>();
        let free = self.ranges(job.id);
        // Its client never gets more than its gas, of all slashes and fees together.
        let gas = self.told.gas.get(&job.id.0).copied().unwrap_or_default();
        assert_eq!(job.client_gas_left.u128() + gas, self.rules[&job.id.0].client_gas.u128());
        assert_eq!((job.active, job.settled), (count(State::Active), count(State::Ended(Ending::Settled))));
        assert_eq!(job.free, free.iter().map(|range| range.count).sum::<u64>());
        assert_eq!(job.shards, job.free + job.active + job.settled + job.refunded);

        // No shard is in two places: none is paid twice, or paid and refunded.
        let mut places: Vec<_> = free.iter().map(|range| (range.first, range.count)).collect();
        places.extend(of_job(State::Active).chain(of_job(State::Ended(Ending::Settled))).map(|a| (a.first, a.count)));
        places.sort();
        assert!(places.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "{places:?}");

        let (source, id) = (self.chain.deployment().escrow.to_string(), job.id);
        let reserved: ReservationResponse = self.ask(rewards::QueryMsg::Reservation { source, job: id });
        let unrewarded: u64 =
            of_job(State::Ended(Ending::Settled)).filter(|a| pending.contains(&a.id)).map(|a| a.count).sum();
        let releases: Vec<JobId> = self.ask(QueryMsg::PendingReleases { start_after: None, limit: Some(100) });
        let open = job.free + job.active + unrewarded;
        let unreleased = if releases.contains(&id) { 1..=job.refunded } else { 0..=0 };
        assert!(unreleased.contains(&(reserved.shards - open)), "{reserved:?} {job:?}");

        let free: u128 = free.iter().map(|range| u128::from(range.count) * range.price.u128()).sum();
        free + of_job(State::Active).map(|a| u128::from(a.count) * a.price.u128()).sum::<u128>()
    }

    /// Escrow's purse is what it holds for open shards, what it owes to each, and what was thrown in.
    fn escrow_owes(&self, held: u128) {
        for person in self.everybody() {
            let owed = self.told.owed.get(person.as_str()).copied().unwrap_or_default();
            assert_eq!(self.ask::<Uint128>(QueryMsg::Balance { address: person.into() }).u128(), owed);
        }
        let owed: u128 = self.told.owed.values().sum();
        assert_eq!(
            self.purse(&self.chain.deployment().escrow),
            held + owed + self.told.fees_to_burn + self.dust(&self.chain.deployment().escrow)
        );
    }

    /// Liens are those of active assignments, and registry's purse is all stake and all balances.
    fn stake_adds_up(&self, assignments: &[AssignmentResponse]) {
        let registry = &self.chain.deployment().registry;
        let mut sum = self.dust(registry);
        for provider in self.all_providers() {
            let address = provider.provider;
            let active = |a: &&AssignmentResponse| a.provider == address && a.state == State::Active;
            let liens: Uint128 = assignments.iter().filter(active).map(|a| a.lien).sum();
            let ended = self.told.ended.values().filter(|ended| ended.provider == address);
            assert_eq!((provider.liens, provider.slashed), (liens, ended.map(|ended| ended.slashed).sum()));
            let query = registry::QueryMsg::Liens { provider: address, start_after: None, limit: None };
            let placed: Uint128 = self.ask::<Vec<LienResponse>>(query).iter().map(|lien| lien.placed).sum();
            assert_eq!(placed, liens);
            sum += provider.stake.u128();
        }
        for person in self.everybody() {
            sum += self.ask::<Uint128>(registry::QueryMsg::Balance { address: person.into() }).u128();
        }
        assert_eq!(self.purse(registry), sum + self.told.to_burn);
    }

    pub fn all_providers(&self) -> Vec<ProviderResponse> {
        self.ask(registry::QueryMsg::Providers { start_after: None, limit: Some(100) })
    }

    /// Tokens are where somebody has them, and credits bought are free, reserved or consumed.
    fn tokens_add_up(&self) {
        let (mut tokens, mut credits, mut earned) = (0, 0, 0);
        for person in self.everybody() {
            tokens += wait(Token(&self.chain).balance(&person)).expect("a token").u128();
            credits += self.ask::<Uint128>(rewards::QueryMsg::Credits { client: person.to_string() }).u128();
            let claimable: ClaimableResponse = self.ask(rewards::QueryMsg::Claimable { provider: person.into() });
            earned += claimable.earned.u128();
        }
        assert_eq!(wait(Token(&self.chain).supply()).expect("a token").u128(), tokens);
        for job in (1..=self.jobs).map(JobId) {
            let source = self.chain.deployment().escrow.to_string();
            let reserved: ReservationResponse = self.ask(rewards::QueryMsg::Reservation { source, job });
            credits += reserved.credits.u128() * u128::from(reserved.shards);
        }
        assert_eq!(self.told.bought, credits + self.told.consumed);
        assert!(earned <= self.told.earned);
    }

    pub fn everybody(&self) -> Vec<Addr> {
        self.cast.everybody.clone()
    }

    pub fn purse(&self, address: &Addr) -> u128 {
        self.chain.coins(address).expect("a bank").u128()
    }

    pub fn dust(&self, contract: &Addr) -> u128 {
        self.told.dust.get(contract.as_str()).copied().unwrap_or_default()
    }
}
