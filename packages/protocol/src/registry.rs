//! `registry`: the authority over providers, their stake and the liens on it.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Uint128;
use cw_ownable::cw_ownable_execute;

use crate::{Funds, Permission, Permissioned, ThawId, events, governance};
pub use crate::{
    balance::{Credited, Reason, Withdrawn},
    governance::{Configured, OwnershipChanged},
};

#[cw_serde]
pub struct InstantiateMsg {
    /// Governance.
    pub owner: String,
    /// Denom of all stake.
    pub denom: String,
    pub config: Config,
}

/// What governance may set, within the bounds below.
#[cw_serde]
#[derive(Eq)]
pub struct Config {
    /// Seconds from unbonding to withdrawing: [`MIN_THAW`] to [`MAX_THAW`].
    pub thaw: u64,
    /// Seconds from granting a lien holder to the grant's effect, once a provider exists: more than `thaw`, at most
    /// [`MAX_TIMELOCK`].
    pub timelock: u64,
    /// Share of every slash that is burned, in basis points: [`MIN_BURN_BPS`] to 10,000.
    pub burn_bps: u16,
}

/// Least `burn_bps`, four fifths: else a cheat slashes itself back, and whoever steals an operator key pays itself.
pub const MIN_BURN_BPS: u16 = 8_000;
/// Least thaw: one day.
pub const MIN_THAW: u64 = 86_400;
/// Longest thaw: one year. Without it governance could lock every stake for ever.
pub const MAX_THAW: u64 = 31_536_000;
/// Longest timelock: two years.
pub const MAX_TIMELOCK: u64 = 2 * MAX_THAW;
/// Most operators of one provider.
pub const MAX_OPERATORS: usize = 16;
/// Most bytes of each field of [`Metadata`].
pub const MAX_FIELD: usize = 256;

/// What a provider says of itself; nothing on chain depends on it.
#[cw_serde]
#[derive(Eq, Default)]
pub struct Metadata {
    pub moniker: String,
    pub website: String,
    /// Where its delivered outputs can be fetched.
    pub endpoint: String,
    /// Its devices.
    pub hardware: String,
}

#[cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Makes the sender the owner key of a new provider, once a lien holder was granted. `operators` work for it, at most
    /// [`MAX_OPERATORS`], and perhaps for others too; the owner key works for it always. Funds sent are bonded.
    Register { operators: Vec<String>, metadata: Metadata },
    /// Removes operators, then adds some, and changes metadata.
    Update { add: Vec<String>, remove: Vec<String>, metadata: Option<Metadata> },
    /// The most this holder may ever have in liens on the sender's stake. 0 at first.
    Cap { holder: String, amount: Uint128 },
    /// Adds the funds sent to the stake of `provider`, or of the sender.
    Bond { provider: Option<String> },
    /// Starts thawing free stake.
    Unbond { amount: Uint128 },
    /// Pays the sender its balance and, if it is a provider, every thaw that is over.
    Withdraw {},
    /// Places a lien on free stake, up to the cap the provider set for the sender.
    Lien { provider: String, amount: Uint128 },
    /// Releases part of the sender's lien.
    Release { provider: String, amount: Uint128 },
    /// Takes `amount` from stake under the sender's lien, and off what the sender may ever have in liens on it: `client`
    /// and `reporter` get their parts into balances, the rest, at least `burn_bps`, is to be burned.
    Slash { provider: String, amount: Uint128, client: Option<Part>, reporter: Option<Part> },
    /// Burns what is to be burned, and funds sent.
    Burn {},
    /// Opens the right to place liens, after the timelock.
    Grant { holder: String },
    /// Ends the right to place liens. Those placed can still be released and slashed.
    Revoke { holder: String },
    /// Sets the config.
    Configure { config: Config },
}

/// A part of a slash.
#[cw_serde]
#[derive(Eq)]
pub struct Part {
    pub to: String,
    pub amount: Uint128,
}

impl Permissioned for ExecuteMsg {
    fn permission(&self) -> Permission {
        match self {
            Self::Register { .. } | Self::Bond { .. } | Self::Withdraw {} | Self::Burn {} => Permission::Anyone,
            Self::Update { .. } | Self::Cap { .. } | Self::Unbond { .. } => Permission::Provider,
            Self::Lien { .. } => Permission::Holder,
            Self::Release { .. } | Self::Slash { .. } => Permission::AnyHolder,
            Self::Grant { .. } | Self::Revoke { .. } | Self::Configure { .. } => Permission::Governance,
            Self::UpdateOwnership(action) => governance::permission(action),
        }
    }

    fn funds(&self) -> Funds {
        match self {
            Self::Register { .. } | Self::Burn {} => Funds::Optional,
            Self::Bond { .. } => Funds::Required,
            _ => Funds::None,
        }
    }
}

#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    #[returns(ConfigResponse)]
    Config {},
    /// A provider by its owner key.
    #[returns(ProviderResponse)]
    Provider { provider: String },
    /// Whether `operator` works for `provider`.
    #[returns(bool)]
    Works { provider: String, operator: String },
    /// Providers that `operator` works for, by address; the owner key's own is not listed.
    #[returns(Vec<String>)]
    WorksFor { operator: String, start_after: Option<String>, limit: Option<u32> },
    /// Providers by address.
    #[returns(Vec<ProviderResponse>)]
    Providers { start_after: Option<String>, limit: Option<u32> },
    /// What each holder has on `provider`, and may have.
    #[returns(Vec<LienResponse>)]
    Liens { provider: String, start_after: Option<String>, limit: Option<u32> },
    /// Stake of `provider` that is thawing, oldest first. `start_after` is an id.
    #[returns(Vec<ThawResponse>)]
    Thaws { provider: String, start_after: Option<ThawId>, limit: Option<u32> },
    /// Lien holders by address.
    #[returns(Vec<HolderResponse>)]
    Holders { start_after: Option<String>, limit: Option<u32> },
    /// What `address` can withdraw besides thawed stake.
    #[returns(Uint128)]
    Balance { address: String },
    /// What slashes left to burn.
    #[returns(Uint128)]
    ToBurn {},
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
    pub config: Config,
}

#[cw_serde]
#[derive(Eq)]
pub struct ProviderResponse {
    /// Owner key: the provider's name everywhere.
    pub provider: String,
    /// By address; the owner key, which works too, is not among them.
    pub operators: Vec<String>,
    pub metadata: Metadata,
    /// All stake, thawing and under lien included.
    pub stake: Uint128,
    pub thawing: Uint128,
    pub liens: Uint128,
    /// stake − thawing − liens.
    pub free: Uint128,
    /// Stake lost to slashes so far.
    pub slashed: Uint128,
}

#[cw_serde]
#[derive(Eq)]
pub struct LienResponse {
    pub holder: String,
    pub placed: Uint128,
    pub cap: Uint128,
}

#[cw_serde]
#[derive(Eq)]
pub struct ThawResponse {
    pub id: ThawId,
    pub amount: Uint128,
    /// When it can be withdrawn.
    pub ready: u64,
}

#[cw_serde]
#[derive(Eq)]
pub struct HolderResponse {
    pub holder: String,
    /// When it may begin to place liens, by today's thaw; `None` once revoked.
    pub effective: Option<u64>,
}

events! {
    use Configured, Credited, OwnershipChanged, Withdrawn;
    Registered = "registered" {
        provider: String,
        operators: Vec<String>,
        /// [`Metadata`] as JSON.
        metadata: String,
    }
    /// Who works for a provider and what it is known by from now on; metadata left out stays.
    Updated = "updated" {
        provider: String,
        added: Vec<String>,
        removed: Vec<String>,
        /// [`Metadata`] as JSON.
        metadata: Option<String>,
    }
    Capped = "capped" {
        provider: String,
        holder: String,
        /// The most it may have in liens from now on.
        amount: Uint128,
    }
    Bonded = "bonded" { provider: String, amount: Uint128 }
    Unbonded = "unbonded" {
        provider: String,
        thaw: ThawId,
        amount: Uint128,
        /// When it can be withdrawn.
        ready: u64,
    }
    LienPlaced = "lien_placed" { provider: String, holder: String, amount: Uint128 }
    LienReleased = "lien_released" { provider: String, holder: String, amount: Uint128 }
    /// A slash: `amount` = `to_burn` + `client_amount` + `reporter_amount`. The cap of its holder fell by `amount` too.
    Slashed = "slashed" {
        provider: String,
        holder: String,
        amount: Uint128,
        to_burn: Uint128,
        /// Who got the client's part, if there is one.
        client: Option<String>,
        client_amount: Uint128,
        /// Who got the reporter's part, if there is one.
        reporter: Option<String>,
        reporter_amount: Uint128,
    }
    /// What slashes had left to burn is gone, and the funds `sent` along; `amount` is both.
    Burned = "burned" { amount: Uint128, sent: Uint128 }
    /// The thaws of a provider that a withdrawal paid; with its balance they are `withdrawn`.
    Thawed = "thawed" { provider: String, amount: Uint128 }
    Granted = "granted" { holder: String, effective: u64 }
    Revoked = "revoked" { holder: String }
}
