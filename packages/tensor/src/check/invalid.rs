//! Why an operator is refused.

use crate::types::DType;
use core::fmt;

/// A tensor of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Operand of this number.
    Operand(usize),
    Output,
}

/// Why [`crate::check`] refuses an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Wrong number of operands.
    Operands { found: usize, wanted: usize },
    /// An element type that the operator doesn't take there.
    DType { place: Place, found: DType },
    /// Wrong rank, or one outside the operator's range.
    Rank { place: Place, found: usize, least: usize, most: usize },
    /// A length that doesn't fit the operator's other shapes and attributes.
    Length { place: Place, axis: usize, found: u64, wanted: i64 },
    /// Numbers of elements that differ.
    Elements { found: u32, wanted: u32 },
    /// An attribute outside its range.
    Attribute { name: &'static str, found: i64, least: i64, most: i64 },
    /// `perms` isn't a permutation: this entry is out of range or comes twice.
    Permutation { entry: usize, found: u8 },
    /// A combination of RESCALE's attributes and types that TOSA forbids.
    Rescale { rule: &'static str },
    /// One element reads too much.
    Reads { found: u64, most: u64 },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Operand(number) => write!(f, "operand {number}"),
            Place::Output => f.write_str("output"),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::Operands { found, wanted } => write!(f, "{found} operands, not {wanted}"),
            Invalid::DType { place, found } => write!(f, "{place} can't be {found}"),
            Invalid::Rank { place, found, least, most } => {
                write!(f, "{place} has rank {found}, not {least} to {most}")
            }
            Invalid::Length { place, axis, found, wanted } => {
                write!(f, "{place} has length {found} along axis {axis}, not {wanted}")
            }
            Invalid::Elements { found, wanted } => write!(f, "output has {found} elements, not {wanted}"),
            Invalid::Attribute { name, found, least, most } => {
                write!(f, "{name} is {found}, not {least} to {most}")
            }
            Invalid::Permutation { entry, found } => {
                write!(f, "perms[{entry}] is {found}, which is out of range or a repetition")
            }
            Invalid::Rescale { rule } => write!(f, "rescale: {rule}"),
            Invalid::Reads { found, most } => write!(f, "one element reads {found} others, more than {most}"),
        }
    }
}

impl core::error::Error for Invalid {}
