//! What talks to a chain: transactions and queries, a deployment's steps, the flows of clients and providers that take
//! several messages, and the data that jobs lead to.

mod chain;
pub mod data;
pub mod deploy;
mod deployed;
pub mod flow;
mod handle;
pub mod message;
mod profile;

pub use chain::{Block, Chain, Cursor, Executed, is_of};
pub use deploy::Deployment;
pub use deployed::{Deployed, DeployedError, StoredCode};
pub use handle::{Arbiter, Escrow, Registry, Rewards, Token, Verifier, Wanted, conservation};
pub use message::{Call, Contract, Message, Query};
pub use profile::Profile;
