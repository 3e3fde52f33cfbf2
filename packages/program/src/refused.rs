//! Why a file or a plan is refused.

use tequio_tensor::{DType, Invalid};
use tequio_tosa::Unreadable;

/// Why [`crate::load`], [`crate::Plan::propose`] or [`crate::compile`] says no. Tensors and ops are named as the file
/// names them; an op goes by the name of its output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    File(#[from] Unreadable),
    #[error("{what} without a name")]
    Nameless { what: &'static str },
    #[error("{found} {what}, more than {limit}")]
    TooMany { what: &'static str, found: usize, limit: usize },
    #[error("no {what}")]
    None { what: &'static str },
    #[error("`{name}` is no input")]
    NoInput { name: String },

    #[error("`{tensor}` is of type {dtype}: only integers")]
    NotInteger { tensor: String, dtype: String },
    #[error("`{tensor}` has element type number {dtype}, which nobody knows")]
    UnknownDType { tensor: String, dtype: u32 },
    #[error("`{tensor}` has no static shape: {shape:?}")]
    Dynamic { tensor: String, shape: Vec<i32> },
    #[error("`{tensor}` has shape {shape:?}: more than 6 axes, 2^31 elements or an axis of 0")]
    Shape { tensor: String, shape: Vec<i32> },
    #[error("`{tensor}` is a variable: programs have no state")]
    Variable { tensor: String },
    #[error("`{tensor}` has {found} bytes of data, not {wanted}")]
    Data { tensor: String, found: usize, wanted: usize },

    #[error("`{tensor}` is the output of {op}, which is not an integer op of the known profile")]
    UnknownOp { op: String, tensor: String },
    #[error("{op} `{tensor}` has {found} {what}, not {wanted}")]
    Arity { op: &'static str, tensor: String, what: &'static str, found: usize, wanted: usize },
    #[error("{op} `{tensor}`: attribute {attribute} is missing or out of range")]
    Attribute { op: &'static str, tensor: String, attribute: &'static str },
    #[error("{op} `{tensor}`: {reason}")]
    Op { op: &'static str, tensor: String, reason: Invalid },
    #[error("{op} `{tensor}`: a zero point of {value} for {dtype}")]
    ZeroPoint { op: &'static str, tensor: String, value: i64, dtype: DType },
    #[error("`{name}` is read by `{by}` and not defined before")]
    Undefined { name: String, by: String },
    #[error("`{name}` is defined twice")]
    Redefined { name: String },
    #[error("`{name}` is listed twice as {what}")]
    DuplicatePort { what: &'static str, name: String },
    #[error("`{tensor}`: folding constants costs more than {limit} {what} in all")]
    Folding { tensor: String, what: &'static str, limit: u64 },

    #[error("`{tensor}`: checking one element takes {found} {what}, more than {limit}")]
    Check { tensor: String, what: &'static str, found: u64, limit: u64 },
    #[error("the program's cost doesn't fit the arithmetic of weights")]
    Cost,
    #[error(transparent)]
    Plan(#[from] Misfit),
}

/// Why a plan doesn't fit a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    #[error("made for the program with SHA-256 {found}, this has {wanted}")]
    Program { found: String, wanted: String },
    #[error("made by compiler version {found}, this is {wanted}")]
    Compiler { found: u32, wanted: u32 },
    #[error("tensor {tensor} is `{found}` in the program, `{wanted}` in the plan")]
    Name { tensor: u32, found: String, wanted: String },
    #[error("{list} does not name each of its tensors once, in order: at entry {at}")]
    List { list: &'static str, at: usize },
    #[error("output `{tensor}` is not committed")]
    Output { tensor: String },
    #[error("`{tensor}` can't have leaves of 2^{leaf_log2} bytes and rows of {row} elements")]
    Layout { tensor: String, leaf_log2: u8, row: u32 },
    #[error("`{tensor}` can't route its cost through operand {operand}, or does so anyway")]
    Route { tensor: String, operand: u8 },
    #[error("s of `{tensor}` is {s}/65536, more than 15/16")]
    Rate { tensor: String, s: u16 },
    #[error("γ is {gamma}/65536, more than 1")]
    Gamma { gamma: u32 },
    #[error("scenario {at} is none, or one that others need is missing")]
    Scenario { at: usize },
    #[error("not a plan: {0}")]
    Json(String),
}
