//! Commons work and its share of an epoch's budget.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Uint128, Uint256};
use tequio_protocol::rewards::WORK_UNIT;

use crate::core::error::CoreError;

/// Most epochs that one claim pays.
pub const MAX_EPOCHS: usize = 30;

/// All commons work of one epoch.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Epoch {
    /// In MAC equivalents.
    pub work: Uint128,
    /// Tokens minted for it so far.
    pub minted: Uint128,
}

/// One provider's commons work of one epoch.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Contribution {
    /// In MAC equivalents.
    pub work: Uint128,
    /// Σ cap × work, each job at the cap it was reserved under: WORK_UNIT times what may at most be minted for it.
    pub ceiling: Uint256,
}

impl Contribution {
    /// Adds work that was reserved under `cap`.
    pub fn add(&mut self, work: Uint128, cap: Uint128) -> Result<(), CoreError> {
        self.work = self.work.checked_add(work)?;
        self.ceiling = self.ceiling.checked_add(work.full_mul(cap))?;
        Ok(())
    }

    /// ⌊min(budget × work / all, Σ cap × work / WORK_UNIT)⌋, where `all` is the epoch's whole work.
    pub fn share(&self, budget: Uint128, all: Uint128) -> Result<Uint128, CoreError> {
        let part = budget.full_mul(self.work).checked_div(all.into())?;
        let most = self.ceiling.checked_div(Uint256::from(WORK_UNIT))?;
        Ok(part.min(most).try_into()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    fn of(work: u128, cap: u128) -> Contribution {
        let mut contribution = Contribution::default();
        contribution.add(u(work), u(cap)).unwrap();
        contribution
    }

    const UNIT: u128 = WORK_UNIT as u128;

    #[test]
    fn the_budget_is_shared_by_work_and_rounded_down() {
        assert_eq!(of(1, u128::MAX).share(u(100), u(3)), Ok(u(33)));
        assert_eq!(of(3, u128::MAX).share(u(100), u(3)), Ok(u(100)));
        assert_eq!(of(0, u128::MAX).share(u(100), u(3)), Ok(u(0)));
    }

    #[test]
    fn the_cap_bounds_what_little_work_gets() {
        assert_eq!(of(UNIT, 7).share(u(100), u(UNIT)), Ok(u(7)));
        assert_eq!(of(UNIT / 2, 7).share(u(100), u(UNIT)), Ok(u(3)));
        assert_eq!(of(UNIT, 7).share(u(5), u(UNIT)), Ok(u(5)));
    }

    #[test]
    fn each_job_keeps_the_cap_it_was_reserved_under() {
        let mut both = of(UNIT, 7);
        both.add(u(UNIT), u(20)).unwrap();
        assert_eq!(both.share(u(1_000), u(2 * UNIT)), Ok(u(27)));
    }

    #[test]
    fn shares_never_sum_to_more_than_the_budget() {
        for works in [[1, 1, 1], [1, 2, 4], [UNIT, 1, UNIT * UNIT]] {
            let all = u(works.iter().sum());
            let sum: Uint128 = works.iter().map(|work| of(*work, u128::MAX).share(u(1_000), all).unwrap()).sum();
            assert!(sum <= u(1_000));
        }
    }

    #[test]
    fn the_greatest_numbers_do_not_overflow() {
        assert_eq!(of(u128::MAX, u128::MAX).share(Uint128::MAX, Uint128::MAX), Ok(Uint128::MAX));
    }
}
