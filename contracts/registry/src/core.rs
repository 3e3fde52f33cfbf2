//! Values and formulas of the registry. Nothing here touches the chain.

pub mod config;
pub mod error;
pub mod lien;
pub mod metadata;
pub mod money;
pub mod slash;
pub mod stake;
pub mod thaw;
