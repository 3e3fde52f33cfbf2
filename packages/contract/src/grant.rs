//! Rights that governance grants, and that begin after a timelock: who distrusts a newcomer can leave before.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, OverflowError, StdError, StdResult, Storage};
use cw_storage_plus::{Bound, Map};
use tequio_protocol::errors;
use thiserror::Error;

errors! {
    #[derive(Debug, PartialEq, Error)]
    pub enum BadGrant {
        #[error(transparent)]
        Std(#[from] StdError),
        #[error(transparent)]
        Overflow(#[from] OverflowError),
        #[error("{address} was never granted the right to {right}")]
        Never { address: Addr, right: &'static str },
        #[error("{address} may {right} from {effective} on, now is {now}")]
        Waits { address: Addr, right: &'static str, effective: u64, now: u64 },
        #[error("the right of {address} to {right} was revoked")]
        Revoked { address: Addr, right: &'static str },
        #[error("{address} is granted already, from {effective} on")]
        AlreadyGranted { address: Addr, effective: u64 },
        #[error("{address} has no right to revoke")]
        NotGranted { address: Addr },
    }
}

/// Where a right stands.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Grant {
    /// It may be used from this time on.
    From(u64),
    /// It ended; what was done with it stays.
    Revoked,
}

impl Grant {
    /// When the right begins, `None` once revoked.
    pub fn effective(&self) -> Option<u64> {
        match *self {
            Self::From(effective) => Some(effective),
            Self::Revoked => None,
        }
    }
}

/// Everyone that one right was granted to.
pub struct Grants {
    key: &'static str,
    right: &'static str,
}

impl Grants {
    /// Stored under `key`. `right` is what they may do, as errors put it.
    pub const fn new(key: &'static str, right: &'static str) -> Self {
        Self { key, right }
    }

    fn map<'a>(&self) -> Map<&'a Addr, Grant> {
        Map::new(self.key)
    }

    /// Refuses whom it was never granted. It may not have begun yet, or be revoked.
    pub fn known(&self, storage: &dyn Storage, address: &Addr) -> Result<Grant, BadGrant> {
        let never = || BadGrant::Never { address: address.clone(), right: self.right };
        self.map().may_load(storage, address)?.ok_or_else(never)
    }

    /// Refuses who may not use it at the time `now`.
    pub fn in_effect(&self, storage: &dyn Storage, address: &Addr, now: u64) -> Result<(), BadGrant> {
        let (address, right) = (address.clone(), self.right);
        match self.known(storage, &address)? {
            Grant::Revoked => Err(BadGrant::Revoked { address, right }),
            Grant::From(effective) if now < effective => Err(BadGrant::Waits { address, right, effective, now }),
            Grant::From(_) => Ok(()),
        }
    }

    /// Grants it from `effective` on.
    pub fn grant(&self, storage: &mut dyn Storage, address: &Addr, effective: u64) -> Result<(), BadGrant> {
        if let Some(Grant::From(effective)) = self.map().may_load(storage, address)? {
            return Err(BadGrant::AlreadyGranted { address: address.clone(), effective });
        }
        Ok(self.map().save(storage, address, &Grant::From(effective))?)
    }

    /// Ends it.
    pub fn revoke(&self, storage: &mut dyn Storage, address: &Addr) -> Result<(), BadGrant> {
        match self.map().may_load(storage, address)? {
            Some(Grant::From(_)) => Ok(self.map().save(storage, address, &Grant::Revoked)?),
            Some(Grant::Revoked) | None => Err(BadGrant::NotGranted { address: address.clone() }),
        }
    }

    /// Whom it was ever granted, by address.
    pub fn list(&self, storage: &dyn Storage, after: Option<&Addr>, count: usize) -> StdResult<Vec<(Addr, Grant)>> {
        self.map().range(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    const GUESTS: Grants = Grants::new("guest", "stay");

    #[test]
    fn a_right_begins_at_its_time_and_ends_when_revoked() {
        let (mut storage, right) = (MockStorage::new(), "stay");
        let address = Addr::unchecked("guest");
        let whose = || address.clone();
        let never = Err(BadGrant::Never { address: whose(), right });
        assert_eq!(GUESTS.in_effect(&storage, &address, 9), never);
        assert_eq!(GUESTS.revoke(&mut storage, &address), Err(BadGrant::NotGranted { address: whose() }));

        GUESTS.grant(&mut storage, &address, 10).unwrap();
        assert_eq!(GUESTS.known(&storage, &address), Ok(Grant::From(10)));
        let waits = Err(BadGrant::Waits { address: whose(), right, effective: 10, now: 9 });
        assert_eq!(GUESTS.in_effect(&storage, &address, 9), waits);
        assert_eq!(GUESTS.in_effect(&storage, &address, 10), Ok(()));
        let twice = Err(BadGrant::AlreadyGranted { address: whose(), effective: 10 });
        assert_eq!(GUESTS.grant(&mut storage, &address, 20), twice);

        GUESTS.revoke(&mut storage, &address).unwrap();
        assert_eq!(GUESTS.known(&storage, &address).unwrap().effective(), None);
        assert_eq!(GUESTS.in_effect(&storage, &address, 10), Err(BadGrant::Revoked { address: whose(), right }));
        assert_eq!(GUESTS.revoke(&mut storage, &address), Err(BadGrant::NotGranted { address: whose() }));
        GUESTS.grant(&mut storage, &address, 20).unwrap();
        assert_eq!(GUESTS.in_effect(&storage, &address, 20), Ok(()));
    }

    #[test]
    fn everyone_is_listed_by_address() {
        let mut storage = MockStorage::new();
        let [one, two, three] = ["one", "two", "three"].map(Addr::unchecked);
        for address in [&one, &two, &three] {
            GUESTS.grant(&mut storage, address, 1).unwrap();
        }
        GUESTS.revoke(&mut storage, &two).unwrap();
        let (from, ended) = (Grant::From(1), Grant::Revoked);
        assert_eq!(GUESTS.list(&storage, None, 2), Ok(vec![(one.clone(), from), (three.clone(), from)]));
        assert_eq!(GUESTS.list(&storage, Some(&three), 9), Ok(vec![(two, ended)]));
    }
}
