//! The floor all contracts stand on: what each of them would otherwise say in a dialect of its own.
#![deny(clippy::arithmetic_side_effects)]

pub mod balance;
pub mod bounds;
pub mod checked;
pub mod door;
pub mod funds;
pub mod grant;
pub mod migrate;
pub mod ownership;
pub mod record;
pub mod terms;
