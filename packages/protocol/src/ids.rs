//! Ids as their own types: a job's number is not an assignment's.

use std::{fmt, num::ParseIntError, str::FromStr};

use cosmwasm_schema::cw_serde;
use cosmwasm_std::StdResult;
use cw_storage_plus::{Key, KeyDeserialize, Prefixer, PrimaryKey};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[cw_serde]
        #[derive(Copy, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl PrimaryKey<'_> for $name {
            type Prefix = ();
            type SubPrefix = ();
            type Suffix = Self;
            type SuperSuffix = Self;

            fn key(&self) -> Vec<Key<'_>> {
                vec![Key::Val64(self.0.to_be_bytes())]
            }
        }

        impl Prefixer<'_> for $name {
            fn prefix(&self) -> Vec<Key<'_>> {
                self.key()
            }
        }

        impl KeyDeserialize for $name {
            type Output = Self;
            const KEY_ELEMS: u16 = 1;

            fn from_vec(value: Vec<u8>) -> StdResult<Self> {
                u64::from_vec(value).map(Self)
            }
        }
    };
}

number!(
    /// A job of one escrow, counted from 1.
    JobId
);
number!(
    /// An assignment of one escrow, counted from 1 over all jobs.
    AssignmentId
);
number!(
    /// A beacon the verifier has known, counted from 1.
    BeaconId
);
number!(
    /// Stake that was unbonded at once, counted from 1 over all providers.
    ThawId
);
number!(
    /// A demand of one arbiter, counted from 1 over all attestations.
    DemandId
);
