//! Storage. The only file that names a key.

use cosmwasm_std::{Addr, Empty, Order, Storage, Uint128};
use cw_storage_plus::{Bound, Item, Map};
use tequio_protocol::JobId;
use tequio_protocol::rewards::Config;

use crate::core::credits::Credits;
use crate::core::grant::Grant;
use crate::core::mint::Mint;
use crate::core::reservation::Reservation;
use crate::core::schedule::Schedule;
use crate::core::work::{Contribution, Epoch, MAX_EPOCHS};
use crate::error::Error;

pub const TOKEN: Item<Addr> = Item::new("token");
/// Sum of the token's genesis balances.
pub const GENESIS: Item<Uint128> = Item::new("genesis");
pub const SCHEDULE: Item<Schedule> = Item::new("schedule");
pub const CONFIG: Item<Config> = Item::new("config");
pub const SOURCES: Map<&Addr, Grant> = Map::new("source");
/// Free credits by client.
pub const FREE: Map<&Addr, Uint128> = Map::new("free");
/// By client and source.
pub const ALLOWANCES: Map<(&Addr, &Addr), Uint128> = Map::new("allowance");
/// By source and job.
pub const RESERVATIONS: Map<(&Addr, u64), Reservation> = Map::new("reservation");
/// Numbers that were counted, by source.
pub const COUNTED: Map<(&Addr, u64), Empty> = Map::new("counted");
/// Earned by client jobs and not claimed, by provider.
pub const EARNED: Map<&Addr, Uint128> = Map::new("earned");
/// Commons work not claimed, by provider and epoch.
pub const WORK: Map<(&Addr, u64), Contribution> = Map::new("work");
pub const EPOCHS: Map<u64, Epoch> = Map::new("epoch");
pub const CREDITS: Item<Credits> = Item::new("credits");
pub const MINT: Item<Mint> = Item::new("mint");

/// What `source` reserved for `job`, shards left or not.
pub fn reservation(storage: &dyn Storage, source: &Addr, job: JobId) -> Result<Reservation, Error> {
    RESERVATIONS
        .may_load(storage, (source, job.0))?
        .ok_or_else(|| Error::UnknownReservation { origin: source.clone(), job })
}

pub fn change_credits(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Credits) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut credits = CREDITS.load(storage)?;
    change(&mut credits)?;
    CREDITS.save(storage, &credits)?;
    Ok(())
}

pub fn change_mint<T>(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Mint) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut mint = MINT.load(storage)?;
    let result = change(&mut mint)?;
    MINT.save(storage, &mint)?;
    Ok(result)
}

/// Adds to the free credits of `client`; the sums are the caller's.
pub fn give_credits(storage: &mut dyn Storage, client: &Addr, amount: Uint128) -> Result<(), Error> {
    if !amount.is_zero() {
        FREE.update(storage, client, |free| -> Result<_, Error> { Ok(free.unwrap_or_default().checked_add(amount)?) })?;
    }
    Ok(())
}

/// What `source` may yet reserve of `client`'s credits.
pub fn allowance(storage: &dyn Storage, client: &Addr, source: &Addr) -> Result<Uint128, Error> {
    Ok(ALLOWANCES.may_load(storage, (client, source))?.unwrap_or_default())
}

pub fn save_allowance(storage: &mut dyn Storage, client: &Addr, source: &Addr, amount: Uint128) -> Result<(), Error> {
    if amount.is_zero() {
        ALLOWANCES.remove(storage, (client, source));
    } else {
        ALLOWANCES.save(storage, (client, source), &amount)?;
    }
    Ok(())
}

/// The oldest closed epochs `provider` has work in, at most [`MAX_EPOCHS`], and its share of each.
pub fn closed_shares(storage: &dyn Storage, provider: &Addr, now: u64) -> Result<Vec<(u64, Uint128)>, Error> {
    let schedule = SCHEDULE.load(storage)?;
    let open = schedule.epoch_at(now)?;
    WORK.prefix(provider)
        .range(storage, None, Some(Bound::exclusive(open)), Order::Ascending)
        .take(MAX_EPOCHS)
        .map(|entry| {
            let (epoch, contribution) = entry?;
            let all = EPOCHS.load(storage, epoch)?.work;
            Ok((epoch, contribution.share(schedule.budget(epoch), all)?))
        })
        .collect()
}
