//! The vocabulary of Tequio: ids, and per contract its messages, events and answers.
//!
//! Amounts are in the smallest unit of their denom; times are seconds since the Unix epoch; shares are in basis points
//! (1/10,000).
#![deny(clippy::arithmetic_side_effects)]

pub mod arbiter;
pub mod balance;
pub mod bps;
mod clock;
pub mod error;
pub mod escrow;
pub mod event;
pub mod governance;
mod ids;
mod permission;
pub mod registry;
pub mod rewards;
pub mod verifier;

pub use clock::{Deadline, Moment};
pub use event::{BadEvent, TypedEvent};
pub use ids::{AssignmentId, BeaconId, DemandId, JobId, ThawId};
pub use permission::{Funds, Permission, Permissioned};
pub use tequio_attestation::{AttestationId, Digest, ProgramId, SubjectId};

/// Entries of a page when the query names no limit.
pub const DEFAULT_LIMIT: u32 = 30;
/// Most entries of a page, and most items of one list in a message.
pub const MAX_LIMIT: u32 = 100;

/// The number of entries a query for `limit` gets.
pub fn page(limit: Option<u32>) -> usize {
    limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT) as usize
}

/// One conserved quantity: an equation and both its sides as the contract counts them.
#[cosmwasm_schema::cw_serde]
pub struct Equation {
    /// The formula, as the contract's README numbers it.
    pub formula: String,
    pub left: cosmwasm_std::Uint128,
    pub right: cosmwasm_std::Uint128,
    /// `==`, or `<=` where the left side may be less.
    pub relation: Relation,
}

#[cosmwasm_schema::cw_serde]
#[derive(Copy, Eq)]
pub enum Relation {
    Equal,
    AtMost,
}

impl Equation {
    pub fn equal(
        formula: &str,
        left: impl Into<cosmwasm_std::Uint128>,
        right: impl Into<cosmwasm_std::Uint128>,
    ) -> Self {
        Self { formula: formula.into(), left: left.into(), right: right.into(), relation: Relation::Equal }
    }

    pub fn at_most(
        formula: &str,
        left: impl Into<cosmwasm_std::Uint128>,
        right: impl Into<cosmwasm_std::Uint128>,
    ) -> Self {
        Self { formula: formula.into(), left: left.into(), right: right.into(), relation: Relation::AtMost }
    }

    pub fn holds(&self) -> bool {
        match self.relation {
            Relation::Equal => self.left == self.right,
            Relation::AtMost => self.left <= self.right,
        }
    }
}

/// What every contract's `conservation` query answers.
#[cosmwasm_schema::cw_serde]
pub struct Conservation {
    pub equations: Vec<Equation>,
}

impl Conservation {
    pub fn holds(&self) -> bool {
        self.equations.iter().all(Equation::holds)
    }
}
