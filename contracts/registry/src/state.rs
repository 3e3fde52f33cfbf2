//! Storage. The only file that names a key.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};
use tequio_protocol::registry::{Config, Metadata};

use crate::core::grant::Grant;
use crate::core::lien::Lien;
use crate::core::money::Money;
use crate::core::stake::Stake;
use crate::core::thaw::{MAX_THAWS, Thaw};
use crate::error::Error;

/// A provider, without its metadata: this is written with every lien, and bytes are gas.
#[cw_serde]
pub struct Provider {
    pub operator: Addr,
    pub stake: Stake,
}

pub const DENOM: Item<String> = Item::new("denom");
pub const CONFIG: Item<Config> = Item::new("config");
/// By owner key.
pub const PROVIDERS: Map<&Addr, Provider> = Map::new("provider");
pub const METADATA: Map<&Addr, Metadata> = Map::new("metadata");
/// The provider an operator works for.
pub const OPERATORS: Map<&Addr, Addr> = Map::new("operator");
/// By provider and holder.
pub const LIENS: Map<(&Addr, &Addr), Lien> = Map::new("lien");
/// By provider and id.
pub const THAWS: Map<(&Addr, u64), Thaw> = Map::new("thaw");
/// Id of the last thaw of all.
pub const LAST_THAW: Item<u64> = Item::new("last_thaw");
pub const HOLDERS: Map<&Addr, Grant> = Map::new("holder");
/// Parts of slashes, by whom they belong to.
pub const BALANCES: Map<&Addr, Uint128> = Map::new("balance");
pub const MONEY: Item<Money> = Item::new("money");
/// The stake of all providers together.
pub const STAKE: Item<Stake> = Item::new("stake");

pub fn provider(storage: &dyn Storage, provider: &Addr) -> Result<Provider, Error> {
    PROVIDERS.may_load(storage, provider)?.ok_or_else(|| Error::UnknownProvider { provider: provider.clone() })
}

/// Does the same to the stake of one provider and to the sum of all: invariant 2 rests on no one else writing either.
pub fn change_stake(
    storage: &mut dyn Storage,
    address: &Addr,
    change: impl Fn(&mut Stake) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut one = provider(storage, address)?;
    change(&mut one.stake)?;
    PROVIDERS.save(storage, address, &one)?;
    let mut all = STAKE.load(storage)?;
    change(&mut all)?;
    STAKE.save(storage, &all)?;
    Ok(())
}

/// Changes the sums of invariant 1.
pub fn change_money(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Money) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut money = MONEY.load(storage)?;
    change(&mut money)?;
    MONEY.save(storage, &money)?;
    Ok(())
}

/// The open thaws of `provider` by id; never more than `MAX_THAWS`.
pub fn thaws(storage: &dyn Storage, provider: &Addr) -> Result<Vec<(u64, Thaw)>, Error> {
    Ok(THAWS.prefix(provider).range(storage, None, None, Order::Ascending).take(MAX_THAWS).collect::<StdResult<_>>()?)
}

/// What `holder` has on `provider` and may have; nothing if it was never named.
pub fn lien(storage: &dyn Storage, provider: &Addr, holder: &Addr) -> Result<Lien, Error> {
    Ok(LIENS.may_load(storage, (provider, holder))?.unwrap_or_default())
}

pub fn save_lien(storage: &mut dyn Storage, provider: &Addr, holder: &Addr, lien: &Lien) -> Result<(), Error> {
    if lien.is_empty() {
        LIENS.remove(storage, (provider, holder));
    } else {
        LIENS.save(storage, (provider, holder), lien)?;
    }
    Ok(())
}
