//! The provider's pipeline, from an assignment to its pay.

pub mod pipeline;
