//! Values and formulas of the rewards. Nothing here touches the chain.

pub mod config;
pub mod credits;
pub mod error;
pub mod mint;
pub mod reservation;
pub mod schedule;
pub mod terms;
pub mod token;
pub mod work;
