//! What a shard costs and may mint, fixed when its job is reserved.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use tequio_protocol::{
    bps,
    rewards::{Config, Kind, WORK_UNIT},
};

use crate::core::error::CoreError;

/// The config's part in one reservation: later changes do not touch it.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Terms {
    Client {
        /// Credits that a shard consumes.
        credits: Uint128,
        kappa_bps: u16,
    },
    Commons {
        /// Most tokens for a unit of work.
        cap: Uint128,
    },
}

impl Terms {
    /// The terms of shards that cost `cost` MAC equivalents each. A client pays ⌈rate × cost / WORK_UNIT⌉ for one.
    pub fn of(config: &Config, kind: Kind, cost: u64) -> Result<Self, CoreError> {
        Ok(match kind {
            Kind::Client => Self::Client { credits: per_unit(config.rate, cost)?, kappa_bps: config.kappa_bps },
            Kind::Commons => Self::Commons { cap: config.cap },
        })
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Client { .. } => Kind::Client,
            Self::Commons { .. } => Kind::Commons,
        }
    }

    /// Credits that one shard consumes.
    pub fn credits(&self) -> Uint128 {
        match *self {
            Self::Client { credits, .. } => credits,
            Self::Commons { .. } => Uint128::zero(),
        }
    }

    /// Credits that `shards` consume.
    pub fn credits_of(&self, shards: u64) -> Result<Uint128, CoreError> {
        Ok(self.credits().checked_mul(shards.into())?)
    }

    pub fn kappa_bps(&self) -> u16 {
        match *self {
            Self::Client { kappa_bps, .. } => kappa_bps,
            Self::Commons { .. } => 0,
        }
    }

    /// Most tokens that a shard of `cost` can mint. Rounded up, so that it bounds many shards rewarded together too.
    pub fn mint(&self, cost: u64) -> Result<Uint128, CoreError> {
        match *self {
            Self::Client { credits, kappa_bps } => Ok(bps::ceil(credits, kappa_bps)?),
            Self::Commons { cap } => per_unit(cap, cost),
        }
    }
}

/// ⌊κ × consumed⌋.
pub fn earned(consumed: Uint128, kappa_bps: u16) -> Result<Uint128, CoreError> {
    Ok(bps::floor(consumed, kappa_bps)?)
}

/// ⌈price × cost / WORK_UNIT⌉.
fn per_unit(price: Uint128, cost: u64) -> Result<Uint128, CoreError> {
    Ok(price.checked_mul_ceil((u128::from(cost), u128::from(WORK_UNIT)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    fn config(rate: u128, kappa_bps: u16, cap: u128) -> Config {
        Config { rate: u(rate), kappa_bps, cap: u(cap), timelock: 0 }
    }

    #[test]
    fn credits_are_rounded_up() {
        let credits = |rate, cost| Terms::of(&config(rate, 0, 0), Kind::Client, cost).unwrap().credits();
        assert_eq!(credits(0, 1), u(0));
        assert_eq!(credits(1, 1), u(1));
        assert_eq!(credits(3, WORK_UNIT), u(3));
        assert_eq!(credits(3, WORK_UNIT + 1), u(4));
        assert_eq!(credits(7, 2 * WORK_UNIT + WORK_UNIT / 2), u(18));
    }

    #[test]
    fn commons_work_costs_no_credits_and_knows_no_kappa() {
        let terms = Terms::of(&config(5, 9_000, 40), Kind::Commons, WORK_UNIT).unwrap();
        assert_eq!(terms, Terms::Commons { cap: u(40) });
        assert_eq!((terms.credits(), terms.kappa_bps()), (u(0), 0));
        assert_eq!(terms.mint(WORK_UNIT / 2), Ok(u(20)));
        assert_eq!(terms.mint(WORK_UNIT / 2 + 1), Ok(u(21)));
    }

    #[test]
    fn what_is_earned_is_rounded_down_and_what_may_be_minted_up() {
        assert_eq!(earned(u(3), 5_000), Ok(u(1)));
        assert_eq!(Terms::Client { credits: u(3), kappa_bps: 5_000 }.mint(0), Ok(u(2)));
        assert_eq!(earned(u(10_000), 9_999), Ok(u(9_999)));
        assert_eq!(earned(Uint128::MAX, 9_999).unwrap().cmp(&Uint128::MAX), std::cmp::Ordering::Less);
    }

    #[test]
    fn many_shards_together_mint_no_more_than_as_many_times_one() {
        for (credits, kappa_bps) in [(1, 9_999), (3, 3_333), (7, 1), (10, 5_000)] {
            let terms = Terms::Client { credits: u(credits), kappa_bps };
            for shards in [1u64, 2, 3, 10_000] {
                let together = earned(terms.credits_of(shards).unwrap(), kappa_bps).unwrap();
                assert!(together <= terms.mint(0).unwrap() * u(shards.into()));
            }
        }
    }

    #[test]
    fn too_much_is_an_error() {
        assert!(Terms::of(&config(u128::MAX, 0, 0), Kind::Client, WORK_UNIT + 1).is_err());
        assert!(Terms::Client { credits: Uint128::MAX, kappa_bps: 0 }.credits_of(2).is_err());
    }
}
