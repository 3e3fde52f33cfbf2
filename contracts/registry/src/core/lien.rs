//! What one holder has on one provider.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};

use crate::core::error::CoreError;

/// All liens of one holder on one provider together, and the most they may be.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Lien {
    pub placed: Uint128,
    /// Set by the provider. Below `placed` it refuses new liens and touches none of the old.
    pub cap: Uint128,
}

impl Lien {
    /// Adds `amount` for `holder`, up to the cap.
    pub fn place(&mut self, holder: &Addr, amount: Uint128) -> Result<(), CoreError> {
        let placed = self.placed.checked_add(amount)?;
        if placed > self.cap {
            return Err(CoreError::CapExceeded { holder: holder.clone(), placed: self.placed, amount, cap: self.cap });
        }
        self.placed = placed;
        Ok(())
    }

    /// Takes `amount` off, to release it.
    pub fn take(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.placed = self
            .placed
            .checked_sub(amount)
            .map_err(|_| CoreError::LienShort { placed: self.placed, needed: amount })?;
        Ok(())
    }

    /// Takes `amount` off for good: what a holder may ever take is bounded by the caps that the provider set, whoever
    /// holds which key.
    pub fn slash(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.take(amount)?;
        self.cap = self.cap.saturating_sub(amount);
        Ok(())
    }

    /// Nothing placed and nothing allowed: not worth a storage entry.
    pub fn is_empty(&self) -> bool {
        self.placed.is_zero() && self.cap.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placed_up_to_the_cap_and_taken_down_to_zero() {
        let holder = Addr::unchecked("holder");
        let mut lien = Lien { placed: Uint128::new(40), cap: Uint128::new(100) };
        let error = CoreError::CapExceeded {
            holder: holder.clone(),
            placed: Uint128::new(40),
            amount: Uint128::new(61),
            cap: Uint128::new(100),
        };
        assert_eq!(lien.place(&holder, Uint128::new(61)), Err(error));
        assert_eq!(lien.placed, Uint128::new(40));
        lien.place(&holder, Uint128::new(60)).unwrap();
        assert_eq!(
            lien.take(Uint128::new(101)),
            Err(CoreError::LienShort { placed: Uint128::new(100), needed: Uint128::new(101) })
        );
        lien.take(Uint128::new(100)).unwrap();
        assert_eq!(lien.placed, Uint128::zero());
        assert!(!lien.is_empty());
    }

    #[test]
    fn a_slash_takes_off_the_cap_too() {
        let mut lien = Lien { placed: Uint128::new(40), cap: Uint128::new(100) };
        lien.slash(Uint128::new(30)).unwrap();
        assert_eq!(lien, Lien { placed: Uint128::new(10), cap: Uint128::new(70) });
        assert!(lien.slash(Uint128::new(11)).is_err());
        let mut lowered = Lien { placed: Uint128::new(40), cap: Uint128::new(10) };
        lowered.slash(Uint128::new(40)).unwrap();
        assert!(lowered.is_empty());
    }

    #[test]
    fn a_cap_below_what_is_placed_refuses_only_new_liens() {
        let mut lien = Lien { placed: Uint128::new(40), cap: Uint128::new(10) };
        assert!(lien.place(&Addr::unchecked("holder"), Uint128::new(1)).is_err());
        lien.take(Uint128::new(5)).unwrap();
        assert_eq!(lien.placed, Uint128::new(35));
    }
}
