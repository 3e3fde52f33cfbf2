//! The halving schedule.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{OverflowError, OverflowOperation, Uint128};
use tequio_contract::bounds::within;
use tequio_protocol::rewards::{self, MAX_EPOCH, MAX_HALVING, MIN_EPOCH};

use crate::core::error::CoreError;

/// The schedule and when it began.
#[cw_serde]
#[derive(Eq)]
pub struct Schedule {
    pub start: u64,
    pub terms: rewards::Schedule,
}

impl Schedule {
    /// Refuses epochs and halvings out of bounds, and supplies that do not fit a token.
    pub fn new(start: u64, terms: rewards::Schedule, genesis: Uint128) -> Result<Self, CoreError> {
        within("epoch", terms.epoch, MIN_EPOCH, MAX_EPOCH)?;
        within("halving", terms.halving, 1, MAX_HALVING)?;
        let schedule = Self { start, terms };
        schedule.most_supply(genesis)?;
        Ok(schedule)
    }

    /// genesis + 2 · initial · halving: the supply never exceeds it.
    pub fn most_supply(&self, genesis: Uint128) -> Result<Uint128, CoreError> {
        let rewards::Schedule { initial, halving, .. } = self.terms;
        initial
            .checked_mul(halving.into())
            .and_then(|emission| emission.checked_add(emission))
            .and_then(|emission| emission.checked_add(genesis))
            .map_err(|_| CoreError::SupplyBounds { genesis, initial, halving })
    }

    /// The epoch open at `now`.
    pub fn epoch_at(&self, now: u64) -> Result<u64, CoreError> {
        let overflow = || OverflowError::new(OverflowOperation::Sub);
        let since = now.checked_sub(self.start).ok_or_else(overflow)?;
        Ok(since.checked_div(self.terms.epoch).ok_or_else(overflow)?)
    }

    /// When `epoch` begins; the last second there is, for epochs that never begin.
    pub fn begins(&self, epoch: u64) -> u64 {
        self.start.saturating_add(epoch.saturating_mul(self.terms.epoch))
    }

    /// initial >> (epoch / halving).
    pub fn budget(&self, epoch: u64) -> Uint128 {
        self.halved(epoch.checked_div(self.terms.halving).unwrap_or(u64::MAX))
    }

    fn halved(&self, times: u64) -> Uint128 {
        let halved = u32::try_from(times).ok().and_then(|times| self.terms.initial.u128().checked_shr(times));
        Uint128::new(halved.unwrap_or(0))
    }

    /// The budgets of all epochs before `epoch` together.
    pub fn budgets_before(&self, epoch: u64) -> Result<Uint128, CoreError> {
        let halving = self.terms.halving;
        let overflow = || OverflowError::new(OverflowOperation::Mul);
        let halvings = epoch.checked_div(halving).ok_or_else(overflow)?;
        let rest = epoch.checked_rem(halving).ok_or_else(overflow)?;
        let mut sum = self.halved(halvings).checked_mul(rest.into())?;
        for times in 0..halvings.min(u128::BITS.into()) {
            sum = sum.checked_add(self.halved(times).checked_mul(halving.into())?)?;
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use tequio_contract::bounds::OutOfBounds;

    use super::*;

    fn u(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    fn schedule(initial: u128, halving: u64) -> Schedule {
        let terms = rewards::Schedule { epoch: 3_600, initial: u(initial), halving };
        Schedule::new(1_000, terms, u(0)).unwrap()
    }

    #[test]
    fn time_is_cut_into_epochs() {
        let schedule = schedule(1, 1);
        assert_eq!(schedule.epoch_at(1_000), Ok(0));
        assert_eq!(schedule.epoch_at(4_599), Ok(0));
        assert_eq!(schedule.epoch_at(4_600), Ok(1));
        assert_eq!(schedule.begins(1), 4_600);
        assert_eq!(schedule.begins(u64::MAX), u64::MAX);
        assert!(schedule.epoch_at(999).is_err());
    }

    #[test]
    fn budgets_halve() {
        let schedule = schedule(100, 3);
        let budgets: Vec<_> = (0..24).map(|epoch| schedule.budget(epoch).u128()).collect();
        assert_eq!(budgets[..12], [100, 100, 100, 50, 50, 50, 25, 25, 25, 12, 12, 12]);
        assert_eq!(budgets[18..], [1, 1, 1, 0, 0, 0]);
        assert_eq!(schedule.budget(3 * 128), u(0));
        assert_eq!(schedule.budget(u64::MAX), u(0));
    }

    #[test]
    fn the_closed_form_is_the_sum() {
        for (initial, halving) in [(100, 3), (1, 1), (0, 5), (u128::MAX / 14, 7)] {
            let schedule = schedule(initial, halving);
            let mut sum = u(0);
            for epoch in 0..140 * halving {
                assert_eq!(schedule.budgets_before(epoch), Ok(sum), "{initial} {halving} {epoch}");
                sum += schedule.budget(epoch);
            }
            assert!(sum <= schedule.most_supply(u(0)).unwrap());
            assert_eq!(schedule.budgets_before(u64::MAX), Ok(sum));
        }
    }

    #[test]
    fn what_cannot_be_a_schedule() {
        let terms = |epoch, initial, halving| rewards::Schedule { epoch, initial: u(initial), halving };
        let out = |name, value, min, max| Err(OutOfBounds::Number { name, value, min, max }.into());
        for epoch in [MIN_EPOCH - 1, MAX_EPOCH + 1] {
            assert_eq!(Schedule::new(0, terms(epoch, 1, 1), u(0)), out("epoch", epoch, MIN_EPOCH, MAX_EPOCH));
        }
        for halving in [0, MAX_HALVING + 1] {
            assert_eq!(Schedule::new(0, terms(MIN_EPOCH, 1, halving), u(0)), out("halving", halving, 1, MAX_HALVING));
        }
        assert!(Schedule::new(0, terms(MIN_EPOCH, 0, 1), u(0)).is_ok());
        assert!(Schedule::new(0, terms(MAX_EPOCH, 1, MAX_HALVING), u(0)).is_ok());
        let half = u128::MAX / 2;
        assert!(Schedule::new(0, terms(3_600, half, 1), u(1)).is_ok());
        assert_eq!(
            Schedule::new(0, terms(3_600, half, 1), u(2)),
            Err(CoreError::SupplyBounds { genesis: u(2), initial: u(half), halving: 1 })
        );
    }
}
