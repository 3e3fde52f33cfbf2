//! Where every unit that ever came in is now, and every demand.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use tequio_contract::checked;
use tequio_protocol::{Conservation, Equation, arbiter::State};

use crate::core::error::CoreError;

/// Sums over all demands and balances.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Money {
    /// All bonds that ever came in.
    pub bonded: Uint128,
    /// Bonds of demands that are not settled.
    pub held: Uint128,
    pub balances: Uint128,
    pub to_burn: Uint128,
    pub burned: Uint128,
    pub withdrawn: Uint128,
    /// Demands ever made, and those that are open, met, paid and returned.
    pub made: u64,
    pub open: u64,
    pub met: u64,
    pub paid: u64,
    pub returned: u64,
}

impl Money {
    /// A demand was made.
    pub fn demand(&mut self, bond: Uint128) -> Result<(), CoreError> {
        self.bonded = self.bonded.checked_add(bond)?;
        self.held = self.held.checked_add(bond)?;
        self.made = checked::add(self.made, 1)?;
        self.open = checked::add(self.open, 1)?;
        Ok(())
    }

    /// An open demand was met.
    pub fn meet(&mut self) -> Result<(), CoreError> {
        self.open = checked::sub(self.open, 1)?;
        self.met = checked::add(self.met, 1)?;
        Ok(())
    }

    /// A demand that was open or met is settled: its bond goes into balances, but for `burned` of it.
    pub fn settle(&mut self, from: State, to: State, bond: Uint128, burned: Uint128) -> Result<(), CoreError> {
        self.held = self.held.checked_sub(bond)?;
        self.to_burn = self.to_burn.checked_add(burned)?;
        self.balances = self.balances.checked_add(bond.checked_sub(burned)?)?;
        let [from, to] = [from, to].map(|state| -> fn(&mut Self) -> &mut u64 {
            match state {
                State::Open => |money| &mut money.open,
                State::Met => |money| &mut money.met,
                State::Paid => |money| &mut money.paid,
                State::Returned => |money| &mut money.returned,
            }
        });
        *from(self) = checked::sub(*from(self), 1)?;
        *to(self) = checked::add(*to(self), 1)?;
        Ok(())
    }

    pub fn withdraw(&mut self, amount: Uint128) -> Result<(), CoreError> {
        self.balances = self.balances.checked_sub(amount)?;
        self.withdrawn = self.withdrawn.checked_add(amount)?;
        Ok(())
    }

    /// Takes all that is to be burned, to burn it.
    pub fn burn(&mut self) -> Result<Uint128, CoreError> {
        let amount = std::mem::take(&mut self.to_burn);
        self.burned = self.burned.checked_add(amount)?;
        Ok(amount)
    }

    /// A1 to A3 of the README, given what the contract has in its account.
    pub fn equations(&self, bank: Uint128) -> Result<Conservation, CoreError> {
        let here = self.held.checked_add(self.balances)?.checked_add(self.to_burn)?;
        let gone = self.burned.checked_add(self.withdrawn)?;
        let demands = [self.open, self.met, self.paid, self.returned].into_iter().try_fold(0, checked::add)?;
        Ok(Conservation {
            equations: vec![
                Equation::equal(
                    "A1: bonded = held + balances + to burn + burned + withdrawn",
                    self.bonded,
                    here.checked_add(gone)?,
                ),
                Equation::at_most("A2: held + balances + to burn <= bank balance", here, bank),
                Equation::equal("A3: demands made = open + met + paid + returned", self.made, demands),
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_and_every_demand_stays_accounted_for() {
        let n = Uint128::new;
        let mut money = Money::default();
        for bond in [100, 50, 7] {
            money.demand(n(bond)).unwrap();
        }
        money.meet().unwrap();
        money.meet().unwrap();
        money.settle(State::Met, State::Paid, n(100), n(20)).unwrap();
        money.settle(State::Open, State::Returned, n(7), n(0)).unwrap();
        money.withdraw(n(80)).unwrap();
        assert!(money.equations(n(77)).unwrap().holds());
        assert!(!money.equations(n(76)).unwrap().holds(), "less in the account than is owed");
        assert_eq!((money.burn(), money.burn()), (Ok(n(20)), Ok(n(0))));
        assert!(money.equations(n(57)).unwrap().holds());
        let found = (money.held.u128(), money.balances.u128(), money.withdrawn.u128(), money.burned.u128());
        assert_eq!(found, (50, 7, 80, 20));
        assert_eq!((money.made, money.open, money.met, money.paid, money.returned), (3, 0, 1, 1, 1));
        let mut lost = money;
        lost.met = 0;
        assert!(!lost.equations(n(57)).unwrap().holds());
    }

    #[test]
    fn more_than_there_is_is_an_error() {
        let mut money = Money::default();
        assert!(money.meet().is_err());
        assert!(money.withdraw(Uint128::one()).is_err());
        money.demand(Uint128::MAX).unwrap();
        assert!(money.settle(State::Met, State::Paid, Uint128::one(), Uint128::zero()).is_err());
        let mut more = money;
        assert!(more.demand(Uint128::one()).is_err());
    }
}
