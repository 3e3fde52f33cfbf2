//! The chain behind RPC: endpoints, keys, transactions.

mod chain;
mod connection;
mod deploy;
mod endpoints;
pub mod inclusion;
mod key;
mod keyring;
mod network;
mod refused;
mod sealed;

pub use chain::Rpc;
pub use connection::{Connection, Included, LIFETIME, Named, SendError, fee};
pub use deploy::sha256;
pub use endpoints::{EndpointError, Endpoints};
pub use key::{Key, KeyError, PATH};
pub use keyring::{Keyring, KeyringError, Listed};
pub use network::{Network, NetworkError};
pub use refused::{Known, Refused};
