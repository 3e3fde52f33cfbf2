//! What is committed to, and the trees over it.

use tequio_tensor::Type;

use crate::{Layout, hash, tree::Tree};

/// Every committed tensor of one shard, by slot, as canonical bytes: row-major, little-endian, rows not padded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardTrace {
    pub slots: Vec<Vec<u8>>,
}

/// The tree over a tensor's canonical bytes.
pub fn tensor_tree(ty: &Type, layout: Layout, bytes: &[u8]) -> Tree {
    let payload = |leaf| hash::leaf(payload(ty, layout, bytes, leaf));
    Tree::new((0..layout.leaves(ty)).map(payload).collect())
}

/// The tree over the tensors of one shard: its committed tensors by slot, or its inputs in graph order.
pub fn shard_tree(tensors: &[Tree]) -> Tree {
    Tree::new(tensors.iter().map(Tree::root).collect())
}

/// The elements of one leaf.
pub(crate) fn payload<'a>(ty: &Type, layout: Layout, bytes: &'a [u8], leaf: u32) -> &'a [u8] {
    let start = layout.span(ty, leaf).0 as usize * ty.dtype.bytes();
    &bytes[start..start + layout.payload_len(ty, leaf)]
}
