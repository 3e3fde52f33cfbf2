//! The only door to storage: no other file names a key.

use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage};
use cw_storage_plus::{Bound, Map as Plain};
use tequio_contract::{
    balance::Balances,
    checked,
    grant::Grants,
    record::{Item, Map},
};
use tequio_protocol::{
    ThawId,
    registry::{Config, MAX_OPERATORS, Metadata},
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

const DENOM: Item<String> = Item::new("denom");
const CONFIG: Item<Config> = Item::new("config");
/// Stake by owner key. Operators and metadata lie apart: this is written with every lien, and bytes are gas.
const PROVIDERS: Map<&Addr, Stake> = Map::new("provider");
const METADATA: Plain<&Addr, Metadata> = Plain::new("metadata");
/// By provider and operator; never the owner key.
const OPERATORS: Plain<(&Addr, &Addr), Empty> = Plain::new("operator");
/// The same by operator and provider.
const EMPLOYERS: Plain<(&Addr, &Addr), Empty> = Plain::new("employer");
/// By provider and holder.
const LIENS: Map<(&Addr, &Addr), Lien> = Map::new("lien");
/// By provider.
const THAWS: Plain<(&Addr, ThawId), Thaw> = Plain::new("thaw");
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

/// The stake of `provider`.
pub fn stake(storage: &dyn Storage, provider: &Addr) -> Result<Stake, ContractError> {
    let unknown = || ContractError::UnknownProvider { provider: provider.clone() };
    PROVIDERS.may_load(storage, provider)?.ok_or_else(unknown)
}

pub fn is_provider(storage: &dyn Storage, address: &Addr) -> bool {
    PROVIDERS.has(storage, address)
}

pub fn no_provider(storage: &dyn Storage) -> bool {
    PROVIDERS.is_empty(storage)
}

/// Providers by address, and their stake.
pub fn providers(storage: &dyn Storage, after: Option<&Addr>, count: usize) -> StdResult<Vec<(Addr, Stake)>> {
    let providers = PROVIDERS.keys(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count);
    providers.map(|provider| provider.and_then(|at| PROVIDERS.load(storage, &at).map(|stake| (at, stake)))).collect()
}

/// Adds a provider without stake and operators.
pub fn add_provider(storage: &mut dyn Storage, provider: &Addr) -> StdResult<()> {
    PROVIDERS.save(storage, provider, &Stake::default())
}

/// Whether `operator` works for `provider`, as its owner key always does.
pub fn works(storage: &dyn Storage, provider: &Addr, operator: &Addr) -> bool {
    if operator == provider { is_provider(storage, provider) } else { OPERATORS.has(storage, (provider, operator)) }
}

/// Operators of `provider` by address, at most [`MAX_OPERATORS`].
pub fn operators(storage: &dyn Storage, provider: &Addr) -> StdResult<Vec<Addr>> {
    OPERATORS.prefix(provider).keys(storage, None, None, Order::Ascending).collect()
}

/// Providers that `operator` works for besides itself, by address.
pub fn employers(storage: &dyn Storage, operator: &Addr, after: Option<&Addr>, count: usize) -> StdResult<Vec<Addr>> {
    let after = after.map(Bound::exclusive);
    EMPLOYERS.prefix(operator).keys(storage, after, None, Order::Ascending).take(count).collect()
}

/// Lets `operator` work for `provider`, whomever else it works for.
pub fn add_operator(storage: &mut dyn Storage, provider: &Addr, operator: &Addr) -> Result<(), ContractError> {
    if works(storage, provider, operator) {
        return Err(ContractError::AlreadyOperator { operator: operator.clone(), provider: provider.clone() });
    }
    let listed = operators(storage, provider)?.len();
    if listed >= MAX_OPERATORS {
        return Err(ContractError::TooManyOperators { provider: provider.clone(), listed, max: MAX_OPERATORS });
    }
    OPERATORS.save(storage, (provider, operator), &Empty {})?;
    Ok(EMPLOYERS.save(storage, (operator, provider), &Empty {})?)
}

/// Ends the work of `operator` for `provider`.
pub fn remove_operator(storage: &mut dyn Storage, provider: &Addr, operator: &Addr) -> Result<(), ContractError> {
    if !OPERATORS.has(storage, (provider, operator)) {
        return Err(ContractError::NotOperator { operator: operator.clone(), provider: provider.clone() });
    }
    OPERATORS.remove(storage, (provider, operator));
    EMPLOYERS.remove(storage, (operator, provider));
    Ok(())
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
    let mut one = stake(storage, address)?;
    change(&mut one)?;
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
    let after = after.map(Bound::exclusive);
    let holders = LIENS.prefix(provider).keys(storage, after, None, Order::Ascending).take(count);
    holders.map(|holder| holder.and_then(|at| LIENS.load(storage, (provider, &at)).map(|lien| (at, lien)))).collect()
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
