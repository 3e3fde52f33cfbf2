//! What came with a message, against what it has to bring.

use cosmwasm_std::{Coin, Uint128};
use thiserror::Error;

/// Funds that a message does not take.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum BadFunds {
    #[error("{sent} sent, but payment is in {denom}")]
    WrongDenom { sent: Coin, denom: String },
    #[error("{sent} sent with a message that takes no funds")]
    NotTaken { sent: Coin },
    #[error("{sent}{denom} sent, short of {due}{denom}")]
    Underfunded { sent: Uint128, due: Uint128, denom: String },
    #[error("{sent}{denom} sent, more than {due}{denom}")]
    Overfunded { sent: Uint128, due: Uint128, denom: String },
}

/// The amount of `denom` sent; 0 if nothing was.
pub fn sent(funds: &[Coin], denom: &str) -> Result<Uint128, BadFunds> {
    if let Some(other) = funds.iter().find(|coin| coin.denom != denom) {
        return Err(BadFunds::WrongDenom { sent: other.clone(), denom: denom.into() });
    }
    // A chain never lists a denom twice; if one did, only the first would count and nothing would be lost to others.
    Ok(funds.first().map_or(Uint128::zero(), |coin| coin.amount))
}

/// Refuses any funds.
pub fn none(funds: &[Coin]) -> Result<(), BadFunds> {
    match funds.first() {
        Some(coin) => Err(BadFunds::NotTaken { sent: coin.clone() }),
        None => Ok(()),
    }
}

/// Refuses anything but exactly `due`.
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
    use super::*;

    #[test]
    fn only_the_exact_amount_of_the_one_denom_passes() {
        let coin = |amount: u128, denom: &str| Coin::new(amount, denom);
        assert_eq!(sent(&[], "utoken"), Ok(Uint128::zero()));
        assert_eq!(sent(&[coin(5, "utoken")], "utoken"), Ok(Uint128::new(5)));
        let foreign = BadFunds::WrongDenom { sent: coin(1, "ufoo"), denom: "utoken".into() };
        assert_eq!(sent(&[coin(5, "utoken"), coin(1, "ufoo")], "utoken"), Err(foreign));
        assert_eq!(none(&[]), Ok(()));
        assert_eq!(none(&[coin(1, "utoken")]), Err(BadFunds::NotTaken { sent: coin(1, "utoken") }));
        let text =
            |due: u128, sent: u128| exactly(due.into(), sent.into(), "utoken").map_err(|error| error.to_string());
        assert_eq!(text(5, 5), Ok(()));
        assert_eq!(text(5, 4), Err("4utoken sent, short of 5utoken".into()));
        assert_eq!(text(5, 6), Err("6utoken sent, more than 5utoken".into()));
    }
}
