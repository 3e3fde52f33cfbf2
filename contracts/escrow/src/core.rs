//! Values and formulas. Nothing here knows of a chain.

pub mod assignment;
pub mod bounds;
pub mod funds;
pub mod job;
pub mod ledger;
pub mod lien;
pub mod offer;
pub mod share;
