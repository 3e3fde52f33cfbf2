//! Rights that governance grants, and that begin after a timelock: who distrusts a newcomer can leave before.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, OverflowError, StdError, StdResult, Storage};
use cw_storage_plus::{Bound, Map};
use tequio_protocol::errors;
use thiserror::Error;

use crate::checked;

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
        #[error("{address} is granted already, at {since}")]
        AlreadyGranted { address: Addr, since: u64 },
        #[error("{address} has no right to revoke")]
        NotGranted { address: Addr },
    }
}

/// Where a right stands.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Grant {
    /// It was granted at `since`, under the timelock of that moment, in seconds; under none while nobody was there whom
    /// it could surprise.
    Given { since: u64, timelock: Option<u64> },
    /// It ended; what was done with it stays.
    Revoked,
}

impl Grant {
    /// When the right begins, `None` once revoked. `least` is the shortest timelock that is fair today: it lengthens one
    /// that was fair when it was granted.
    pub fn effective(&self, least: u64) -> Option<u64> {
        match *self {
            Self::Given { since, timelock: None } => Some(since),
            Self::Given { since, timelock: Some(timelock) } => Some(since.saturating_add(timelock.max(least))),
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

    /// Refuses who may not use it at the time `now`. `least` is the shortest timelock that is fair today.
    pub fn in_effect(&self, storage: &dyn Storage, address: &Addr, now: u64, least: u64) -> Result<(), BadGrant> {
        let (address, right) = (address.clone(), self.right);
        match self.known(storage, &address)?.effective(least) {
            None => Err(BadGrant::Revoked { address, right }),
            Some(effective) if now < effective => Err(BadGrant::Waits { address, right, effective, now }),
            Some(_) => Ok(()),
        }
    }

    /// Grants it at time `since`, under a timelock or at once. When it begins.
    pub fn grant(
        &self,
        storage: &mut dyn Storage,
        address: &Addr,
        since: u64,
        timelock: Option<u64>,
    ) -> Result<u64, BadGrant> {
        if let Some(Grant::Given { since, .. }) = self.map().may_load(storage, address)? {
            return Err(BadGrant::AlreadyGranted { address: address.clone(), since });
        }
        let effective = checked::add(since, timelock.unwrap_or_default())?;
        self.map().save(storage, address, &Grant::Given { since, timelock })?;
        Ok(effective)
    }

    /// Ends it.
    pub fn revoke(&self, storage: &mut dyn Storage, address: &Addr) -> Result<(), BadGrant> {
        match self.map().may_load(storage, address)? {
            Some(Grant::Revoked) | None => Err(BadGrant::NotGranted { address: address.clone() }),
            Some(_) => Ok(self.map().save(storage, address, &Grant::Revoked)?),
        }
    }

    /// Whether it was never granted to anybody.
    pub fn is_empty(&self, storage: &dyn Storage) -> bool {
        self.map().is_empty(storage)
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
        assert_eq!(GUESTS.in_effect(&storage, &address, 9, 0), never);
        assert_eq!(GUESTS.revoke(&mut storage, &address), Err(BadGrant::NotGranted { address: whose() }));
        assert!(GUESTS.is_empty(&storage));

        assert_eq!(GUESTS.grant(&mut storage, &address, 4, Some(6)), Ok(10));
        assert!(!GUESTS.is_empty(&storage));
        assert_eq!(GUESTS.known(&storage, &address), Ok(Grant::Given { since: 4, timelock: Some(6) }));
        let waits = |effective, now| Err(BadGrant::Waits { address: whose(), right, effective, now });
        assert_eq!(GUESTS.in_effect(&storage, &address, 9, 0), waits(10, 9));
        assert_eq!(GUESTS.in_effect(&storage, &address, 10, 6), Ok(()));
        let twice = Err(BadGrant::AlreadyGranted { address: whose(), since: 4 });
        assert_eq!(GUESTS.grant(&mut storage, &address, 20, None), twice);

        GUESTS.revoke(&mut storage, &address).unwrap();
        assert_eq!(GUESTS.known(&storage, &address).unwrap().effective(0), None);
        assert_eq!(GUESTS.in_effect(&storage, &address, 10, 0), Err(BadGrant::Revoked { address: whose(), right }));
        assert_eq!(GUESTS.revoke(&mut storage, &address), Err(BadGrant::NotGranted { address: whose() }));
        assert!(!GUESTS.is_empty(&storage));
        assert_eq!(GUESTS.grant(&mut storage, &address, 20, None), Ok(20));
        assert_eq!(GUESTS.in_effect(&storage, &address, 20, 0), Ok(()));
    }

    #[test]
    fn a_timelock_is_as_long_as_is_fair_today() {
        let (mut storage, right) = (MockStorage::new(), "stay");
        let [locked, at_once] = ["locked", "at once"].map(Addr::unchecked);
        GUESTS.grant(&mut storage, &locked, 4, Some(6)).unwrap();
        GUESTS.grant(&mut storage, &at_once, 4, None).unwrap();
        let waits = Err(BadGrant::Waits { address: locked.clone(), right, effective: 11, now: 10 });
        assert_eq!(GUESTS.in_effect(&storage, &locked, 10, 7), waits);
        assert_eq!(GUESTS.in_effect(&storage, &locked, 11, 7), Ok(()));
        assert!(GUESTS.in_effect(&storage, &locked, u64::MAX - 1, u64::MAX).is_err());
        assert_eq!(GUESTS.in_effect(&storage, &at_once, 4, u64::MAX), Ok(()));
        assert!(matches!(
            GUESTS.grant(&mut storage, &Addr::unchecked("late"), u64::MAX, Some(1)),
            Err(BadGrant::Overflow(_))
        ));
    }

    #[test]
    fn everyone_is_listed_by_address() {
        let mut storage = MockStorage::new();
        let [one, two, three] = ["one", "two", "three"].map(Addr::unchecked);
        let (given, ended) = (Grant::Given { since: 1, timelock: None }, Grant::Revoked);
        for address in [&one, &two, &three] {
            GUESTS.grant(&mut storage, address, 1, None).unwrap();
        }
        GUESTS.revoke(&mut storage, &two).unwrap();
        assert_eq!(GUESTS.list(&storage, None, 2), Ok(vec![(one.clone(), given), (three.clone(), given)]));
        assert_eq!(GUESTS.list(&storage, Some(&three), 9), Ok(vec![(two, ended)]));
    }
}
