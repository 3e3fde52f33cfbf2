//! Values and formulas.

pub mod bond;
pub mod demand;
pub mod error;
pub mod money;
pub mod queue;
