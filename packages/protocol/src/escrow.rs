//! `escrow`: jobs, assignments, money in and out.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Binary, Decimal, Uint128};
use cw_ownable::cw_ownable_execute;

pub use crate::rewards::Kind;
use crate::{AssignmentId, Digest, JobId, Permission, Permissioned, ProgramId, event, verifier};

#[cw_serde]
pub struct InstantiateMsg {
    /// Governance.
    pub owner: String,
    /// Denom of all payment.
    pub denom: String,
    pub registry: String,
    pub verifier: String,
    pub rewards: String,
    pub config: Config,
}

/// What governance may set, within the bounds below; a change touches only jobs posted later.
#[cw_serde]
#[derive(Eq)]
pub struct Config {
    /// How far the lien exceeds break-even, in basis points: at least 20,000.
    pub margin_bps: u32,
    /// Upper bound of the reward token's value in the payment denom, unit for unit.
    pub token_value: Decimal,
    /// Seconds after assigning in which an assignment can be given back.
    pub give_back_window: u64,
    /// Fee for giving back, of the assignment's payment, in basis points: at most 1,000.
    pub give_back_fee_bps: u16,
    /// Share of the lien forfeited when nothing was attested, in basis points: at most 2,000.
    pub absence_bps: u16,
    /// Most a client gets of a slash besides its escrow: its gas.
    pub client_gas: Uint128,
    /// Most a reporter gets of a slash.
    pub reporter_tip: Uint128,
    /// Audit window of jobs that name none, in seconds.
    pub audit_window: u64,
    /// Most draws × bytes of one draw's opening that a job may need.
    pub max_opening_bytes: u64,
    /// Most elements that checking one draw may read.
    pub max_reads: u32,
    /// Gas given to each message to `rewards` that must not hold up a payment: 1 to [`MAX_REWARDS_GAS`]. Retries, which
    /// nothing waits for, have no limit but the transaction's.
    pub rewards_gas: u64,
}

/// Least `margin_bps`.
pub const MIN_MARGIN_BPS: u32 = 20_000;
/// Highest `give_back_fee_bps`.
pub const MAX_GIVE_BACK_FEE_BPS: u16 = 1_000;
/// Highest `absence_bps`.
pub const MAX_ABSENCE_BPS: u16 = 2_000;
/// Highest `rewards_gas`: else a `rewards` that eats its gas could make settling too dear for a block.
pub const MAX_REWARDS_GAS: u64 = 5_000_000;
/// Least `attest_window`: one minute.
pub const MIN_ATTEST_WINDOW: u64 = 60;
/// Longest `attest_window` and `audit_window`: 30 days.
pub const MAX_WINDOW: u64 = 2_592_000;
/// Longest time from posting to a job's end: one year.
pub const MAX_DURATION: u64 = 31_536_000;
/// Most shards of a job.
pub const MAX_SHARDS: u64 = 1 << 32;
/// Most bytes of a job's `data`.
pub const MAX_DATA: usize = 512;

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
    pub attest_window: u64,
    /// Seconds from the attestation before which nothing is paid; the config's default if `None`.
    pub audit_window: Option<u64>,
    /// Time after which nothing is assigned and anyone may refund.
    pub end: u64,
    /// Least number of providers among whom the shards must be spread.
    pub min_providers: u32,
    /// Where program, plan and inputs can be fetched.
    pub data: String,
}

#[cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Escrows `shards × price`, which must be sent exactly, and reserves the credits. A commons job is governance's.
    Post { spec: JobSpec },
    /// Takes up to `count` shards from the job's first free range for the provider the sender operates.
    Assign { job: JobId, count: u64 },
    /// Gives a whole assignment back: within the window, before attesting, once per provider and job, sending the fee.
    GiveBack { assignment: AssignmentId },
    /// Ends assignments whose verdict is genuine (after the audit window: pays) or false (slashes).
    Settle { assignments: Vec<AssignmentId> },
    /// Ends assignments that were never attested in time, whose opening lapsed, or whose beacon never came.
    Expire { assignments: Vec<AssignmentId> },
    /// Returns free shards' payment to the client: by the client, `shards` of them from the last free range or all of
    /// it; by anyone once the job has ended. At most 30 ranges a message.
    Refund { job: JobId, shards: Option<u64> },
    /// Raises the price of the free range that begins at `first` to `price`, sending the difference.
    TopUp { job: JobId, first: u64, price: Uint128 },
    /// Pays the sender's balance.
    Withdraw {},
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
            Self::Post { .. }
            | Self::Settle { .. }
            | Self::Expire { .. }
            | Self::Refund { .. }
            | Self::Withdraw {}
            | Self::Reward { .. }
            | Self::Release { .. } => Permission::Anyone,
            Self::Assign { .. } | Self::GiveBack { .. } => Permission::Operator,
            Self::TopUp { .. } => Permission::Client,
            Self::Pause { .. } | Self::Configure { .. } => Permission::Governance,
            Self::UpdateOwnership(_) => Permission::Governance,
        }
    }
}

#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    #[returns(ConfigResponse)]
    Config {},
    /// What a job would cost and demand if it were posted now; fails as `post` would.
    #[returns(QuoteResponse)]
    Quote { spec: JobSpec },
    #[returns(JobResponse)]
    Job { job: JobId },
    /// Jobs by id.
    #[returns(Vec<JobResponse>)]
    Jobs { start_after: Option<JobId>, limit: Option<u32> },
    /// Free ranges of a job by first shard.
    #[returns(Vec<RangeResponse>)]
    Free { job: JobId, start_after: Option<u64>, limit: Option<u32> },
    #[returns(AssignmentResponse)]
    Assignment { assignment: AssignmentId },
    /// Assignments by id, of one job if given.
    #[returns(Vec<AssignmentResponse>)]
    Assignments { job: Option<JobId>, start_after: Option<AssignmentId>, limit: Option<u32> },
    /// What `address` can withdraw.
    #[returns(Uint128)]
    Balance { address: String },
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

#[cw_serde]
pub struct ConfigResponse {
    pub denom: String,
    pub registry: String,
    pub verifier: String,
    pub rewards: String,
    pub config: Config,
    pub paused: Paused,
}

#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Paused {
    pub posting: bool,
    pub assigning: bool,
}

#[cw_serde]
#[derive(Eq)]
pub struct QuoteResponse {
    pub program_id: ProgramId,
    pub input_root: Digest,
    /// Funds to send.
    pub funds: Uint128,
    /// Credits to hold and approve.
    pub credits: Uint128,
    /// Lien on a provider's stake for one shard.
    pub lien: Uint128,
    /// Most tokens minted for one shard.
    pub mint: Uint128,
    /// Chance that a complete cheat is caught, in 1/2³².
    pub caught: u64,
    /// Most bytes of one attestation's opening.
    pub opening_bytes: u64,
}

#[cw_serde]
#[derive(Eq)]
pub struct JobResponse {
    pub id: JobId,
    pub client: String,
    pub kind: Kind,
    pub program_id: ProgramId,
    pub input_root: Digest,
    /// Root of the tree over the inputs of all shards, as posted.
    pub inputs: Digest,
    pub shards: u64,
    pub price: Uint128,
    pub draws: u32,
    pub attest_window: u64,
    pub audit_window: u64,
    pub end: u64,
    pub min_providers: u32,
    pub data: String,
    /// Cost of one shard in MAC equivalents.
    pub work: u64,
    /// Lien for one shard at the posted price.
    pub lien: Uint128,
    /// Shards by state; they sum to `shards`.
    pub free: u64,
    pub active: u64,
    pub settled: u64,
    pub refunded: u64,
}

#[cw_serde]
#[derive(Eq)]
pub struct RangeResponse {
    pub first: u64,
    pub count: u64,
    /// Payment for one of its shards.
    pub price: Uint128,
}

#[cw_serde]
#[derive(Eq)]
pub struct AssignmentResponse {
    pub id: AssignmentId,
    pub job: JobId,
    /// Owner key of the provider; it is paid.
    pub provider: String,
    /// Operator key at the time of assigning; it attests.
    pub operator: String,
    pub first: u64,
    pub count: u64,
    /// Payment for one shard.
    pub price: Uint128,
    /// The whole lien.
    pub lien: Uint128,
    pub assigned: u64,
    /// Until when the attestation must be there.
    pub attest_by: u64,
    /// The subject to attest to.
    pub subject: verifier::Subject,
    pub state: State,
}

/// Where an assignment is. All but `Active` are final, and its shards are free again in all but `Settled`.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum State {
    Active,
    GivenBack,
    /// Genuine: paid.
    Settled,
    /// False: slashed.
    Slashed,
    /// Not opened in time: slashed.
    Lapsed,
    /// Never attested: a share of the lien forfeited.
    Absent,
    /// The beacon never came: nobody lost anything.
    Void,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::GivenBack => "given_back",
            Self::Settled => "settled",
            Self::Slashed => "slashed",
            Self::Lapsed => "lapsed",
            Self::Absent => "absent",
            Self::Void => "void",
        })
    }
}

impl std::str::FromStr for State {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Active, Self::GivenBack, Self::Settled, Self::Slashed, Self::Lapsed, Self::Absent, Self::Void]
            .into_iter()
            .find(|state| state.to_string() == text)
            .ok_or(())
    }
}

event!(
    Posted = "posted" {
        job: JobId, client: String, kind: Kind, program_id: ProgramId, shards: u64, price: Uint128, lien: Uint128,
    }
);
event!(
    Assigned = "assigned" {
        assignment: AssignmentId, job: JobId, provider: String, operator: String, first: u64, count: u64, lien: Uint128,
        attest_by: u64,
    }
);
event!(
    /// An assignment ended. `paid` to the provider; `slashed` off its stake.
    Ended = "ended" {
        assignment: AssignmentId, job: JobId, provider: String, state: State, shards: u64, paid: Uint128,
        slashed: Uint128,
    }
);
event!(Refunded = "refunded" { job: JobId, client: String, shards: u64, amount: Uint128 });
event!(ToppedUp = "topped_up" { job: JobId, first: u64, count: u64, price: Uint128 });
event!(Withdrawn = "withdrawn" { address: String, amount: Uint128 });
event!(
    /// `rewards` failed to count an assignment; it can be sent again.
    RewardPending = "reward_pending" { assignment: AssignmentId }
);
event!(
    /// `rewards` failed to release a job's credits; they can be released again.
    ReleasePending = "release_pending" { job: JobId, shards: u64 }
);
event!(PauseSet = "pause_set" { posting: bool, assigning: bool });
