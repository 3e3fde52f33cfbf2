//! What takes several messages, or several answers.

mod audit;
mod collect;
mod post;
mod register;

pub use audit::{Audit, AuditError, audit, shards};
pub use collect::collect;
pub use post::{post, purchase};
pub use register::register;
