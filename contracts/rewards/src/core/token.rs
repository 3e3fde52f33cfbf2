//! How the token is instantiated.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};
use cw20::{Cw20Coin, MinterResponse};
use tequio_protocol::{MAX_LIMIT, rewards};

use crate::core::error::CoreError;

/// What `cw20-base` is instantiated with. Depending on that crate would link its entry points beside ours, so this is
/// its message written down once more; `tests/instantiate.rs` sends it to the real one.
#[cw_serde]
pub struct Instantiate {
    pub name: String,
    pub symbol: String,
    pub decimals: u8,
    pub initial_balances: Vec<Cw20Coin>,
    pub mint: MinterResponse,
}

impl Instantiate {
    /// `token` with `minter` as its only minter, up to a supply of `most`.
    pub fn new(token: rewards::Token, minter: &Addr, most: Uint128) -> Self {
        let rewards::Token { code_id: _, name, symbol, decimals, balances } = token;
        let mint = MinterResponse { minter: minter.to_string(), cap: Some(most) };
        Self { name, symbol, decimals, initial_balances: balances, mint }
    }
}

/// The sum of the genesis balances.
pub fn genesis(balances: &[Cw20Coin]) -> Result<Uint128, CoreError> {
    let max = MAX_LIMIT as usize;
    if balances.len() > max {
        return Err(CoreError::TooManyBalances { count: balances.len(), max });
    }
    Ok(balances.iter().try_fold(Uint128::zero(), |sum, coin| sum.checked_add(coin.amount))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balances(count: usize, amount: Uint128) -> Vec<Cw20Coin> {
        vec![Cw20Coin { address: "holder".into(), amount }; count]
    }

    #[test]
    fn genesis_is_a_bounded_sum() {
        assert_eq!(genesis(&[]), Ok(Uint128::zero()));
        assert_eq!(genesis(&balances(100, Uint128::new(3))), Ok(Uint128::new(300)));
        assert_eq!(genesis(&balances(101, Uint128::one())), Err(CoreError::TooManyBalances { count: 101, max: 100 }));
        assert!(genesis(&balances(2, Uint128::MAX)).is_err());
    }
}
