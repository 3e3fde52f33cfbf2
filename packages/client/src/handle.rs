//! Typed handles: what each contract can be asked, by name.

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use cw20::{BalanceResponse, Cw20QueryMsg, TokenInfoResponse};
use tequio_protocol::{
    AssignmentId, AttestationId, Conservation, DemandId, JobId, ProgramId, arbiter, escrow, registry, rewards,
    verifier::{self, AttestationResponse, AttestedResponse, Subject},
};

use crate::{Chain, Contract};

macro_rules! handles {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {
        $(
            $(#[doc = $doc])*
            pub struct $name<'a, C>(pub &'a C);
        )*
    };
}

handles!(
    /// Providers, their stake and the liens on it.
    Registry,
    /// Beacon rounds, attestations and verdicts.
    Verifier,
    /// Demands, reveals and their bonds.
    Arbiter,
    /// Counted work, and what may be claimed.
    Rewards,
    /// Jobs, assignments, money in and out.
    Escrow,
    /// The reward token.
    Token,
);

/// What a provider looks for among the jobs that take providers now.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub program: Option<ProgramId>,
    /// Least payment for a shard.
    pub price: Option<Uint128>,
    /// Least number of free shards.
    pub shards: Option<u64>,
    /// Who must be free to take them.
    pub provider: Option<Addr>,
}

impl<C: Chain> Registry<'_, C> {
    pub async fn provider(&self, provider: &Addr) -> Result<registry::ProviderResponse> {
        self.0.query(registry::QueryMsg::Provider { provider: provider.to_string() }).await
    }

    /// What slashes left to burn.
    pub async fn to_burn(&self) -> Result<Uint128> {
        self.0.query(registry::QueryMsg::ToBurn {}).await
    }

    /// What `address` may withdraw, thawed stake left aside.
    pub async fn balance(&self, address: &Addr) -> Result<Uint128> {
        self.0.query(registry::QueryMsg::Balance { address: address.to_string() }).await
    }
}

impl<C: Chain> Verifier<'_, C> {
    pub async fn attestation(&self, attestation: AttestationId) -> Result<AttestationResponse> {
        self.0.query(verifier::QueryMsg::Attestation { attestation }).await
    }

    /// The attestation of `attester` for a subject, if there is one.
    pub async fn attested(&self, attester: &str, subject: &Subject) -> Result<AttestedResponse> {
        let (attester, subject) = (attester.into(), subject.clone());
        self.0.query(verifier::QueryMsg::Attested { attester, subject }).await
    }
}

impl<C: Chain> Arbiter<'_, C> {
    /// What demanding this now would take; fails as demanding would.
    pub async fn quote(
        &self,
        demander: &Addr,
        attestation: AttestationId,
        wanted: arbiter::Wanted,
        shown: &[u8],
    ) -> Result<arbiter::QuoteResponse> {
        let (demander, shown) = (demander.to_string(), shown.into());
        self.0.query(arbiter::QueryMsg::Quote { demander, attestation, wanted, shown }).await
    }

    pub async fn demand(&self, demand: DemandId) -> Result<arbiter::DemandResponse> {
        self.0.query(arbiter::QueryMsg::Demand { demand }).await
    }

    /// Demands of an attestation after `start_after`, by id.
    pub async fn demands(
        &self,
        attestation: AttestationId,
        start_after: Option<DemandId>,
    ) -> Result<Vec<arbiter::DemandResponse>> {
        self.0.query(arbiter::QueryMsg::Demands { attestation, start_after, limit: None }).await
    }

    /// What is to be revealed of an attestation, by when it is due: the first of it.
    pub async fn due(&self, attestation: AttestationId) -> Result<Vec<arbiter::DemandResponse>> {
        self.0.query(arbiter::QueryMsg::Due { attestation, limit: None }).await
    }

    /// The latest demand of an address, if there is one.
    pub async fn demanded(
        &self,
        attestation: AttestationId,
        wanted: arbiter::Wanted,
    ) -> Result<Option<arbiter::DemandResponse>> {
        let found: Option<DemandId> = self.0.query(arbiter::QueryMsg::Demanded { attestation, wanted }).await?;
        match found {
            None => Ok(None),
            Some(demand) => self.demand(demand).await.map(Some),
        }
    }

    /// What `address` may withdraw.
    pub async fn balance(&self, address: &Addr) -> Result<Uint128> {
        self.0.query(arbiter::QueryMsg::Balance { address: address.to_string() }).await
    }

    /// What settled demands left to burn.
    pub async fn to_burn(&self) -> Result<Uint128> {
        self.0.query(arbiter::QueryMsg::ToBurn {}).await
    }
}

impl<C: Chain> Rewards<'_, C> {
    pub async fn config(&self) -> Result<rewards::ConfigResponse> {
        self.0.query(rewards::QueryMsg::Config {}).await
    }

    pub async fn claimable(&self, provider: &Addr) -> Result<rewards::ClaimableResponse> {
        self.0.query(rewards::QueryMsg::Claimable { provider: provider.to_string() }).await
    }
}

impl<C: Chain> Escrow<'_, C> {
    /// What a job would cost and demand if it were posted now; fails as posting it would.
    pub async fn quote(&self, spec: &escrow::JobSpec) -> Result<escrow::QuoteResponse> {
        self.0.query(escrow::QueryMsg::Quote { spec: spec.clone() }).await
    }

    pub async fn job(&self, job: JobId) -> Result<escrow::JobResponse> {
        self.0.query(escrow::QueryMsg::Job { job }).await
    }

    /// Jobs that take providers now, the newest first: those of a page, and where the next begins.
    pub async fn open(&self, wanted: Wanted, start_before: Option<JobId>) -> Result<escrow::OpenResponse> {
        let Wanted { program, price, shards, provider } = wanted;
        let provider = provider.map(Addr::into_string);
        self.0.query(escrow::QueryMsg::Open { program, price, shards, provider, start_before, limit: None }).await
    }

    /// Free ranges of a job after `start_after`, by first shard.
    pub async fn free(&self, job: JobId, start_after: Option<u64>) -> Result<Vec<escrow::FreeResponse>> {
        self.0.query(escrow::QueryMsg::Free { job, start_after, limit: None }).await
    }

    /// Active assignments of a provider, taken by `operator` if given: those of a page, and where the next begins.
    pub async fn active(
        &self,
        provider: &Addr,
        operator: Option<&Addr>,
        start_after: Option<AssignmentId>,
    ) -> Result<escrow::ActiveResponse> {
        let (provider, operator) = (provider.to_string(), operator.map(Addr::to_string));
        self.0.query(escrow::QueryMsg::Active { provider, operator, start_after, limit: None }).await
    }

    /// Assignments of a job after `start_after`, by id.
    pub async fn assignments(
        &self,
        job: JobId,
        start_after: Option<AssignmentId>,
    ) -> Result<Vec<escrow::AssignmentResponse>> {
        self.0.query(escrow::QueryMsg::Assignments { job: Some(job), start_after, limit: None }).await
    }

    pub async fn assignment(&self, assignment: AssignmentId) -> Result<escrow::AssignmentResponse> {
        self.0.query(escrow::QueryMsg::Assignment { assignment }).await
    }

    /// What `address` may withdraw.
    pub async fn balance(&self, address: &Addr) -> Result<Uint128> {
        self.0.query(escrow::QueryMsg::Balance { address: address.to_string() }).await
    }

    /// The attestation for an assignment's subject, whenever it was made, if there is one.
    pub async fn attestation(&self, assignment: &escrow::AssignmentResponse) -> Result<Option<AttestationResponse>> {
        Ok(Verifier(self.0).attested(&assignment.operator, &assignment.subject).await?.attestation)
    }

    /// What may be done about an assignment at the time of the latest block.
    pub async fn ruling(&self, assignment: AssignmentId) -> Result<escrow::Ruling> {
        let answer: escrow::RulingResponse = self.0.query(escrow::QueryMsg::Ruling { assignment }).await?;
        Ok(answer.ruling)
    }

    /// What giving an assignment back takes; fails as giving it back would.
    pub async fn give_back(&self, assignment: AssignmentId) -> Result<escrow::GiveBack> {
        self.0.query(escrow::QueryMsg::GiveBack { assignment }).await
    }

    /// What fees left to burn.
    pub async fn to_burn(&self) -> Result<Uint128> {
        self.0.query(escrow::QueryMsg::ToBurn {}).await
    }
}

impl<C: Chain> Token<'_, C> {
    pub async fn balance(&self, address: &Addr) -> Result<Uint128> {
        let answer: BalanceResponse = self.0.query(Cw20QueryMsg::Balance { address: address.to_string() }).await?;
        Ok(answer.balance)
    }

    /// All there is.
    pub async fn supply(&self) -> Result<Uint128> {
        let answer: TokenInfoResponse = self.0.query(Cw20QueryMsg::TokenInfo {}).await?;
        Ok(answer.total_supply)
    }
}

/// The equations of all contracts that hold money or count it.
pub async fn conservation<C: Chain>(chain: &C) -> Result<Vec<(Contract, Conservation)>> {
    Ok(vec![
        (Contract::Registry, chain.query(registry::QueryMsg::Conservation {}).await?),
        (Contract::Verifier, chain.query(verifier::QueryMsg::Conservation {}).await?),
        (Contract::Arbiter, chain.query(arbiter::QueryMsg::Conservation {}).await?),
        (Contract::Rewards, chain.query(rewards::QueryMsg::Conservation {}).await?),
        (Contract::Escrow, chain.query(escrow::QueryMsg::Conservation {}).await?),
    ])
}
