//! What a source reserved for one job.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;
use tequio_protocol::JobId;

use crate::core::{error::CoreError, terms::Terms};

/// A job's shards that may still be rewarded or released, and on what terms. It stays when none is left: a job is
/// reserved once.
#[cw_serde]
#[derive(Eq)]
pub struct Reservation {
    pub client: Addr,
    /// Shards neither rewarded nor released.
    pub shards: u64,
    /// MAC equivalents of one shard.
    pub cost: u64,
    pub terms: Terms,
}

impl Reservation {
    /// Takes `shards` out, to reward or to release them.
    pub fn take(&mut self, job: JobId, shards: u64) -> Result<(), CoreError> {
        self.shards =
            self.shards.checked_sub(shards).ok_or(CoreError::ShardsShort { job, left: self.shards, needed: shards })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Uint128;

    use super::*;

    #[test]
    fn each_shard_is_taken_once() {
        let terms = Terms::Commons { cap: Uint128::one() };
        let mut reservation = Reservation { client: Addr::unchecked("client"), shards: 5, cost: 1, terms };
        reservation.take(JobId(7), 3).unwrap();
        assert_eq!(reservation.take(JobId(7), 3), Err(CoreError::ShardsShort { job: JobId(7), left: 2, needed: 3 }));
        reservation.take(JobId(7), 2).unwrap();
        assert_eq!(reservation.shards, 0);
    }
}
