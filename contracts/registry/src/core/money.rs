//! Where every unit that ever came in is now.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

use crate::core::{error::CoreError, slash::Cut};

/// Sums over all providers and balances. Invariant 1: bonded = stake + balances + to burn + burned + withdrawn.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Money {
    /// All that was ever bonded.
    pub bonded: Uint128,
    /// Stake of all providers.
    pub stake: Uint128,
    /// Parts of slashes not withdrawn yet.
    pub balances: Uint128,
    /// Of slashes, what is to be burned and still here.
    pub to_burn: Uint128,
    /// Of slashes, burned.
    pub burned: Uint128,
    /// Withdrawn stake and balances.
    pub withdrawn: Uint128,
}

impl Money {
    pub fn bond(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.bonded = self.bonded.checked_add(amount)?;
        self.stake = self.stake.checked_add(amount)?;
        Ok(())
    }

    pub fn withdraw(&mut self, stake: Uint128, balance: Uint128) -> Result<(), CoreError> {
        self.stake = self.stake.checked_sub(stake)?;
        self.balances = self.balances.checked_sub(balance)?;
        self.withdrawn = self.withdrawn.checked_add(stake)?.checked_add(balance)?;
        Ok(())
    }

    pub fn slash(&mut self, amount: Uint128, cut: &Cut) -> Result<(), CoreError> {
        self.stake = self.stake.checked_sub(amount)?;
        self.to_burn = self.to_burn.checked_add(cut.burned)?;
        self.balances = self.balances.checked_add(cut.client)?.checked_add(cut.reporter)?;
        Ok(())
    }

    /// Takes all that is to be burned, to burn it.
    pub fn burn(&mut self) -> Result<Uint128, CoreError> {
        let amount = std::mem::take(&mut self.to_burn);
        self.burned = self.burned.checked_add(amount)?;
        Ok(amount)
    }

    /// What must be in the contract's account.
    pub fn held(&self) -> Result<Uint128, CoreError> {
        Ok(self.stake.checked_add(self.balances)?.checked_add(self.to_burn)?)
    }

    /// The right side of invariant 1.
    pub fn accounted(&self) -> Result<Uint128, CoreError> {
        Ok(self.held()?.checked_add(self.burned)?.checked_add(self.withdrawn)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_stays_accounted_for() {
        let mut money = Money::default();
        money.bond(Uint128::new(1_000)).unwrap();
        let cut = Cut { burned: Uint128::new(60), client: Uint128::new(30), reporter: Uint128::new(10) };
        money.slash(Uint128::new(100), &cut).unwrap();
        money.withdraw(Uint128::new(200), Uint128::new(30)).unwrap();
        let expected = Money {
            bonded: Uint128::new(1_000),
            stake: Uint128::new(700),
            balances: Uint128::new(10),
            to_burn: Uint128::new(60),
            burned: Uint128::zero(),
            withdrawn: Uint128::new(230),
        };
        assert_eq!(money, expected);
        assert_eq!(money.accounted(), Ok(money.bonded));
        assert_eq!(money.held(), Ok(Uint128::new(770)));
        assert_eq!((money.burn(), money.burn()), (Ok(Uint128::new(60)), Ok(Uint128::zero())));
        assert_eq!((money.burned, money.accounted()), (Uint128::new(60), Ok(money.bonded)));
        assert_eq!(money.held(), Ok(Uint128::new(710)));
    }

    #[test]
    fn more_than_there_is_is_an_error() {
        let mut money = Money::default();
        assert!(money.withdraw(Uint128::one(), Uint128::zero()).is_err());
        assert!(money.withdraw(Uint128::zero(), Uint128::one()).is_err());
        money.bond(Uint128::MAX).unwrap();
        assert!(money.bond(Uint128::one()).is_err());
    }
}
