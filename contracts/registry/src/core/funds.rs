//! What may come with a message.

use cosmwasm_std::{Coin, Uint128};

use crate::error::Error;

fn written(funds: &[Coin]) -> String {
    funds.iter().map(Coin::to_string).collect::<Vec<_>>().join(",")
}

/// No funds at all.
pub fn none(funds: &[Coin]) -> Result<(), Error> {
    if funds.is_empty() { Ok(()) } else { Err(Error::UnexpectedFunds { found: written(funds) }) }
}

/// Nothing (0), or some of `denom` and nothing else.
pub fn optional(funds: &[Coin], denom: &str) -> Result<Uint128, Error> {
    match funds {
        [] => Ok(Uint128::zero()),
        [coin] if coin.denom == denom && !coin.amount.is_zero() => Ok(coin.amount),
        [coin] if coin.denom == denom => Err(Error::ZeroAmount),
        _ => Err(Error::WrongDenom { expected: denom.into(), found: written(funds) }),
    }
}

/// Some of `denom` and nothing else.
pub fn required(funds: &[Coin], denom: &str) -> Result<Uint128, Error> {
    match optional(funds, denom)? {
        amount if amount.is_zero() => Err(Error::NoFunds { expected: denom.into() }),
        amount => Ok(amount),
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{coin, coins};

    use super::*;

    #[test]
    fn each_way_to_pay() {
        let two = [coin(1, "utoken"), coin(2, "uother")];
        let wrong = |found: &str| Error::WrongDenom { expected: "utoken".into(), found: found.into() };

        assert_eq!(none(&[]), Ok(()));
        assert_eq!(none(&coins(7, "utoken")), Err(Error::UnexpectedFunds { found: "7utoken".into() }));

        assert_eq!(optional(&[], "utoken"), Ok(Uint128::zero()));
        assert_eq!(optional(&coins(7, "utoken"), "utoken"), Ok(Uint128::new(7)));
        assert_eq!(optional(&coins(0, "utoken"), "utoken"), Err(Error::ZeroAmount));
        assert_eq!(optional(&coins(7, "uother"), "utoken"), Err(wrong("7uother")));
        assert_eq!(optional(&two, "utoken"), Err(wrong("1utoken,2uother")));

        assert_eq!(required(&coins(7, "utoken"), "utoken"), Ok(Uint128::new(7)));
        assert_eq!(required(&[], "utoken"), Err(Error::NoFunds { expected: "utoken".into() }));
        assert_eq!(required(&two, "utoken"), Err(wrong("1utoken,2uother")));
    }
}
