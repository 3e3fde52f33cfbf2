//! The free ranges of a job: disjoint, and as few as can be.

use cosmwasm_std::{Order, StdResult, Storage, Uint128};
use cw_storage_plus::Bound;
use tequio_protocol::JobId;

use super::{FREE, Free};
use crate::error::ContractError;

/// The range that begins at `first`.
pub fn at(storage: &dyn Storage, job: JobId, first: u64) -> StdResult<Option<Free>> {
    FREE.may_load(storage, (job.0, first))
}

/// The range with the lowest shards.
pub fn lowest(storage: &dyn Storage, job: JobId) -> StdResult<Option<(u64, Free)>> {
    FREE.prefix(job.0).range(storage, None, None, Order::Ascending).next().transpose()
}

/// The range with the highest shards.
pub fn highest(storage: &dyn Storage, job: JobId) -> StdResult<Option<(u64, Free)>> {
    FREE.prefix(job.0).range(storage, None, None, Order::Descending).next().transpose()
}

/// Up to `limit` ranges that begin after `start_after`.
pub fn list(storage: &dyn Storage, job: JobId, start_after: Option<u64>, limit: usize) -> StdResult<Vec<(u64, Free)>> {
    let start = start_after.map(Bound::exclusive);
    FREE.prefix(job.0).range(storage, start, None, Order::Ascending).take(limit).collect()
}

/// Frees `count` shards from `first` on, joining them with neighbours of the same price.
pub fn put(storage: &mut dyn Storage, job: JobId, first: u64, free: Free) -> Result<(), ContractError> {
    let (mut first, mut free) = (first, free);
    let same = |other: &Free, price: Uint128| other.price == price;
    if let Some((begin, below)) = below(storage, job, first)?
        && end(begin, below)? == first
        && same(&below, free.price)
    {
        free.count = end(below.count, free)?;
        first = begin;
    }
    let after = end(first, free)?;
    if let Some(above) = at(storage, job, after)?.filter(|above| same(above, free.price)) {
        FREE.remove(storage, (job.0, after));
        free.count = end(above.count, free)?;
    }
    Ok(FREE.save(storage, (job.0, first), &free)?)
}

/// Removes the first `count` shards of the range that begins at `first`.
pub fn cut_front(
    storage: &mut dyn Storage,
    job: JobId,
    first: u64,
    free: Free,
    count: u64,
) -> Result<(), ContractError> {
    FREE.remove(storage, (job.0, first));
    let rest = free.count.checked_sub(count).ok_or(ContractError::TooLarge)?;
    let first = first.checked_add(count).ok_or(ContractError::TooLarge)?;
    if rest > 0 {
        FREE.save(storage, (job.0, first), &Free { count: rest, ..free })?;
    }
    Ok(())
}

/// Removes the last `count` shards of the range that begins at `first`.
pub fn cut_back(
    storage: &mut dyn Storage,
    job: JobId,
    first: u64,
    free: Free,
    count: u64,
) -> Result<(), ContractError> {
    match free.count.checked_sub(count).ok_or(ContractError::TooLarge)? {
        0 => FREE.remove(storage, (job.0, first)),
        rest => FREE.save(storage, (job.0, first), &Free { count: rest, ..free })?,
    }
    Ok(())
}

fn below(storage: &dyn Storage, job: JobId, first: u64) -> StdResult<Option<(u64, Free)>> {
    let bound = Some(Bound::exclusive(first));
    FREE.prefix(job.0).range(storage, None, bound, Order::Descending).next().transpose()
}

/// `first` and the shards of `free` on top.
fn end(first: u64, free: Free) -> Result<u64, ContractError> {
    first.checked_add(free.count).ok_or(ContractError::TooLarge)
}
