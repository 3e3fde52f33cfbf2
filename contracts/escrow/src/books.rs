//! Moves money and shards, keeping the ledger, the balances, the tallies and the free ranges in step.

use cosmwasm_std::{Addr, Storage, Uint128};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{Credited, Ending, RangeResponse, Reason},
};

use crate::{
    core::{assignment::Assignment, job::Job, ledger::Step},
    error::ContractError,
    state::{
        self, BALANCES, Sums,
        free::{self, Free},
    },
};

/// Most free ranges that one message looks at.
pub const MAX_RANGES: usize = 30;

/// All shards of a new job become free, and their payment is held.
pub fn post(storage: &mut dyn Storage, job: &Job) -> Result<JobId, ContractError> {
    let Job { shards, price, .. } = *job;
    let id = state::add_job(storage, job)?;
    let funds = price.checked_mul(shards.into())?;
    state::move_shards(storage, id, Step::Post, shards, |ledger| ledger.post(shards, funds))?;
    free::put(storage, id, 0, Free { count: shards, price })?;
    Ok(id)
}

/// An assignment's shards, the first of the free range that begins with them, become active.
pub fn assign(storage: &mut dyn Storage, assignment: &Assignment, range: Free) -> Result<AssignmentId, ContractError> {
    let Assignment { job, first, count, .. } = *assignment;
    state::move_shards(storage, job, Step::Assign, count, |_| Ok(()))?;
    free::cut_front(storage, job, first, range, count)?;
    state::add_assignment(storage, assignment)
}

/// Ends an assignment: settled, its payment goes to the provider; else its shards are free again.
pub fn end(
    storage: &mut dyn Storage,
    sums: &mut Sums,
    id: AssignmentId,
    assignment: Assignment,
    ending: Ending,
) -> Result<Option<Credited>, ContractError> {
    let Assignment { job, first, count, price, .. } = assignment;
    let credited = if ending == Ending::Settled {
        let amount = assignment.payment()?;
        sums.move_shards(storage, job, Step::Settle, count, |ledger| ledger.earn(amount))?;
        BALANCES.credit(storage, &assignment.provider, amount, Reason::Payment)?
    } else {
        sums.move_shards(storage, job, Step::Return, count, |_| Ok(()))?;
        free::put(storage, job, first, Free { count, price })?;
        None
    };
    state::end_assignment(storage, id, assignment, ending)?;
    Ok(credited)
}

/// What a refund gave up.
pub struct Refund {
    pub shards: u64,
    pub amount: Uint128,
    /// The last first.
    pub ranges: Vec<RangeResponse>,
    pub credited: Option<Credited>,
}

/// The last `asked` free shards are given up, and their payment goes to the client. They lie in at most [`MAX_RANGES`]
/// ranges; if in more, as many as lie in those if `partly`, else none.
pub fn refund(
    storage: &mut dyn Storage,
    job: JobId,
    client: &Addr,
    asked: u64,
    partly: bool,
) -> Result<Refund, ContractError> {
    let (mut left, mut amount, mut ranges) = (asked, Uint128::zero(), vec![]);
    while left > 0 && ranges.len() < MAX_RANGES {
        let Some((first, range)) = free::highest(storage, job)? else { break };
        let (count, price) = (left.min(range.count), range.price);
        let first = free::cut_back(storage, job, first, range, count)?;
        amount = amount.checked_add(price.checked_mul(count.into())?)?;
        left = left.saturating_sub(count);
        ranges.push(RangeResponse { first, count, price });
    }
    let shards = asked.saturating_sub(left);
    if left > 0 && !partly {
        return Err(ContractError::FreeRanges { job, asked, shards, most: MAX_RANGES });
    }
    state::move_shards(storage, job, Step::Refund, shards, |ledger| ledger.earn(amount))?;
    let credited = BALANCES.credit(storage, client, amount, Reason::Refund)?;
    Ok(Refund { shards, amount, ranges, credited })
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
    state::change_ledger(storage, |ledger| ledger.hold(paid))
}

/// What became of a fee.
#[derive(Default)]
pub struct Fee {
    pub fee: Uint128,
    /// The part above the client's gas.
    pub to_burn: Uint128,
    /// The client's part.
    pub credited: Option<Credited>,
}

/// A fee that came with a message goes to the job's client up to what is left of its gas; the rest is to be burned.
pub fn take_fee(storage: &mut dyn Storage, id: JobId, job: &Job, fee: Uint128) -> Result<Fee, ContractError> {
    let gas = fee.min(state::client_gas_left(storage, id, job)?);
    let to_burn = fee.checked_sub(gas)?;
    state::give_client_gas(storage, id, gas)?;
    state::change_ledger(storage, |ledger| {
        ledger.credit(gas)?;
        ledger.forfeit(to_burn)
    })?;
    let credited = BALANCES.credit(storage, &job.client, gas, Reason::GiveBackFee)?;
    Ok(Fee { fee, to_burn, credited })
}

/// Takes what is to be burned, to burn it.
pub fn burn(storage: &mut dyn Storage) -> Result<Uint128, ContractError> {
    let mut amount = Uint128::zero();
    state::change_ledger(storage, |ledger| {
        amount = ledger.burn()?;
        Ok(())
    })?;
    if amount.is_zero() { Err(ContractError::NothingToBurn) } else { Ok(amount) }
}

/// Empties a balance, to be paid out.
pub fn withdraw(storage: &mut dyn Storage, address: Addr) -> Result<Uint128, ContractError> {
    let amount = BALANCES.take(storage, &address)?;
    if amount.is_zero() {
        return Err(ContractError::NothingToWithdraw { address });
    }
    state::change_ledger(storage, |ledger| ledger.withdraw(amount))?;
    Ok(amount)
}
