//! The only door to storage: no other file names a key.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use cw_storage_plus::{Bound, Item, Map};
use tequio_contract::{balance::Balances, checked, grant::Grants};
use tequio_protocol::{
    ThawId,
    registry::{Config, Metadata},
};

use crate::{
    core::{
        error::CoreError,
        lien::Lien,
        money::Money,
        stake::Stake,
        thaw::{MAX_THAWS, Thaw},
    },
    error::ContractError,
};

/// Name under which `cw2` knows this contract.
pub const CONTRACT: &str = "crates.io:tequio-registry";
/// Version under which `cw2` knows this contract.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A provider, without its metadata: this is written with every lien, and bytes are gas.
#[cw_serde]
pub struct Provider {
    pub operator: Addr,
    pub stake: Stake,
}

const DENOM: Item<String> = Item::new("denom");
const CONFIG: Item<Config> = Item::new("config");
/// By owner key.
const PROVIDERS: Map<&Addr, Provider> = Map::new("provider");
const METADATA: Map<&Addr, Metadata> = Map::new("metadata");
/// The provider an operator works for.
const OPERATORS: Map<&Addr, Addr> = Map::new("operator");
/// By provider and holder.
const LIENS: Map<(&Addr, &Addr), Lien> = Map::new("lien");
/// By provider.
const THAWS: Map<(&Addr, ThawId), Thaw> = Map::new("thaw");
/// The last thaw of all.
const LAST_THAW: Item<ThawId> = Item::new("last_thaw");
/// Parts of slashes, by whom they belong to.
pub const BALANCES: Balances = Balances::new("balance");
const MONEY: Item<Money> = Item::new("money");
/// The stake of all providers together.
const STAKE: Item<Stake> = Item::new("stake");

pub const HOLDERS: Grants = Grants::new("holder", "place liens");

/// A registry that nobody has used.
pub fn begin(storage: &mut dyn Storage, denom: &String, config: &Config) -> StdResult<()> {
    DENOM.save(storage, denom)?;
    CONFIG.save(storage, config)?;
    LAST_THAW.save(storage, &ThawId(0))?;
    MONEY.save(storage, &Money::default())?;
    STAKE.save(storage, &Stake::default())
}

pub fn denom(storage: &dyn Storage) -> StdResult<String> {
    DENOM.load(storage)
}

pub fn config(storage: &dyn Storage) -> StdResult<Config> {
    CONFIG.load(storage)
}

pub fn configure(storage: &mut dyn Storage, config: &Config) -> StdResult<()> {
    CONFIG.save(storage, config)
}

// Providers.

pub fn provider(storage: &dyn Storage, provider: &Addr) -> Result<Provider, ContractError> {
    let unknown = || ContractError::UnknownProvider { provider: provider.clone() };
    PROVIDERS.may_load(storage, provider)?.ok_or_else(unknown)
}

pub fn is_provider(storage: &dyn Storage, address: &Addr) -> bool {
    PROVIDERS.has(storage, address)
}

pub fn no_provider(storage: &dyn Storage) -> bool {
    PROVIDERS.is_empty(storage)
}

/// Providers by address.
pub fn providers(storage: &dyn Storage, after: Option<&Addr>, count: usize) -> StdResult<Vec<(Addr, Provider)>> {
    PROVIDERS.range(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

/// Adds a provider without stake.
pub fn add_provider(storage: &mut dyn Storage, provider: &Addr, operator: Addr) -> Result<(), ContractError> {
    take_operator(storage, provider, &operator)?;
    Ok(PROVIDERS.save(storage, provider, &Provider { operator, stake: Stake::default() })?)
}

/// The provider that `operator` works for.
pub fn operated(storage: &dyn Storage, operator: &Addr) -> StdResult<Option<Addr>> {
    OPERATORS.may_load(storage, operator)
}

/// Lets `operator` work for `provider` instead of whoever did.
pub fn change_operator(storage: &mut dyn Storage, provider: &Addr, operator: Addr) -> Result<(), ContractError> {
    let mut entry = self::provider(storage, provider)?;
    OPERATORS.remove(storage, &entry.operator);
    take_operator(storage, provider, &operator)?;
    entry.operator = operator;
    Ok(PROVIDERS.save(storage, provider, &entry)?)
}

/// Lets `operator` work for `provider`, and for no other.
fn take_operator(storage: &mut dyn Storage, provider: &Addr, operator: &Addr) -> Result<(), ContractError> {
    if let Some(other) = operated(storage, operator)? {
        return Err(ContractError::OperatorTaken { operator: operator.clone(), provider: other });
    }
    Ok(OPERATORS.save(storage, operator, provider)?)
}

pub fn metadata(storage: &dyn Storage, provider: &Addr) -> StdResult<Metadata> {
    METADATA.load(storage, provider)
}

pub fn set_metadata(storage: &mut dyn Storage, provider: &Addr, metadata: &Metadata) -> StdResult<()> {
    METADATA.save(storage, provider, metadata)
}

// Sums.

/// The stake of all providers together.
pub fn whole_stake(storage: &dyn Storage) -> StdResult<Stake> {
    STAKE.load(storage)
}

/// Does the same to the stake of one provider and to the sum of all: invariant 2 rests on no one else writing either.
pub fn change_stake(
    storage: &mut dyn Storage,
    address: &Addr,
    change: impl Fn(&mut Stake) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut one = provider(storage, address)?;
    change(&mut one.stake)?;
    PROVIDERS.save(storage, address, &one)?;
    let mut all = STAKE.load(storage)?;
    change(&mut all)?;
    Ok(STAKE.save(storage, &all)?)
}

pub fn money(storage: &dyn Storage) -> StdResult<Money> {
    MONEY.load(storage)
}

/// Changes the sums of invariant 1.
pub fn change_money(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Money) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut money = MONEY.load(storage)?;
    change(&mut money)?;
    Ok(MONEY.save(storage, &money)?)
}

// Thaws.

/// Thaws of `provider` by id.
pub fn thaws(
    storage: &dyn Storage,
    provider: &Addr,
    after: Option<ThawId>,
    count: usize,
) -> StdResult<Vec<(ThawId, Thaw)>> {
    THAWS.prefix(provider).range(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

/// Adds a thaw; of a provider there are never more than [`MAX_THAWS`].
pub fn add_thaw(storage: &mut dyn Storage, provider: &Addr, thaw: &Thaw) -> Result<ThawId, ContractError> {
    let open = thaws(storage, provider, None, MAX_THAWS)?.len();
    if open >= MAX_THAWS {
        return Err(ContractError::TooManyThaws { open, max: MAX_THAWS });
    }
    let id = ThawId(checked::add(LAST_THAW.load(storage)?.0, 1)?);
    THAWS.save(storage, (provider, id), thaw)?;
    LAST_THAW.save(storage, &id)?;
    Ok(id)
}

pub fn remove_thaw(storage: &mut dyn Storage, provider: &Addr, id: ThawId) {
    THAWS.remove(storage, (provider, id));
}

// Liens.

/// What `holder` has on `provider` and may have; nothing if it was never named.
pub fn lien(storage: &dyn Storage, provider: &Addr, holder: &Addr) -> StdResult<Lien> {
    Ok(LIENS.may_load(storage, (provider, holder))?.unwrap_or_default())
}

/// Liens on `provider` by holder.
pub fn liens(
    storage: &dyn Storage,
    provider: &Addr,
    after: Option<&Addr>,
    count: usize,
) -> StdResult<Vec<(Addr, Lien)>> {
    LIENS.prefix(provider).range(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

/// Changes what `holder` has on `provider`.
pub fn change_lien(
    storage: &mut dyn Storage,
    provider: &Addr,
    holder: &Addr,
    change: impl FnOnce(&mut Lien) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut lien = lien(storage, provider, holder)?;
    change(&mut lien)?;
    if lien.is_empty() {
        LIENS.remove(storage, (provider, holder));
        return Ok(());
    }
    Ok(LIENS.save(storage, (provider, holder), &lien)?)
}
