//! `rewards`: the authority over counted work, emission, and what may be claimed.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Uint64, Uint128};
use cw_ownable::cw_ownable_execute;
use cw20::{Cw20Coin, Cw20ReceiveMsg};
use strum::{Display, EnumString};

pub use crate::governance::{Configured, OwnershipChanged};
use crate::{JobId, Permission, Permissioned, attributes, events, governance};

/// MAC equivalents in one unit of work. Work is cost × settled shards.
pub const WORK_UNIT: u64 = 1_000_000;

#[cw_serde]
pub struct InstantiateMsg {
    /// Governance.
    pub owner: String,
    /// The reward token, which this contract instantiates and alone may mint.
    pub token: Token,
    pub schedule: Schedule,
    pub config: Config,
}

/// The `cw20-base` token to instantiate.
#[cw_serde]
pub struct Token {
    pub code_id: u64,
    pub name: String,
    pub symbol: String,
    pub decimals: u8,
    /// Genesis balances.
    pub balances: Vec<Cw20Coin>,
}

/// Emission for commons jobs: epoch `e` may mint `initial >> (e / halving)`. Fixed for ever; epoch 0 begins when the
/// contract is instantiated.
#[cw_serde]
#[derive(Eq)]
pub struct Schedule {
    /// Seconds of an epoch: [`MIN_EPOCH`] to [`MAX_EPOCH`].
    pub epoch: u64,
    /// Budget of epoch 0.
    pub initial: Uint128,
    /// Epochs until the budget halves: 1 to [`MAX_HALVING`].
    pub halving: u64,
}

/// What governance may set; a change touches only jobs posted later.
#[cw_serde]
#[derive(Eq)]
pub struct Config {
    /// Credits per unit of work, at most [`MAX_PER_UNIT`].
    pub rate: Uint128,
    /// Share of consumed credits that is minted, in basis points: below 10,000.
    pub kappa_bps: u16,
    /// Most tokens minted for a unit of commons work, at most [`MAX_PER_UNIT`].
    pub cap: Uint128,
    /// Seconds from granting a source to the grant's effect, once a job exists: [`MIN_TIMELOCK`] to [`MAX_TIMELOCK`].
    pub timelock: u64,
}

/// Least `timelock` for a new source: two days.
pub const MIN_TIMELOCK: u64 = 172_800;
/// Longest `timelock`: two years.
pub const MAX_TIMELOCK: u64 = 63_072_000;
/// Least `epoch`: one hour.
pub const MIN_EPOCH: u64 = 3_600;
/// Longest `epoch`: one year.
pub const MAX_EPOCH: u64 = 31_536_000;
/// Last epoch that can be asked for, which hourly ones reach after 1,900 years: all its numbers are below 2⁵³.
pub const LAST_EPOCH: u64 = 1 << 24;
/// Most epochs until the budget halves.
pub const MAX_HALVING: u64 = 1_000_000;
/// Highest `rate` and `cap`. With it the credits and the mint of any job of up to 2³² shards can be written down.
pub const MAX_PER_UNIT: Uint128 = Uint128::new(1_000_000_000_000);

/// Where a job's reward comes from.
#[cw_serde]
#[derive(Copy, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// The client's credits: κ of what a shard consumes is minted.
    Client,
    /// The epoch's emission, for work that governance chose.
    Commons,
}

attributes!(Kind);

#[cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Burns the tokens sent and gives credits, one for one. The hook message is a [`Hook`].
    Receive(Cw20ReceiveMsg),
    /// The most of the sender's credits that `source` may yet reserve.
    Approve { source: String, amount: Uint128 },
    /// Reserves credits for the shards of a new job, at the rate and κ of this moment. `job` is the source's own number,
    /// `cost` that of one shard in MAC equivalents.
    Reserve { job: JobId, client: String, kind: Kind, shards: u64, cost: Uint64 },
    /// Counts `shards` settled shards for `provider`. `number` is the source's own and counts once.
    Reward { number: Uint64, job: JobId, provider: String, shards: u64 },
    /// Gives the credits of shards that will not be settled back to the client.
    Release { job: JobId, shards: u64 },
    /// Mints what `provider`, or the sender, has earned, for it: of client jobs at once, of commons jobs for closed epochs,
    /// oldest first, at most 30 epochs a message.
    Claim { provider: Option<String> },
    /// Opens a source, after the timelock.
    Grant { source: String },
    /// Ends a source's right to reserve. What it has reserved can still be rewarded and released.
    Revoke { source: String },
    /// Sets the config for later jobs.
    Configure { config: Config },
}

/// The message inside a cw20 `send` to this contract.
#[cw_serde]
pub enum Hook {
    /// Credits for `client`, or for the sender, who may approve a source of its own credits at once.
    Buy { client: Option<String>, approve: Option<Approval> },
}

/// The most of a client's credits that a source may yet reserve.
#[cw_serde]
#[derive(Eq)]
pub struct Approval {
    pub source: String,
    pub amount: Uint128,
}

impl Permissioned for ExecuteMsg {
    fn permission(&self) -> Permission {
        match self {
            Self::Receive(_) => Permission::Token,
            Self::Approve { .. } | Self::Claim { .. } => Permission::Anyone,
            Self::Reserve { .. } => Permission::Source,
            Self::Reward { .. } | Self::Release { .. } => Permission::AnySource,
            Self::Grant { .. } | Self::Revoke { .. } | Self::Configure { .. } => Permission::Governance,
            Self::UpdateOwnership(action) => governance::permission(action),
        }
    }
}

#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    #[returns(ConfigResponse)]
    Config {},
    /// What a shard costs and may mint if its job were posted now.
    #[returns(TermsResponse)]
    Terms { kind: Kind, cost: Uint64 },
    /// Free credits of `client`.
    #[returns(Uint128)]
    Credits { client: String },
    /// What `source` may yet reserve of `client`'s credits.
    #[returns(Uint128)]
    Allowance { client: String, source: String },
    /// What is reserved for a job of `source`.
    #[returns(ReservationResponse)]
    Reservation { source: String, job: JobId },
    /// What `provider` could claim now, and what waits for the open epoch to close.
    #[returns(ClaimableResponse)]
    Claimable { provider: String },
    /// One epoch's budget and work, up to [`LAST_EPOCH`].
    #[returns(EpochResponse)]
    Epoch { epoch: u64 },
    /// Sources by address.
    #[returns(Vec<SourceResponse>)]
    Sources { start_after: Option<String>, limit: Option<u32> },
    #[returns(crate::Conservation)]
    Conservation {},
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

#[cw_serde]
pub struct MigrateMsg {}

#[cw_serde]
pub struct ConfigResponse {
    pub token: String,
    pub schedule: Schedule,
    /// When epoch 0 began.
    pub start: u64,
    pub config: Config,
}

#[cw_serde]
#[derive(Eq)]
pub struct TermsResponse {
    /// Credits that one settled shard consumes.
    pub credits: Uint128,
    /// Most tokens that one settled shard can mint.
    pub mint: Uint128,
}

#[cw_serde]
#[derive(Eq)]
pub struct ReservationResponse {
    pub client: String,
    pub kind: Kind,
    /// Shards neither rewarded nor released.
    pub shards: u64,
    /// Cost of one shard in MAC equivalents.
    pub cost: Uint64,
    /// Credits of one shard.
    pub credits: Uint128,
    pub kappa_bps: u16,
}

#[cw_serde]
#[derive(Eq)]
pub struct ClaimableResponse {
    /// Of client jobs.
    pub earned: Uint128,
    /// Of commons jobs, for the closed epochs that one claim takes.
    pub emitted: Uint128,
    /// Whether that claim leaves closed epochs for another.
    pub more: bool,
    /// Commons work in the open epoch, in MAC equivalents.
    pub open_work: Uint128,
    /// When the open epoch closes.
    pub closes: u64,
}

#[cw_serde]
#[derive(Eq)]
pub struct EpochResponse {
    pub epoch: u64,
    pub begins: u64,
    pub ends: u64,
    pub budget: Uint128,
    /// Commons work accepted, in MAC equivalents.
    pub work: Uint128,
    /// Tokens minted for it so far.
    pub minted: Uint128,
}

#[cw_serde]
#[derive(Eq)]
pub struct SourceResponse {
    pub source: String,
    /// When it may begin to reserve; `None` once revoked.
    pub effective: Option<u64>,
}

events! {
    use Configured, OwnershipChanged;
    /// The reward token exists, and this contract alone may mint it.
    TokenMade = "token_made" { token: String }
    CreditsBought = "credits_bought" { client: String, amount: Uint128 }
    Approved = "approved" {
        client: String,
        source: String,
        /// What it may reserve from now on.
        amount: Uint128,
    }
    CreditsReserved = "credits_reserved" {
        source: String,
        job: JobId,
        client: String,
        kind: Kind,
        shards: u64,
        /// Of one shard, in MAC equivalents.
        cost: Uint64,
        amount: Uint128,
    }
    CreditsReleased = "credits_released" { source: String, job: JobId, client: String, shards: u64, amount: Uint128 }
    /// Work was counted. `consumed` credits are gone; `earned` tokens can be claimed (0 for commons work).
    Rewarded = "rewarded" {
        source: String, number: Uint64, job: JobId, provider: String, shards: u64, consumed: Uint128, earned: Uint128,
    }
    /// `amount` = `earned` by client jobs + `emitted` for commons jobs, minted for `provider`.
    Claimed = "claimed" {
        provider: String,
        /// Who sent the message.
        sender: String,
        amount: Uint128,
        earned: Uint128,
        emitted: Uint128,
    }
    SourceGranted = "source_granted" { source: String, effective: u64 }
    SourceRevoked = "source_revoked" { source: String }
}
