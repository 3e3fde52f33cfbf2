//! What takes several messages, or several answers.

mod collect;
mod post;
mod register;

pub use collect::collect;
pub use post::{post, purchase};
pub use register::register;
