//! A provider's way from an assignment to its pay, one stage a file: fetch · run · attest · open · deliver · settle ·
//! claim. `publish` and `receive` are the client's two ends of it.
//!
//! A stage takes what the chain says and gives the message to send; who sends it is not its business.

mod attest;
mod claim;
mod deliver;
mod fetch;
mod open;
mod publish;
mod run;
mod settle;
mod store;

pub use attest::attest;
pub use claim::claim;
pub use deliver::{Delivered, Delivery, Undeliverable, receive};
pub use fetch::{FetchError, Work, fetch};
pub use open::{OpenError, open};
pub use publish::{Bundle, Published, publish};
pub use run::{Run, run};
pub use settle::settle;
pub use store::{Store, StoreError};
