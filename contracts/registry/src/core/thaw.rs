//! Stake on its way out.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

/// Most thaws a provider may have open, so that one withdrawal can pay them all.
pub const MAX_THAWS: usize = 32;

/// Stake that was unbonded at once.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Thaw {
    pub amount: Uint128,
    /// From when on it can be withdrawn; fixed when it was unbonded.
    pub ready: u64,
}

impl Thaw {
    pub fn is_over(&self, now: u64) -> bool {
        now >= self.ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_from_ready_on() {
        let thaw = Thaw { amount: Uint128::one(), ready: 10 };
        assert!(!thaw.is_over(9));
        assert!(thaw.is_over(10));
    }
}
