//! Those who work for the protocol, as roles made of stages: a stage takes what the chain says and gives the message to
//! send, a role asks, works and sends.

pub mod auditor;
mod data;
mod jobs;
pub mod memory;
pub mod provider;
pub mod relayer;
pub mod watcher;

pub use auditor::{Auditor, Found, Providers};
pub use data::{FetchError, JobData, fetch};
pub use jobs::Prepared;
pub use provider::{DrawTooBig, OutputsTooDear, Provider, TooBusy, TooSlow};
pub use relayer::Relayer;
pub use watcher::Watcher;
