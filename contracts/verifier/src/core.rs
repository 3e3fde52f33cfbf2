//! Values and formulas, without storage or chain.

pub mod beacon;
pub mod config;
pub mod counts;
pub mod error;
pub mod hold;
pub mod timing;
