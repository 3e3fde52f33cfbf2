//! Generated code: readers and builders of the TOSA flatbuffer (`scripts/flatc.sh`).

#[rustfmt::skip]
#[allow(unsafe_code, unsafe_op_in_unsafe_fn, unused_imports, dead_code, non_snake_case, mismatched_lifetime_syntaxes)]
#[allow(clippy::all, missing_docs, rustdoc::all)]
#[path = "tosa.rs"]
mod file;

pub use file::tosa;
