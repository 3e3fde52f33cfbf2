//! Moves money and shards, keeping the ledger, the balances, the tallies and the free ranges in step.

use cosmwasm_std::{Addr, OverflowError, Storage, Uint128};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{Ending, State},
};

use crate::core::assignment::Assignment;
use crate::core::ledger::{Ledger, Step};
use crate::error::ContractError;
use crate::state::{ASSIGNMENTS, BALANCES, Free, JOB_ASSIGNMENTS, LEDGER, SHARES, TALLIES, free, share};

/// All shards of a new job become free, and their payment is held.
pub fn post(storage: &mut dyn Storage, job: JobId, shards: u64, price: Uint128) -> Result<(), ContractError> {
    let funds = price.checked_mul(shards.into())?;
    step(storage, job, Step::Post, shards)?;
    ledger(storage, |ledger| ledger.post(shards, funds))?;
    free::put(storage, job, 0, Free { count: shards, price })
}

/// An assignment's shards, the first of the free range that begins with them, become active.
pub fn assign(
    storage: &mut dyn Storage,
    id: AssignmentId,
    assignment: &Assignment,
    range: Free,
) -> Result<(), ContractError> {
    let Assignment { job, first, count, ref provider, .. } = *assignment;
    step(storage, job, Step::Assign, count)?;
    free::cut_front(storage, job, first, range, count)?;
    let held = share(storage, job, provider)?.checked_add(count).ok_or(ContractError::TooLarge)?;
    SHARES.save(storage, (job.0, provider), &held)?;
    ASSIGNMENTS.save(storage, id.0, assignment)?;
    Ok(JOB_ASSIGNMENTS.save(storage, (job.0, id.0), &Default::default())?)
}

/// Ends an assignment: settled, its payment goes to the provider; else its shards are free again.
pub fn end(
    storage: &mut dyn Storage,
    id: AssignmentId,
    assignment: Assignment,
    ending: Ending,
) -> Result<(), ContractError> {
    let Assignment { job, first, count, price, .. } = assignment;
    if ending == Ending::Settled {
        step(storage, job, Step::Settle, count)?;
        earn(storage, &assignment.provider, assignment.payment()?)?;
    } else {
        step(storage, job, Step::Return, count)?;
        free::put(storage, job, first, Free { count, price })?;
        let key = (job.0, &assignment.provider);
        match share(storage, job, &assignment.provider)?.checked_sub(count).ok_or(ContractError::TooLarge)? {
            0 => SHARES.remove(storage, key),
            held => SHARES.save(storage, key, &held)?,
        }
    }
    Ok(ASSIGNMENTS.save(storage, id.0, &Assignment { state: State::Ended(ending), ..assignment })?)
}

/// The last `count` shards of a free range are given up, and their payment goes to the client.
pub fn refund(
    storage: &mut dyn Storage,
    job: JobId,
    client: &Addr,
    (first, range): (u64, Free),
    count: u64,
) -> Result<Uint128, ContractError> {
    let amount = range.price.checked_mul(count.into())?;
    step(storage, job, Step::Refund, count)?;
    free::cut_back(storage, job, first, range, count)?;
    earn(storage, client, amount)?;
    Ok(amount)
}

/// A free range gets a higher price; `paid` is held on top.
pub fn raise(
    storage: &mut dyn Storage,
    job: JobId,
    (first, range): (u64, Free),
    price: Uint128,
    paid: Uint128,
) -> Result<(), ContractError> {
    free::cut_front(storage, job, first, range, range.count)?;
    free::put(storage, job, first, Free { price, ..range })?;
    ledger(storage, |ledger| ledger.hold(paid))
}

/// Money that came with a message goes into a balance.
pub fn credit(storage: &mut dyn Storage, to: &Addr, amount: Uint128) -> Result<(), ContractError> {
    ledger(storage, |ledger| ledger.credit(amount))?;
    balance(storage, to, amount)
}

/// Empties a balance, to be paid out.
pub fn withdraw(storage: &mut dyn Storage, from: &Addr) -> Result<Uint128, ContractError> {
    let amount = BALANCES.may_load(storage, from)?.unwrap_or_default();
    if amount.is_zero() {
        return Err(ContractError::ZeroBalance { address: from.to_string() });
    }
    BALANCES.remove(storage, from);
    ledger(storage, |ledger| ledger.withdraw(amount))?;
    Ok(amount)
}

/// Money held goes into a balance.
fn earn(storage: &mut dyn Storage, to: &Addr, amount: Uint128) -> Result<(), ContractError> {
    ledger(storage, |ledger| ledger.earn(amount))?;
    balance(storage, to, amount)
}

fn balance(storage: &mut dyn Storage, to: &Addr, amount: Uint128) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let balance = BALANCES.may_load(storage, to)?.unwrap_or_default().checked_add(amount)?;
    Ok(BALANCES.save(storage, to, &balance)?)
}

/// Moves shards in the job's tally and in the ledger's.
fn step(storage: &mut dyn Storage, job: JobId, step: Step, count: u64) -> Result<(), ContractError> {
    let mut tally = TALLIES.may_load(storage, job.0)?.unwrap_or_default();
    tally.step(step, count)?;
    TALLIES.save(storage, job.0, &tally)?;
    ledger(storage, |ledger| ledger.shards.step(step, count))
}

fn ledger(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Ledger) -> Result<(), OverflowError>,
) -> Result<(), ContractError> {
    let mut ledger = LEDGER.load(storage)?;
    change(&mut ledger)?;
    Ok(LEDGER.save(storage, &ledger)?)
}
