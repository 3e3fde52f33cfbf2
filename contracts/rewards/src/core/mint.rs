//! What was earned and minted.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Uint128, Uint256};
use tequio_protocol::bps;

use crate::core::{error::CoreError, terms};

/// Sums over all providers.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Mint {
    /// For client jobs, claimed or not.
    pub earned: Uint128,
    /// Σ κ × consumed credits, in 1/10,000: the bound of `earned`.
    pub kappa_consumed: Uint256,
    /// Claimed of `earned`.
    pub claimed: Uint128,
    /// Claimed of the budgets of closed epochs.
    pub emitted: Uint128,
    /// All that was ever minted after genesis.
    pub minted: Uint128,
}

impl Mint {
    /// Counts `consumed` credits and returns the tokens they earn.
    pub fn earn(&mut self, consumed: Uint128, kappa_bps: u16) -> Result<Uint128, CoreError> {
        let earned = terms::earned(consumed, kappa_bps)?;
        self.earned = self.earned.checked_add(earned)?;
        self.kappa_consumed = self.kappa_consumed.checked_add(consumed.full_mul(kappa_bps))?;
        Ok(earned)
    }

    /// Counts a claim and returns all it mints.
    pub fn claim(&mut self, earned: Uint128, emitted: Uint128) -> Result<Uint128, CoreError> {
        let amount = earned.checked_add(emitted)?;
        self.claimed = self.claimed.checked_add(earned)?;
        self.emitted = self.emitted.checked_add(emitted)?;
        self.minted = self.minted.checked_add(amount)?;
        Ok(amount)
    }

    /// ⌊Σ κ × consumed⌋.
    pub fn most_earned(&self) -> Result<Uint128, CoreError> {
        Ok(self.kappa_consumed.checked_div(Uint256::from(bps::WHOLE))?.try_into()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    #[test]
    fn rounding_loses_and_never_gains() {
        let mut mint = Mint::default();
        for _ in 0..3 {
            assert_eq!(mint.earn(u(3), 5_000), Ok(u(1)));
        }
        assert_eq!(mint.earned, u(3));
        assert_eq!(mint.most_earned(), Ok(u(4)));
        assert_eq!(mint.claim(u(2), u(10)), Ok(u(12)));
        assert_eq!((mint.claimed, mint.emitted, mint.minted), (u(2), u(10), u(12)));
    }
}
