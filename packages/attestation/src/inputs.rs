//! The inputs of a run of whole shards.

use tequio_tensor::DType;

use crate::{
    Digest, Manifest, Source,
    commit::{shard_tree, tensor_tree},
    tree::Tree,
};

/// For every input of a program its elements for a number of shards.
///
/// All fit the program: every input holds the same whole number of shards, and elements that their type has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// A program without inputs can run on any number of shards, so they are counted.
    shards: u64,
    /// In graph order, canonical bytes of shard after shard.
    buffers: Vec<Vec<u8>>,
}

/// Why bytes are not the inputs of whole shards of a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadInputs {
    #[error("{found} inputs, the program has {wanted}")]
    Count { found: usize, wanted: usize },
    #[error("the program has no inputs: how many shards to run must be said")]
    Unnumbered,
    #[error("input {input} has {bytes} bytes, a shard of it has {shard}")]
    Partial { input: usize, bytes: usize, shard: usize },
    #[error("input {input} holds {found} shards, the first input {wanted}")]
    Shards { input: usize, found: u64, wanted: u64 },
    #[error("input {input} has the element {value}, which its type does not")]
    Element { input: usize, value: i64 },
}

impl Inputs {
    /// `buffers` hold, for each input in graph order, canonical bytes of whole shards, the same number of them.
    pub fn new(manifest: &Manifest, buffers: Vec<Vec<u8>>) -> Result<Self, BadInputs> {
        let types = manifest.inputs();
        if types.len() != buffers.len() {
            return Err(BadInputs::Count { found: buffers.len(), wanted: types.len() });
        }
        let mut shards = None;
        for (input, (tensor, bytes)) in types.iter().zip(&buffers).enumerate() {
            let shard = tensor.ty.bytes();
            if !bytes.len().is_multiple_of(shard) {
                return Err(BadInputs::Partial { input, bytes: bytes.len(), shard });
            }
            let found = (bytes.len() / shard) as u64;
            let wanted = *shards.get_or_insert(found);
            if found != wanted {
                return Err(BadInputs::Shards { input, found, wanted });
            }
            if let Some(value) = foreign(tensor.ty.dtype, bytes) {
                return Err(BadInputs::Element { input, value });
            }
        }
        Ok(Self { shards: shards.ok_or(BadInputs::Unnumbered)?, buffers })
    }

    /// The inputs of `shards` shards of a program that has none.
    pub fn none(shards: u64) -> Self {
        Self { shards, buffers: vec![] }
    }

    /// The inputs of the first `shards` shards, at most all of them.
    pub fn first(&self, shards: u64) -> Self {
        let shards = shards.min(self.shards);
        let part = |bytes: &Vec<u8>| bytes[..bytes.len() / self.shards.max(1) as usize * shards as usize].to_vec();
        Self { shards, buffers: self.buffers.iter().map(part).collect() }
    }

    /// Number of whole shards.
    pub fn shards(&self) -> u64 {
        self.shards
    }

    /// The inputs of shard `shard` in graph order as canonical bytes; none if there is no such shard.
    pub fn shard(&self, shard: u64) -> Vec<&[u8]> {
        if shard >= self.shards {
            return vec![];
        }
        let part = |bytes: &'_ Vec<u8>| bytes.len() / self.shards as usize;
        self.buffers.iter().map(|bytes| &bytes[shard as usize * part(bytes)..][..part(bytes)]).collect()
    }

    /// For each input in graph order, canonical bytes of all shards.
    pub fn buffers(&self) -> &[Vec<u8>] {
        &self.buffers
    }

    /// The tree over the inputs of all shards, what [`crate::input_root`] is made from. `manifest` is the program's that
    /// the inputs were checked against.
    pub fn tree(&self, manifest: &Manifest) -> Tree {
        Tree::new((0..self.shards).map(|shard| digest(manifest, &self.shard(shard))).collect())
    }
}

/// The root over one shard's inputs.
fn digest(manifest: &Manifest, inputs: &[&[u8]]) -> Digest {
    let trees = manifest.inputs().iter().zip(inputs).filter_map(|(tensor, bytes)| match tensor.source {
        Source::Input { layout } => Some(tensor_tree(&tensor.ty, layout, bytes)),
        _ => None,
    });
    shard_tree(&trees.collect::<Vec<_>>()).root()
}

/// An element that is none of its type's. A bool or an int4 is a byte that can hold more than it should: no backend
/// could run such a shard.
fn foreign(dtype: DType, bytes: &[u8]) -> Option<i64> {
    if dtype.bits() as usize == 8 * dtype.bytes() {
        return None;
    }
    let mut values = bytes.chunks(dtype.bytes()).map(|word| dtype.read(word));
    values.find(|value| dtype.wrap(*value) != *value)
}
