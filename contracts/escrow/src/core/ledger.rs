//! Counters of money and shards, moved only in pairs so that their sums cannot come apart.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use tequio_contract::checked;

use crate::core::error::CoreError;

/// All money, in the payment denom: deposited = withdrawn + balances + held + to burn + burned.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Ledger {
    pub deposited: Uint128,
    pub withdrawn: Uint128,
    /// Sum of all balances.
    pub balances: Uint128,
    /// Held for free and active shards.
    pub held: Uint128,
    /// Of fees, what is to be burned and still here.
    pub to_burn: Uint128,
    pub burned: Uint128,
    /// Shards of all jobs.
    pub posted: u64,
    pub shards: Tally,
}

impl Ledger {
    /// Shards are posted, and their payment is held.
    pub fn post(&mut self, shards: u64, funds: Uint128) -> Result<(), CoreError> {
        self.posted = checked::add(self.posted, shards)?;
        self.hold(funds)
    }

    /// Money comes in for open shards.
    pub fn hold(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.deposited = self.deposited.checked_add(amount)?;
        self.held = self.held.checked_add(amount)?;
        Ok(())
    }

    /// Money comes in for somebody's balance.
    pub fn credit(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.deposited = self.deposited.checked_add(amount)?;
        self.balances = self.balances.checked_add(amount)?;
        Ok(())
    }

    /// Money comes in to be burned.
    pub fn forfeit(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.deposited = self.deposited.checked_add(amount)?;
        self.to_burn = self.to_burn.checked_add(amount)?;
        Ok(())
    }

    /// Takes all that is to be burned, to burn it.
    pub fn burn(&mut self) -> Result<Uint128, CoreError> {
        let amount = std::mem::take(&mut self.to_burn);
        self.burned = self.burned.checked_add(amount)?;
        Ok(amount)
    }

    /// Money held goes into somebody's balance.
    pub fn earn(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.held = self.held.checked_sub(amount)?;
        self.balances = self.balances.checked_add(amount)?;
        Ok(())
    }

    /// What must be in the contract's account.
    pub fn owed(&self) -> Result<Uint128, CoreError> {
        Ok(self.balances.checked_add(self.held)?.checked_add(self.to_burn)?)
    }

    /// The right side of invariant 1.
    pub fn accounted(&self) -> Result<Uint128, CoreError> {
        Ok(self.withdrawn.checked_add(self.owed()?)?.checked_add(self.burned)?)
    }

    /// A balance is paid out.
    pub fn withdraw(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.balances = self.balances.checked_sub(amount)?;
        self.withdrawn = self.withdrawn.checked_add(amount)?;
        Ok(())
    }
}

/// Shards by state; of a job they sum to its shards.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Tally {
    pub free: u64,
    pub active: u64,
    pub settled: u64,
    pub refunded: u64,
}

/// Where shards go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Posted: they become free.
    Post,
    /// Free to active.
    Assign,
    /// Active to free.
    Return,
    /// Active to settled.
    Settle,
    /// Free to refunded.
    Refund,
}

impl Tally {
    /// Moves `count` shards.
    pub fn step(&mut self, step: Step, count: u64) -> Result<(), CoreError> {
        let (from, to) = match step {
            Step::Post => (None, &mut self.free),
            Step::Assign => (Some(&mut self.free), &mut self.active),
            Step::Return => (Some(&mut self.active), &mut self.free),
            Step::Settle => (Some(&mut self.active), &mut self.settled),
            Step::Refund => (Some(&mut self.free), &mut self.refunded),
        };
        let more = checked::add(*to, count)?;
        if let Some(from) = from {
            *from = checked::sub(*from, count)?;
        }
        *to = more;
        Ok(())
    }

    /// All of them.
    pub fn sum(&self) -> Uint128 {
        let all = [self.free, self.active, self.settled, self.refunded];
        // Four numbers of 64 bits do not overflow one of 128.
        all.into_iter().fold(Uint128::zero(), |sum, shards| sum.saturating_add(shards.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_only_move() {
        let mut tally = Tally::default();
        for (step, count) in
            [(Step::Post, 10), (Step::Assign, 7), (Step::Return, 2), (Step::Settle, 4), (Step::Refund, 5)]
        {
            tally.step(step, count).unwrap();
            assert_eq!(tally.sum().u128(), 10, "after {step:?}");
        }
        assert_eq!(tally, Tally { free: 0, active: 1, settled: 4, refunded: 5 });
    }

    #[test]
    fn shards_that_are_not_there_do_not_move() {
        let mut tally = Tally { free: 1, active: 1, settled: u64::MAX, refunded: 0 };
        let before = tally;
        for (step, count) in [(Step::Assign, 2), (Step::Return, 2), (Step::Settle, 1), (Step::Refund, 2)] {
            assert!(tally.step(step, count).is_err(), "{step:?}");
            assert_eq!(tally, before);
        }
        assert_eq!(tally.sum().u128(), u128::from(u64::MAX) + 2);
    }

    #[test]
    fn money_only_moves() {
        let mut ledger = Ledger::default();
        let unit = |amount: u128| Uint128::new(amount);
        ledger.hold(unit(100)).unwrap();
        ledger.credit(unit(3)).unwrap();
        ledger.forfeit(unit(7)).unwrap();
        ledger.earn(unit(60)).unwrap();
        ledger.withdraw(unit(63)).unwrap();
        assert_eq!((ledger.deposited, ledger.held, ledger.to_burn), (unit(110), unit(40), unit(7)));
        assert_eq!((ledger.accounted(), ledger.owed()), (Ok(unit(110)), Ok(unit(47))));
        assert!(ledger.earn(unit(41)).is_err());
        assert!(ledger.withdraw(unit(1)).is_err());
        assert_eq!((ledger.burn(), ledger.burn()), (Ok(unit(7)), Ok(unit(0))));
        ledger.forfeit(unit(2)).unwrap();
        assert_eq!((ledger.to_burn, ledger.burned, ledger.accounted()), (unit(2), unit(7), Ok(unit(112))));
    }
}
