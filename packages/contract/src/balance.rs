//! What a contract holds for others until they withdraw it: paid out by pulling, never by pushing.

use cosmwasm_std::{Addr, StdResult, Storage, Uint128};
use cw_storage_plus::Map;
use tequio_protocol::balance::{Credited, Reason};

/// Everyone's balance. What they sum to is for the contract to keep.
pub struct Balances {
    key: &'static str,
}

impl Balances {
    /// Stored under `key`.
    pub const fn new(key: &'static str) -> Self {
        Self { key }
    }

    fn map<'a>(&self) -> Map<&'a Addr, Uint128> {
        Map::new(self.key)
    }

    pub fn of(&self, storage: &dyn Storage, address: &Addr) -> StdResult<Uint128> {
        Ok(self.map().may_load(storage, address)?.unwrap_or_default())
    }

    /// Adds to a balance. Nothing is nothing to report.
    pub fn credit(
        &self,
        storage: &mut dyn Storage,
        address: &Addr,
        amount: Uint128,
        reason: Reason,
    ) -> StdResult<Option<Credited>> {
        if amount.is_zero() {
            return Ok(None);
        }
        let sum = self.of(storage, address)?.checked_add(amount)?;
        self.map().save(storage, address, &sum)?;
        Ok(Some(Credited { address: address.to_string(), amount, reason }))
    }

    /// Empties a balance, to be paid out.
    pub fn take(&self, storage: &mut dyn Storage, address: &Addr) -> StdResult<Uint128> {
        let amount = self.of(storage, address)?;
        self.map().remove(storage, address);
        Ok(amount)
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    const PURSES: Balances = Balances::new("purse");

    #[test]
    fn what_is_credited_is_taken_once() {
        let mut storage = MockStorage::new();
        let [one, two] = ["one", "two"].map(Addr::unchecked);
        let mut credit = |address: &Addr, amount: u128| {
            PURSES
                .credit(&mut storage, address, amount.into(), Reason::Payment)
                .map(|credited| credited.map(|Credited { address, amount, reason }| (address, amount.u128(), reason)))
        };
        assert_eq!(credit(&one, 5), Ok(Some(("one".into(), 5, Reason::Payment))));
        assert_eq!(credit(&one, 0), Ok(None));
        assert_eq!(credit(&one, 7), Ok(Some(("one".into(), 7, Reason::Payment))));
        assert!(credit(&one, u128::MAX).is_err());
        assert_eq!(PURSES.of(&storage, &one), Ok(Uint128::new(12)));
        assert_eq!(PURSES.of(&storage, &two), Ok(Uint128::zero()));
        assert_eq!(PURSES.take(&mut storage, &one), Ok(Uint128::new(12)));
        assert_eq!(PURSES.take(&mut storage, &one), Ok(Uint128::zero()));
        assert!(PURSES.map().is_empty(&storage));
    }
}
