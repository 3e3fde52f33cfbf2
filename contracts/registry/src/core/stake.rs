//! A provider's stake, by what it may be used for.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

use crate::core::error::CoreError;

/// Stake of one provider, or of all together. Every unit is in one place, so stake = free + thawing + liens.
///
/// ```text
///   bond ──▶ free ──unbond──▶ thawing ──withdraw──▶ out
///            │  ▲
///        place  release
///            ▼  │
///            liens ──slash──▶ burned and balances
/// ```
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Stake {
    pub free: Uint128,
    pub thawing: Uint128,
    pub liens: Uint128,
    /// Lost to slashes so far; no part of the stake any more.
    pub slashed: Uint128,
}

impl Stake {
    /// free + thawing + liens.
    pub fn total(&self) -> Result<Uint128, CoreError> {
        Ok(self.free.checked_add(self.thawing)?.checked_add(self.liens)?)
    }

    fn take_free(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.free =
            self.free.checked_sub(amount).map_err(|_| CoreError::StakeShort { free: self.free, needed: amount })?;
        Ok(())
    }

    fn take_lien(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.liens =
            self.liens.checked_sub(amount).map_err(|_| CoreError::LienShort { placed: self.liens, needed: amount })?;
        Ok(())
    }

    pub fn bond(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.free = self.free.checked_add(amount)?;
        Ok(())
    }

    pub fn unbond(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.take_free(amount)?;
        self.thawing = self.thawing.checked_add(amount)?;
        Ok(())
    }

    pub fn withdraw(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.thawing = self.thawing.checked_sub(amount)?;
        Ok(())
    }

    pub fn place(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.take_free(amount)?;
        self.liens = self.liens.checked_add(amount)?;
        Ok(())
    }

    pub fn release(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.take_lien(amount)?;
        self.free = self.free.checked_add(amount)?;
        Ok(())
    }

    pub fn slash(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.take_lien(amount)?;
        self.slashed = self.slashed.checked_add(amount)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    #[test]
    fn every_unit_is_in_one_place() {
        let mut stake = Stake::default();
        stake.bond(u(100)).unwrap();
        stake.unbond(u(30)).unwrap();
        stake.place(u(50)).unwrap();
        stake.release(u(5)).unwrap();
        stake.slash(u(10)).unwrap();
        assert_eq!(stake, Stake { free: u(25), thawing: u(30), liens: u(35), slashed: u(10) });
        assert_eq!(stake.total(), Ok(u(90)));
        stake.withdraw(u(30)).unwrap();
        assert_eq!(stake.total(), Ok(u(60)));
    }

    #[test]
    fn thawing_stake_bears_no_lien_and_stake_under_lien_does_not_thaw() {
        let stake = Stake { free: u(10), thawing: u(30), liens: u(50), slashed: u(0) };
        let short = Err(CoreError::StakeShort { free: u(10), needed: u(11) });
        assert_eq!(stake.clone().place(u(11)), short);
        assert_eq!(stake.clone().unbond(u(11)), short);
        let lien_short = Err(CoreError::LienShort { placed: u(50), needed: u(51) });
        assert_eq!(stake.clone().release(u(51)), lien_short);
        assert_eq!(stake.clone().slash(u(51)), lien_short);
        assert!(stake.clone().withdraw(u(31)).is_err());
    }
}
