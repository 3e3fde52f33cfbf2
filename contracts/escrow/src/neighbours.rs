//! The contracts that escrow knows: what it asks them and what it tells them. Nothing calls back.

pub mod registry;
pub mod rewards;
pub mod verifier;
