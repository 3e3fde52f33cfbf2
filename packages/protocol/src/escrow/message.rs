//! What is sent and asked.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Binary, Uint128};
use cw_ownable::cw_ownable_execute;

use super::config::Config;
use crate::{AssignmentId, Digest, Funds, JobId, Permission, Permissioned, ProgramId, governance, rewards::Kind};

#[cw_serde]
pub struct InstantiateMsg {
    /// Governance.
    pub owner: String,
    /// Denom of all payment.
    pub denom: String,
    pub registry: String,
    pub verifier: String,
    pub rewards: String,
    /// Most that `client_gas`, `reporter_tip` and `answer_gas` can ever be, and that who refutes is thanked with beyond the tip: only who deploys knows what the denom is worth.
    pub max_gas: Uint128,
    pub config: Config,
}

/// A job as its client posts it.
#[cw_serde]
#[derive(Eq)]
pub struct JobSpec {
    /// The program's canonical header.
    pub header: Binary,
    /// Root of the tree over the program's descriptors.
    pub descriptors: Digest,
    /// Root of the tree over the inputs of all shards.
    pub inputs: Digest,
    /// Number of shards, at least 1.
    pub shards: u64,
    /// Payment for one shard. 0 only for commons jobs.
    pub price: Uint128,
    /// Draws of each attestation.
    pub draws: u32,
    pub kind: Kind,
    /// Seconds from assigning until the attestation must be there.
    pub attest_window: u32,
    /// Seconds from the complete opening before which nothing is paid; the config's default if `None`.
    pub audit_window: Option<u32>,
    /// Whom a commons job's outputs are delivered to, and who watches it: not governance. `None` for a client's job,
    /// whose principal is the client.
    pub principal: Option<String>,
    /// Time after which nothing is assigned and anyone may refund.
    pub end: u64,
    /// Least number of providers among whom the shards must be spread.
    pub min_providers: u32,
    /// Least shards of one assignment, unless it takes the whole of a smaller range: 1 to what one provider may take,
    /// ⌈shards / min_providers⌉. Nor does an assignment leave fewer.
    pub least: u64,
    /// Owner keys of the only providers that may take shards, at most 32, each once, and no fewer than `min_providers`;
    /// anyone may if it is empty.
    pub takers: Vec<String>,
    /// Where program, plan and inputs can be fetched.
    pub data: String,
}

#[cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Escrows `shards × price`, which must be sent exactly, and reserves the credits. A commons job is governance's.
    Post { spec: JobSpec },
    /// Takes up to `count` shards for `provider`, for whom the sender works: of the free range that begins at `first`, or
    /// else of the lowest range, among the first 30, that gives enough. Never fewer than `at_least` (1 if `None`), and
    /// never at less than `price` each. `parts` times (once if `None`, at most 30), each an assignment of its own; where only
    /// some can be had, these. One lien is placed for all of them, or none.
    Assign {
        job: JobId,
        provider: String,
        count: u64,
        parts: Option<u32>,
        first: Option<u64>,
        at_least: Option<u64>,
        price: Option<Uint128>,
    },
    /// Gives a whole assignment back, for a provider for whom the sender works: within the window, before attesting, once
    /// per provider and job, sending the fee.
    GiveBack { assignment: AssignmentId },
    /// Ends assignments whose verdict is genuine (after the audit window: pays), false, refuted or withheld (slashes). What it cannot end
    /// now is passed over, but not all of it.
    Settle { assignments: Vec<AssignmentId> },
    /// Ends assignments that were never attested in time, whose opening lapsed, or whose beacon never came. From its
    /// provider's owner key also one with time left and no attestation: it ends absent. What it cannot end now is passed
    /// over, but not all of it.
    Expire { assignments: Vec<AssignmentId> },
    /// Returns free shards' payment to the client: by the client, `shards` of them from the last free range or all of
    /// it; by anyone once the job has ended. At most 30 ranges a message.
    Refund { job: JobId, shards: Option<u64> },
    /// Raises the price of the free range that begins at `first` to `price`, sending the difference.
    TopUp { job: JobId, first: u64, price: Uint128 },
    /// Pays the sender's balance.
    Withdraw {},
    /// Burns what fees left to burn.
    Burn {},
    /// Sends rewards that failed once more.
    Reward { assignments: Vec<AssignmentId> },
    /// Sends releases of credits that failed once more.
    Release { jobs: Vec<JobId> },
    /// Stops or resumes posting and assigning, and nothing else.
    Pause { posting: bool, assigning: bool },
    /// Sets the config for later jobs.
    Configure { config: Config },
}

impl Permissioned for ExecuteMsg {
    fn permission(&self) -> Permission {
        match self {
            Self::Post { spec } if spec.kind == Kind::Commons => Permission::Governance,
            Self::Post { .. }
            | Self::Settle { .. }
            | Self::Expire { .. }
            | Self::Withdraw {}
            | Self::Burn {}
            | Self::Reward { .. }
            | Self::Release { .. }
            | Self::Refund { shards: None, .. } => Permission::Anyone,
            Self::Assign { .. } | Self::GiveBack { .. } => Permission::Operator,
            Self::TopUp { .. } | Self::Refund { shards: Some(_), .. } => Permission::Client,
            Self::Pause { .. } | Self::Configure { .. } => Permission::Governance,
            Self::UpdateOwnership(action) => governance::permission(action),
        }
    }

    fn funds(&self) -> Funds {
        match self {
            Self::Post { .. } | Self::GiveBack { .. } | Self::TopUp { .. } => Funds::Exact,
            _ => Funds::None,
        }
    }
}

#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    #[returns(super::ConfigResponse)]
    Config {},
    /// What a job would cost and demand if it were posted now; fails as `post` would.
    #[returns(super::QuoteResponse)]
    Quote { spec: JobSpec },
    #[returns(super::JobResponse)]
    Job { job: JobId },
    /// Jobs by id.
    #[returns(Vec<super::JobResponse>)]
    Jobs { start_after: Option<JobId>, limit: Option<u32> },
    /// Jobs that take providers now, the newest first, before `start_before`; none while assigning is paused. Of each
    /// page some jobs are looked at, few or none of which may fit; the next page goes on where it says.
    #[returns(super::OpenResponse)]
    Open {
        /// Of this program.
        program: Option<ProgramId>,
        /// With a free range that pays this much for a shard or more (among its first 30).
        price: Option<Uint128>,
        /// With this many free shards or more.
        shards: Option<u64>,
        /// Of which this provider, with enough stake, may take some (among its first 30 free ranges): it is among the takers, if any
        /// are named.
        provider: Option<String>,
        start_before: Option<JobId>,
        limit: Option<u32>,
    },
    /// Free ranges of a job by first shard.
    #[returns(Vec<super::FreeResponse>)]
    Free { job: JobId, start_after: Option<u64>, limit: Option<u32> },
    #[returns(super::AssignmentResponse)]
    Assignment { assignment: AssignmentId },
    /// Assignments by id, of one job if given.
    #[returns(Vec<super::AssignmentResponse>)]
    Assignments { job: Option<JobId>, start_after: Option<AssignmentId>, limit: Option<u32> },
    /// Active assignments of a provider by id, taken by `operator` if given.
    #[returns(super::ActiveResponse)]
    Active { provider: String, operator: Option<String>, start_after: Option<AssignmentId>, limit: Option<u32> },
    /// What may be done about an assignment now.
    #[returns(super::RulingResponse)]
    Ruling { assignment: AssignmentId },
    /// What giving an assignment back takes now; fails as `give_back` would.
    #[returns(super::GiveBack)]
    GiveBack { assignment: AssignmentId },
    /// What `address` can withdraw.
    #[returns(Uint128)]
    Balance { address: String },
    /// What fees left to burn.
    #[returns(Uint128)]
    ToBurn {},
    /// Assignments whose reward is still to be sent.
    #[returns(Vec<AssignmentId>)]
    PendingRewards { start_after: Option<AssignmentId>, limit: Option<u32> },
    /// Jobs with shards whose credits are still to be released.
    #[returns(Vec<JobId>)]
    PendingReleases { start_after: Option<JobId>, limit: Option<u32> },
    #[returns(crate::Conservation)]
    Conservation {},
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

#[cw_serde]
pub struct MigrateMsg {}
