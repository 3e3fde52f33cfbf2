//! The right to reserve.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;

use crate::error::Error;

/// Where a source's right stands.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Grant {
    /// Jobs may be reserved from this time on.
    From(u64),
    /// No new reservations.
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

    /// Refuses a new reservation of `source` at the time `now`.
    pub fn check(&self, source: &Addr, now: u64) -> Result<(), Error> {
        match *self {
            Self::Revoked => Err(Error::SourceRevoked { origin: source.clone() }),
            Self::From(effective) if now < effective => {
                Err(Error::SourceWaits { origin: source.clone(), effective, now })
            }
            Self::From(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_begins_at_its_time_and_ends_when_revoked() {
        let source = Addr::unchecked("source");
        assert_eq!(
            Grant::From(10).check(&source, 9),
            Err(Error::SourceWaits { origin: source.clone(), effective: 10, now: 9 })
        );
        assert_eq!(Grant::From(10).check(&source, 10), Ok(()));
        assert_eq!(Grant::Revoked.check(&source, 10), Err(Error::SourceRevoked { origin: source.clone() }));
    }
}
