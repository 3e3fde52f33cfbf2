//! Where every credit that was ever bought is now.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

use crate::core::error::CoreError;

/// Sums over all clients. Invariant 1: bought = free + reserved + consumed.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Credits {
    /// Credits bought, which is also the tokens burned.
    pub bought: Uint128,
    pub free: Uint128,
    /// For shards neither rewarded nor released.
    pub reserved: Uint128,
    /// By rewarded shards.
    pub consumed: Uint128,
}

impl Credits {
    pub fn buy(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.bought = self.bought.checked_add(amount)?;
        self.free = self.free.checked_add(amount)?;
        Ok(())
    }

    pub fn reserve(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.free = self.free.checked_sub(amount)?;
        self.reserved = self.reserved.checked_add(amount)?;
        Ok(())
    }

    pub fn consume(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.reserved = self.reserved.checked_sub(amount)?;
        self.consumed = self.consumed.checked_add(amount)?;
        Ok(())
    }

    pub fn release(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.reserved = self.reserved.checked_sub(amount)?;
        self.free = self.free.checked_add(amount)?;
        Ok(())
    }

    /// The right side of invariant 1.
    pub fn accounted(&self) -> Result<Uint128, CoreError> {
        Ok(self.free.checked_add(self.reserved)?.checked_add(self.consumed)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    #[test]
    fn every_credit_stays_accounted_for() {
        let mut credits = Credits::default();
        credits.buy(u(100)).unwrap();
        credits.reserve(u(60)).unwrap();
        credits.consume(u(25)).unwrap();
        credits.release(u(5)).unwrap();
        assert_eq!(credits, Credits { bought: u(100), free: u(45), reserved: u(30), consumed: u(25) });
        assert_eq!(credits.accounted(), Ok(u(100)));
    }

    #[test]
    fn more_than_there_is_is_an_error() {
        let credits = Credits { bought: u(100), free: u(45), reserved: u(30), consumed: u(25) };
        assert!(credits.clone().reserve(u(46)).is_err());
        assert!(credits.clone().consume(u(31)).is_err());
        assert!(credits.clone().release(u(31)).is_err());
        assert!(credits.clone().buy(Uint128::MAX).is_err());
    }
}
