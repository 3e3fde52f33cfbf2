//! What talks to the chain: messages and queries with their contract, a local beacon, and the chain embedded in the
//! process.

pub mod beacon;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod message;

pub use beacon::LocalBeacon;
pub use message::{Contract, Message, Query};
