//! The only door to storage: no other file names a key.

use cosmwasm_std::{Addr, Empty, Order, StdResult, Storage, Uint128};
use cw_storage_plus::{Bound, Map as Plain};
use tequio_contract::{
    grant::Grants,
    record::{Item, Map},
};
use tequio_protocol::{JobId, rewards::Config};

use crate::{
    core::{
        credits::Credits,
        error::CoreError,
        mint::Mint,
        reservation::Reservation,
        schedule::Schedule,
        work::{Contribution, Epoch},
    },
    error::ContractError,
};

/// Name under which `cw2` knows this contract.
pub const CONTRACT: &str = "crates.io:tequio-rewards";
/// Version under which `cw2` knows this contract.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const TOKEN: Item<Addr> = Item::new("token");
/// Sum of the token's genesis balances.
const GENESIS: Item<Uint128> = Item::new("genesis");
const SCHEDULE: Item<Schedule> = Item::new("schedule");
const CONFIG: Item<Config> = Item::new("config");
/// Free credits by client.
const FREE: Plain<&Addr, Uint128> = Plain::new("free");
/// By client and source.
const ALLOWANCES: Plain<(&Addr, &Addr), Uint128> = Plain::new("allowance");
/// By source.
const RESERVATIONS: Map<(&Addr, JobId), Reservation> = Map::new("reservation");
/// Numbers that were counted, by source.
const COUNTED: Plain<(&Addr, u64), Empty> = Plain::new("counted");
/// Earned by client jobs and not claimed, by provider.
const EARNED: Plain<&Addr, Uint128> = Plain::new("earned");
/// Commons work not claimed, by provider and epoch.
const WORK: Plain<(&Addr, u64), Contribution> = Plain::new("work");
const EPOCHS: Plain<u64, Epoch> = Plain::new("epoch");
const CREDITS: Item<Credits> = Item::new("credits");
const MINT: Item<Mint> = Item::new("mint");

pub const SOURCES: Grants = Grants::new("source", "reserve");

/// Rewards that nobody has used, without their token.
pub fn begin(storage: &mut dyn Storage, config: &Config, genesis: Uint128, schedule: &Schedule) -> StdResult<()> {
    CONFIG.save(storage, config)?;
    GENESIS.save(storage, &genesis)?;
    SCHEDULE.save(storage, schedule)?;
    CREDITS.save(storage, &Credits::default())?;
    MINT.save(storage, &Mint::default())
}

pub fn token(storage: &dyn Storage) -> StdResult<Addr> {
    TOKEN.load(storage)
}

pub fn set_token(storage: &mut dyn Storage, token: &Addr) -> StdResult<()> {
    TOKEN.save(storage, token)
}

pub fn genesis(storage: &dyn Storage) -> StdResult<Uint128> {
    GENESIS.load(storage)
}

pub fn schedule(storage: &dyn Storage) -> StdResult<Schedule> {
    SCHEDULE.load(storage)
}

pub fn config(storage: &dyn Storage) -> StdResult<Config> {
    CONFIG.load(storage)
}

pub fn configure(storage: &mut dyn Storage, config: &Config) -> StdResult<()> {
    CONFIG.save(storage, config)
}

// Reservations.

/// What `source` reserved for `job`, shards left or not.
pub fn reservation(storage: &dyn Storage, source: &Addr, job: JobId) -> Result<Reservation, ContractError> {
    let unknown = || ContractError::UnknownReservation { origin: source.clone(), job };
    RESERVATIONS.may_load(storage, (source, job))?.ok_or_else(unknown)
}

pub fn no_reservation(storage: &dyn Storage) -> bool {
    RESERVATIONS.is_empty(storage)
}

/// Adds what `source` reserves for `job`, once.
pub fn add_reservation(
    storage: &mut dyn Storage,
    source: &Addr,
    job: JobId,
    reservation: &Reservation,
) -> Result<(), ContractError> {
    if RESERVATIONS.has(storage, (source, job)) {
        return Err(ContractError::AlreadyReserved { origin: source.clone(), job });
    }
    Ok(RESERVATIONS.save(storage, (source, job), reservation)?)
}

/// Takes `shards` out of what `source` reserved for `job`, to reward or to release them.
pub fn take_shards(
    storage: &mut dyn Storage,
    source: &Addr,
    job: JobId,
    shards: u64,
) -> Result<Reservation, ContractError> {
    let mut reservation = reservation(storage, source, job)?;
    reservation.take(job, shards)?;
    RESERVATIONS.save(storage, (source, job), &reservation)?;
    Ok(reservation)
}

/// Notes that a `number` of `source` was counted, once.
pub fn count(storage: &mut dyn Storage, source: &Addr, number: u64) -> Result<(), ContractError> {
    if COUNTED.has(storage, (source, number)) {
        return Err(ContractError::AlreadyCounted { origin: source.clone(), number });
    }
    Ok(COUNTED.save(storage, (source, number), &Empty {})?)
}

// Credits.

pub fn credits(storage: &dyn Storage) -> StdResult<Credits> {
    CREDITS.load(storage)
}

pub fn change_credits(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Credits) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut credits = CREDITS.load(storage)?;
    change(&mut credits)?;
    Ok(CREDITS.save(storage, &credits)?)
}

/// Free credits of `client`.
pub fn free_credits(storage: &dyn Storage, client: &Addr) -> StdResult<Uint128> {
    Ok(FREE.may_load(storage, client)?.unwrap_or_default())
}

/// Adds to the free credits of `client`; the sums are the caller's.
pub fn give_credits(storage: &mut dyn Storage, client: &Addr, amount: Uint128) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let sum = free_credits(storage, client)?.checked_add(amount)?;
    Ok(FREE.save(storage, client, &sum)?)
}

/// Takes from the free credits of `client`; the sums are the caller's.
pub fn take_credits(storage: &mut dyn Storage, client: &Addr, needed: Uint128) -> Result<(), ContractError> {
    let free = free_credits(storage, client)?;
    let short = |_| ContractError::CreditsShort { client: client.clone(), free, needed };
    Ok(FREE.save(storage, client, &free.checked_sub(needed).map_err(short)?)?)
}

/// What `source` may yet reserve of `client`'s credits.
pub fn allowance(storage: &dyn Storage, client: &Addr, source: &Addr) -> StdResult<Uint128> {
    Ok(ALLOWANCES.may_load(storage, (client, source))?.unwrap_or_default())
}

pub fn set_allowance(storage: &mut dyn Storage, client: &Addr, source: &Addr, amount: Uint128) -> StdResult<()> {
    if amount.is_zero() {
        ALLOWANCES.remove(storage, (client, source));
        return Ok(());
    }
    ALLOWANCES.save(storage, (client, source), &amount)
}

// What providers earn.

pub fn mint(storage: &dyn Storage) -> StdResult<Mint> {
    MINT.load(storage)
}

pub fn change_mint<T>(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Mint) -> Result<T, CoreError>,
) -> Result<T, ContractError> {
    let mut mint = MINT.load(storage)?;
    let result = change(&mut mint)?;
    MINT.save(storage, &mint)?;
    Ok(result)
}

/// What `provider` earned by client jobs and did not claim; `None` if there is no such job.
pub fn earned(storage: &dyn Storage, provider: &Addr) -> StdResult<Option<Uint128>> {
    EARNED.may_load(storage, provider)
}

/// Adds to what `provider` earned; the sums are the caller's.
pub fn earn(storage: &mut dyn Storage, provider: &Addr, amount: Uint128) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let sum = earned(storage, provider)?.unwrap_or_default().checked_add(amount)?;
    Ok(EARNED.save(storage, provider, &sum)?)
}

/// Takes all that `provider` earned.
pub fn take_earned(storage: &mut dyn Storage, provider: &Addr) {
    EARNED.remove(storage, provider);
}

// Commons work.

/// All commons work of an epoch.
pub fn epoch(storage: &dyn Storage, epoch: u64) -> StdResult<Epoch> {
    Ok(EPOCHS.may_load(storage, epoch)?.unwrap_or_default())
}

/// The commons work of `provider` in an epoch, not claimed.
pub fn contribution(storage: &dyn Storage, provider: &Addr, epoch: u64) -> StdResult<Contribution> {
    Ok(WORK.may_load(storage, (provider, epoch))?.unwrap_or_default())
}

/// Adds work that was reserved under `cap`, to the provider's and to the epoch's.
pub fn contribute(
    storage: &mut dyn Storage,
    provider: &Addr,
    epoch: u64,
    work: Uint128,
    cap: Uint128,
) -> Result<(), ContractError> {
    let mut contribution = contribution(storage, provider, epoch)?;
    contribution.add(work, cap)?;
    WORK.save(storage, (provider, epoch), &contribution)?;
    let mut all = self::epoch(storage, epoch)?;
    all.work = all.work.checked_add(work)?;
    Ok(EPOCHS.save(storage, epoch, &all)?)
}

/// The oldest closed epochs `provider` has work in, at most `count`, and its share of each.
pub fn closed_shares(
    storage: &dyn Storage,
    provider: &Addr,
    now: u64,
    count: usize,
) -> Result<Vec<(u64, Uint128)>, ContractError> {
    let schedule = SCHEDULE.load(storage)?;
    let open = schedule.epoch_at(now)?;
    WORK.prefix(provider)
        .range(storage, None, Some(Bound::exclusive(open)), Order::Ascending)
        .take(count)
        .map(|entry| {
            let (epoch, contribution) = entry?;
            let all = EPOCHS.load(storage, epoch)?.work;
            Ok((epoch, contribution.share(schedule.budget(epoch), all)?))
        })
        .collect()
}

/// Takes the work of `provider` in an epoch, for which `share` is minted.
pub fn take_share(storage: &mut dyn Storage, provider: &Addr, epoch: u64, share: Uint128) -> Result<(), ContractError> {
    WORK.remove(storage, (provider, epoch));
    let mut all = self::epoch(storage, epoch)?;
    all.minted = all.minted.checked_add(share)?;
    Ok(EPOCHS.save(storage, epoch, &all)?)
}
