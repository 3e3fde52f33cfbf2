//! The lien of a shard: S = ⌈(P + M̄) · (margin / q − 1) / β⌉ with q = 1 − (1 − δ)^t, δ less the guessable share γ.
//!
//! Everything rounds so that the lien is never too small: what is missed up, q down, S up.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{OverflowError, OverflowOperation, Uint64, Uint128, Uint256};

use crate::bps;

/// One, in the fixed point of 64 fractional bits used here.
const ONE: u128 = 1 << 64;

/// q = 1 − (1 − δ)^t in 1/2⁶⁴, rounded down: the chance that `draws` draws catch a complete cheat, when one catches it
/// with `delta`/2³². Nothing is caught if `delta` is 0.
pub fn caught(delta: u32, draws: u32) -> u64 {
    let mut base = u128::from(u32::MAX.abs_diff(delta)).saturating_add(1) << 32;
    let (mut missed, mut left) = (ONE, draws);
    while left > 0 && base < ONE {
        if left & 1 == 1 {
            missed = times_up(missed, base);
        }
        base = times_up(base, base);
        left >>= 1;
    }
    // `missed` is at least 1 after any draw, and ONE before, so this is below 2⁶⁴.
    ONE.saturating_sub(missed) as u64
}

/// ⌈a · b / 2⁶⁴⌉ for a ≤ 2⁶⁴ and b ≤ 2⁶⁴ − 2³², or b a product of such.
fn times_up(a: u128, b: u128) -> u128 {
    // At most 2¹²⁸ − 2⁹⁶ + 2⁶⁴: nothing saturates.
    a.saturating_mul(b).saturating_add(u64::MAX.into()) >> 64
}

/// What the lien of a job's shard depends on besides its price, as it was when the job was posted.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Basis {
    /// q in 1/2⁶⁴.
    pub caught: Uint64,
    /// Margin in basis points, 20,000 or more.
    pub margin_bps: u32,
    /// β in basis points.
    pub burn_bps: u16,
    /// M̄: the most that may be minted for a shard, in the payment denom.
    pub mint: Uint128,
}

impl Basis {
    /// The lien for one shard paid with `price`.
    ///
    /// With margin and β in basis points the two 10,000 cancel: S = ⌈(P + M̄) · (margin·2⁶⁴ − 10⁴·q) / (q · β)⌉.
    pub fn per_shard(&self, price: Uint128) -> Result<Uint128, OverflowError> {
        let overflow = || OverflowError::new(OverflowOperation::Mul);
        let caught = u128::from(self.caught.u64());
        let margin = u128::from(self.margin_bps).checked_mul(ONE).ok_or_else(overflow)?;
        let certain = caught.checked_mul(bps::WHOLE.into()).ok_or_else(overflow)?;
        // A margin below q would ask for no lien at all; the bounds on the margin exclude it.
        let factor = margin.saturating_sub(certain);
        let divisor = Uint256::from(caught.checked_mul(self.burn_bps.into()).ok_or_else(overflow)?);
        let product = Uint256::from(price.checked_add(self.mint)?).checked_mul(factor.into())?;
        // No q or no β: no lien is large enough.
        let floor = product.checked_div(divisor).map_err(|_| overflow())?;
        let whole = floor.checked_mul(divisor)? == product;
        let lien = if whole { floor } else { floor.checked_add(Uint256::one())? };
        Uint128::try_from(lien).map_err(|_| overflow())
    }

    /// The lien for `count` shards paid with `price` each.
    pub fn of(&self, price: Uint128, count: u64) -> Result<Uint128, OverflowError> {
        self.per_shard(price)?.checked_mul(count.into())
    }
}
