//! What an import needs of a `.tflite` file: [`Model`] says what goes in and comes out and by which scales, [`set_batch`]
//! fixes how many items that is, [`labels`] finds the names of classes. [`Written`] writes small ones, for tests.
//!
//! [`schema`] is generated from `tflite.fbs` (`scripts/flatc.sh`), which declares only what is read here. What the
//! operators mean is not known here: that is the converter's.

// As flatc writes it.
#[rustfmt::skip]
#[allow(unsafe_code, unsafe_op_in_unsafe_fn, unused_imports, dead_code, non_snake_case, mismatched_lifetime_syntaxes)]
#[allow(clippy::all, missing_docs, rustdoc::all)]
mod generated;
mod batch;
mod labels;
mod model;
mod refused;
mod write;

pub use batch::set_batch;
pub use generated::tflite as schema;
pub use labels::{labels, names};
pub use model::{MAX_FILE, Model, Port, Scale};
pub use refused::Refused;
pub use write::{Declared, Written};
