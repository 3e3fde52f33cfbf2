//! What came with a message, against what it has to bring.

use cosmwasm_std::{Coin, Uint128};
use tequio_protocol::errors;
use thiserror::Error;

errors! {
    /// Funds that a message does not take.
    #[derive(Clone, Debug, PartialEq, Eq, Error)]
    pub enum BadFunds {
        #[error("{found} sent to a message that takes no funds")]
        NotTaken { found: String },
        #[error("{found} sent where only {expected} is taken")]
        WrongDenom { expected: String, found: String },
        #[error("no {expected} sent")]
        Missing { expected: String },
        #[error("{sent}{denom} sent, short of {due}{denom}")]
        Underfunded { sent: Uint128, due: Uint128, denom: String },
        #[error("{sent}{denom} sent, more than {due}{denom}")]
        Overfunded { sent: Uint128, due: Uint128, denom: String },
    }
}

fn written(funds: &[Coin]) -> String {
    funds.iter().map(Coin::to_string).collect::<Vec<_>>().join(",")
}

/// Nothing at all.
pub fn none(funds: &[Coin]) -> Result<(), BadFunds> {
    if funds.is_empty() { Ok(()) } else { Err(BadFunds::NotTaken { found: written(funds) }) }
}

/// Nothing (0), or `denom` and nothing else.
pub fn optional(funds: &[Coin], denom: &str) -> Result<Uint128, BadFunds> {
    match funds {
        [] => Ok(Uint128::zero()),
        [coin] if coin.denom == denom => Ok(coin.amount),
        _ => Err(BadFunds::WrongDenom { expected: denom.into(), found: written(funds) }),
    }
}

/// Some of `denom` and nothing else.
pub fn required(funds: &[Coin], denom: &str) -> Result<Uint128, BadFunds> {
    match optional(funds, denom)? {
        amount if amount.is_zero() => Err(BadFunds::Missing { expected: denom.into() }),
        amount => Ok(amount),
    }
}

/// Of `denom` exactly `due` was sent.
pub fn exactly(due: Uint128, sent: Uint128, denom: &str) -> Result<(), BadFunds> {
    let denom = denom.to_owned();
    match sent.cmp(&due) {
        std::cmp::Ordering::Less => Err(BadFunds::Underfunded { sent, due, denom }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(BadFunds::Overfunded { sent, due, denom }),
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{coin, coins};

    use super::*;

    #[test]
    fn each_way_to_pay() {
        let two = [coin(1, "utoken"), coin(2, "uother")];
        let wrong = |found: &str| BadFunds::WrongDenom { expected: "utoken".into(), found: found.into() };
        let missing = Err(BadFunds::Missing { expected: "utoken".into() });

        assert_eq!(none(&[]), Ok(()));
        assert_eq!(none(&two), Err(BadFunds::NotTaken { found: "1utoken,2uother".into() }));

        assert_eq!(optional(&[], "utoken"), Ok(Uint128::zero()));
        assert_eq!(optional(&coins(0, "utoken"), "utoken"), Ok(Uint128::zero()));
        assert_eq!(optional(&coins(7, "utoken"), "utoken"), Ok(Uint128::new(7)));
        assert_eq!(optional(&coins(7, "uother"), "utoken"), Err(wrong("7uother")));
        assert_eq!(optional(&two, "utoken"), Err(wrong("1utoken,2uother")));

        assert_eq!(required(&coins(7, "utoken"), "utoken"), Ok(Uint128::new(7)));
        assert_eq!(required(&[], "utoken"), missing);
        assert_eq!(required(&coins(0, "utoken"), "utoken"), missing);
        assert_eq!(required(&two, "utoken"), Err(wrong("1utoken,2uother")));
    }

    #[test]
    fn only_the_exact_amount_is_exact() {
        let text =
            |due: u128, sent: u128| exactly(due.into(), sent.into(), "utoken").map_err(|error| error.to_string());
        assert_eq!(text(5, 5), Ok(()));
        assert_eq!(text(5, 4), Err("4utoken sent, short of 5utoken".into()));
        assert_eq!(text(5, 6), Err("6utoken sent, more than 5utoken".into()));
    }
}
