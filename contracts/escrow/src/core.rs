//! Values and formulas, without storage or chain.

pub mod ask;
pub mod assignment;
pub mod config;
pub mod error;
pub mod job;
pub mod ledger;
pub mod offer;
pub mod slash;
