//! The free ranges of a job: disjoint, and as few as can be.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Order, OverflowError, OverflowOperation, StdResult, Storage, Uint128};
use cw_storage_plus::{Bound, Map};
use tequio_contract::checked;
use tequio_protocol::JobId;

use crate::error::ContractError;

/// A run of free shards with one price.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Free {
    pub count: u64,
    /// Payment for one shard.
    pub price: Uint128,
}

/// By job and first shard; neighbours differ in price, or they would be one.
const FREE: Map<(JobId, u64), Free> = Map::new("free");

/// The range that begins at `first`.
pub fn at(storage: &dyn Storage, job: JobId, first: u64) -> StdResult<Option<Free>> {
    FREE.may_load(storage, (job, first))
}

/// The range with the highest shards.
pub fn highest(storage: &dyn Storage, job: JobId) -> StdResult<Option<(u64, Free)>> {
    FREE.prefix(job).range(storage, None, None, Order::Descending).next().transpose()
}

/// Ranges of a job by first shard, each read when it is asked for.
pub fn ranges(storage: &dyn Storage, job: JobId) -> impl Iterator<Item = StdResult<(u64, Free)>> + '_ {
    FREE.prefix(job).range(storage, None, None, Order::Ascending)
}

/// Ranges of a job by first shard.
pub fn list(storage: &dyn Storage, job: JobId, after: Option<u64>, count: usize) -> StdResult<Vec<(u64, Free)>> {
    FREE.prefix(job).range(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

/// Frees `free.count` shards from `first` on, joining them with neighbours of the same price.
pub fn put(storage: &mut dyn Storage, job: JobId, first: u64, free: Free) -> Result<(), ContractError> {
    let (mut first, mut free) = (first, free);
    if let Some((begin, below)) = below(storage, job, first)?
        && end(begin, below)? == first
        && below.price == free.price
    {
        free.count = end(below.count, free)?;
        first = begin;
    }
    let after = end(first, free)?;
    if let Some(above) = at(storage, job, after)?.filter(|above| above.price == free.price) {
        FREE.remove(storage, (job, after));
        free.count = end(above.count, free)?;
    }
    Ok(FREE.save(storage, (job, first), &free)?)
}

/// Removes the first `count` shards of the range that begins at `first`.
pub fn cut_front(
    storage: &mut dyn Storage,
    job: JobId,
    first: u64,
    free: Free,
    count: u64,
) -> Result<(), ContractError> {
    FREE.remove(storage, (job, first));
    let rest = less(free, count)?;
    if rest.count > 0 {
        FREE.save(storage, (job, end(first, Free { count, ..free })?), &rest)?;
    }
    Ok(())
}

/// Removes the last `count` shards of the range that begins at `first`; where they begin.
pub fn cut_back(
    storage: &mut dyn Storage,
    job: JobId,
    first: u64,
    free: Free,
    count: u64,
) -> Result<u64, ContractError> {
    let rest = less(free, count)?;
    if rest.count > 0 {
        FREE.save(storage, (job, first), &rest)?;
    } else {
        FREE.remove(storage, (job, first));
    }
    end(first, rest)
}

fn below(storage: &dyn Storage, job: JobId, first: u64) -> StdResult<Option<(u64, Free)>> {
    let bound = Some(Bound::exclusive(first));
    FREE.prefix(job).range(storage, None, bound, Order::Descending).next().transpose()
}

/// `first` and the shards of `free` on top.
fn end(first: u64, free: Free) -> Result<u64, ContractError> {
    Ok(checked::add(first, free.count)?)
}

/// `free` with `count` shards less.
fn less(free: Free, count: u64) -> Result<Free, ContractError> {
    let count = free.count.checked_sub(count).ok_or_else(|| OverflowError::new(OverflowOperation::Sub))?;
    Ok(Free { count, ..free })
}
