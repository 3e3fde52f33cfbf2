//! No message here takes native funds.

use cosmwasm_std::Coin;

use crate::error::Error;

/// No funds at all.
pub fn none(funds: &[Coin]) -> Result<(), Error> {
    if funds.is_empty() {
        return Ok(());
    }
    let found = funds.iter().map(Coin::to_string).collect::<Vec<_>>().join(",");
    Err(Error::UnexpectedFunds { found })
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::coin;

    use super::*;

    #[test]
    fn any_coin_is_too_many() {
        assert_eq!(none(&[]), Ok(()));
        assert_eq!(
            none(&[coin(1, "utoken"), coin(2, "uother")]),
            Err(Error::UnexpectedFunds { found: "1utoken,2uother".into() })
        );
    }
}
