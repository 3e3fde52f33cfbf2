//! A chain inside the process: the contracts and the token on `cw-multi-test`, a beacon with a key of its own, and what
//! both begin with.

mod beacon;
#[cfg(feature = "chain")]
mod chain;
#[cfg(feature = "chain")]
pub mod code;
#[cfg(feature = "chain")]
mod deploy;
#[cfg(feature = "chain")]
mod setup;
#[cfg(feature = "chain")]
mod traffic;

pub use beacon::{LocalBeacon, signed};
#[cfg(feature = "chain")]
pub use {
    chain::Embedded,
    setup::Setup,
    traffic::{Count, Sent, Traffic},
};
