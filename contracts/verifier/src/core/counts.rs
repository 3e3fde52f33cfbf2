//! What is counted over all attestations, and the equations it satisfies.

use cosmwasm_schema::cw_serde;
use tequio_contract::checked::{add, sub};
use tequio_protocol::{Conservation, Equation};

use crate::core::{error::CoreError, timing::Finding};

/// Attestations by what openings have shown (lapsed and void ones stay open here), and draws.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Counts {
    pub attested: u64,
    pub open: u64,
    pub genuine: u64,
    pub false_: u64,
    pub refuted: u64,
    /// Draws of all attestations.
    pub draws: u64,
    /// Draws of them that were opened.
    pub opened: u64,
}

impl Counts {
    /// One more attestation with `draws` draws.
    pub fn attest(&mut self, draws: u32) -> Result<(), CoreError> {
        self.attested = add(self.attested, 1)?;
        self.open = add(self.open, 1)?;
        self.draws = add(self.draws, draws.into())?;
        Ok(())
    }

    /// `newly` more draws of an attestation were opened, which shows `finding`.
    pub fn open(&mut self, newly: u32, finding: &Finding) -> Result<(), CoreError> {
        self.opened = add(self.opened, newly.into())?;
        let closed = match finding {
            Finding::Open => return Ok(()),
            Finding::Genuine(_) => &mut self.genuine,
            Finding::False(_) => &mut self.false_,
            Finding::Refuted { .. } => &mut self.refuted,
        };
        *closed = add(*closed, 1)?;
        self.open = sub(self.open, 1)?;
        Ok(())
    }

    /// An attestation of which openings had shown `finding` was refuted.
    pub fn refute(&mut self, finding: &Finding) -> Result<(), CoreError> {
        let from = match finding {
            Finding::Open => &mut self.open,
            Finding::Genuine(_) => &mut self.genuine,
            Finding::False(_) => &mut self.false_,
            Finding::Refuted { .. } => &mut self.refuted,
        };
        *from = sub(*from, 1)?;
        self.refuted = add(self.refuted, 1)?;
        Ok(())
    }
}

/// F1 and F2 of the README.
pub fn equations(counts: &Counts) -> Conservation {
    let ended = u128::from(counts.genuine).saturating_add(counts.false_.into()).saturating_add(counts.refuted.into());
    Conservation {
        equations: vec![
            Equation::equal(
                "F1: attested = genuine + false + refuted + open",
                counts.attested,
                ended.saturating_add(counts.open.into()),
            ),
            Equation::at_most("F2: draws opened <= draws attested to", counts.opened, counts.draws),
        ],
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{OverflowError, OverflowOperation};
    use tequio_protocol::{Moment, verifier::Mismatch};

    use super::*;

    const NOW: Moment = Moment { time: 1, block: 1 };

    #[test]
    fn equations_hold_through_every_finding() {
        let mut counts = Counts::default();
        for _ in 0..3 {
            counts.attest(16).unwrap();
        }
        counts.open(16, &Finding::Genuine(NOW)).unwrap();
        counts.open(7, &Finding::Open).unwrap();
        let wrong = Mismatch { draw: 7, shard: 0, tensor: 0, element: 0, claimed: 0, computed: 1 };
        counts.open(1, &Finding::False(wrong)).unwrap();
        assert!(equations(&counts).holds());
        assert_eq!(counts, Counts { attested: 3, open: 1, genuine: 1, false_: 1, refuted: 0, draws: 48, opened: 24 });
    }

    #[test]
    fn a_lost_attestation_shows() {
        let counts = Counts { attested: 2, open: 1, ..Counts::default() };
        assert!(!equations(&counts).holds());
    }

    #[test]
    fn counts_do_not_wrap() {
        let mut full = Counts { attested: u64::MAX, ..Counts::default() };
        assert_eq!(full.attest(1), Err(OverflowError::new(OverflowOperation::Add).into()));
        let below = OverflowError::new(OverflowOperation::Sub).into();
        assert_eq!(Counts::default().open(1, &Finding::Genuine(NOW)), Err(below));
    }
}
