use tequio_tensor::Invalid;
use thiserror::Error;

/// Why a manifest can't be run: no compiler writes such a one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unsupported {
    #[error("tensor {tensor}: {reason}")]
    Op { tensor: usize, reason: Invalid },
    #[error("tensor {tensor} reads tensor {operand}, which doesn't come before it")]
    Order { tensor: usize, operand: usize },
    #[error("constant {tensor} has {found} bytes, not {wanted}")]
    Constant { tensor: usize, found: usize, wanted: usize },
    #[error("tensor {tensor} is an input, but only the first {inputs} tensors are")]
    Input { tensor: usize, inputs: usize },
    #[error("output {tensor} is no committed tensor")]
    Output { tensor: usize },
    #[error("committed tensor {tensor} has slot {slot} of {committed}")]
    Slot { tensor: usize, slot: usize, committed: usize },
}

/// Why shards can't be run: the inputs aren't the program's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    #[error("shard {shard} of inputs for {shards}")]
    Shard { shard: u64, shards: u64 },
    #[error("{found} inputs, not {wanted}")]
    Inputs { found: usize, wanted: usize },
    #[error("input {port} has {found} bytes, not {wanted}")]
    Input { port: usize, found: usize, wanted: usize },
    /// A bool other than 0 and 1, or an int4 that doesn't fit four bits.
    #[error("element {index} of input {port} is {found}, outside its type")]
    Value { port: usize, index: usize, found: i8 },
}
