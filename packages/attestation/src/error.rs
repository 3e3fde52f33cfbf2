use strum::VariantNames;
use tequio_tensor::Invalid;

/// Why bytes are not a canonical opening, header or descriptor. Nothing follows about the attestation: the sender may
/// try again.
#[derive(Clone, Debug, PartialEq, Eq, VariantNames, thiserror::Error)]
pub enum Malformed {
    #[error("ends too early")]
    Truncated,
    #[error("{bytes} bytes too many at the end")]
    Trailing { bytes: usize },
    #[error("a number is not in its shortest form or too large")]
    Varint,
    #[error("a leaf is not in its shortest form")]
    Form,
    #[error("unknown version {version}")]
    Version { version: u8 },
    #[error("unknown tag {tag}")]
    Tag { tag: u8 },
    #[error("not a shape")]
    Shape,
    #[error("counts of tensors, inputs or outputs out of range")]
    Counts,
    #[error("no layout has leaves of 2^{leaf_log2} bytes and rows of {row}")]
    Layout { leaf_log2: u8, row: u32 },
    #[error("{count} operands")]
    Operands { count: usize },
    #[error("scalar {value} out of range")]
    Scalar { value: i64 },
    #[error("op refused: {0}")]
    Op(Invalid),
    #[error("opens {draws} draws")]
    Draws { draws: u32 },
    #[error("tensor {tensor} is not the one drawn")]
    NotDrawn { tensor: u32 },
    #[error("tensor {tensor} is read where it cannot be computed")]
    Uncomputed { tensor: u32 },
    #[error("tensor {tensor} has no element {index}")]
    Index { tensor: u32, index: u32 },
    #[error("checking one draw takes too many reads or too deep a chain")]
    Limit,
    #[error("nothing lies at that address")]
    Address,
    #[error("no elements of tensor {tensor} for shard {shard}")]
    Evidence { tensor: u32, shard: u64 },
    #[error("does not lead to the {tree} root")]
    Root { tree: &'static str },
}
