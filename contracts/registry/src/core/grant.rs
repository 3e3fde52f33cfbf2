//! The right to place liens.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;

use crate::error::Error;

/// Where a holder's right stands.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Grant {
    /// Liens may be placed from this time on.
    From(u64),
    /// No new liens.
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

    /// Refuses a new lien of `holder` at the time `now`.
    pub fn check(&self, holder: &Addr, now: u64) -> Result<(), Error> {
        match *self {
            Self::Revoked => Err(Error::HolderRevoked { holder: holder.clone() }),
            Self::From(effective) if now < effective => {
                Err(Error::HolderWaits { holder: holder.clone(), effective, now })
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
        let holder = Addr::unchecked("holder");
        assert_eq!(
            Grant::From(10).check(&holder, 9),
            Err(Error::HolderWaits { holder: holder.clone(), effective: 10, now: 9 })
        );
        assert_eq!(Grant::From(10).check(&holder, 10), Ok(()));
        assert_eq!(Grant::Revoked.check(&holder, 10), Err(Error::HolderRevoked { holder: holder.clone() }));
    }
}
