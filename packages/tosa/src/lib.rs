//! The flatbuffer in which TOSA programs are stored: [`read`] verifies one, [`Program`] writes one.
//!
//! [`schema`] is what the standard's own schema generates (`scripts/flatc.sh`). Nothing here knows what an op means.

// As flatc writes it.
#[rustfmt::skip]
#[allow(unsafe_code, unsafe_op_in_unsafe_fn, unused_imports, dead_code, non_snake_case, mismatched_lifetime_syntaxes)]
#[allow(clippy::all, missing_docs, rustdoc::all)]
mod generated;
mod layers;
mod mobilenet;
mod read;
mod write;

pub use generated::tosa as schema;
pub use layers::{Conv, conv, noise};
pub use read::{MAX_FILE, MAX_TENSORS, Unreadable, read};
pub use schema::{DType, Op, ResizeMode, RoundingMode};
pub use write::{Attribute, Operator, Program, Tensor};
