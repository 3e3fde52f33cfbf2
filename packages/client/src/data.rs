//! What jobs lead to, off chain: program, plan and inputs from the client, outputs from providers.

mod deliver;
mod publish;
mod store;

pub use deliver::{Delivered, Delivery, Undeliverable, index, receive};
pub use publish::{Bundle, Published, outputs, publish, sizes, upload, upload_inputs};
pub use store::{Store, StoreError};
