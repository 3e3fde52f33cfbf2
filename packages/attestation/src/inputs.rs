//! The inputs of a run of whole shards.

use tequio_tensor::DType;

use crate::{Descriptor, Digest, Manifest, commit::tensor_tree, hash, tree::Tree};

/// For every input of a program its elements for a number of shards.
///
/// All fit the program: every input of shard scope holds the same whole number of shards, every one of job scope one
/// value, and elements that their type has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// A program without inputs can run on any number of shards, so they are counted.
    shards: u64,
    /// In graph order, canonical bytes of shard after shard; of one where it is the job's.
    buffers: Vec<Vec<u8>>,
    /// In graph order: whether the input is of job scope.
    job: Vec<bool>,
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
            if !bytes.len().is_multiple_of(shard) || tensor.is_of_job() && bytes.len() != shard {
                return Err(BadInputs::Partial { input, bytes: bytes.len(), shard });
            }
            if !tensor.is_of_job() {
                let found = (bytes.len() / shard) as u64;
                let wanted = *shards.get_or_insert(found);
                if found != wanted {
                    return Err(BadInputs::Shards { input, found, wanted });
                }
            }
            if let Some(value) = foreign(tensor.ty.dtype, bytes) {
                return Err(BadInputs::Element { input, value });
            }
        }
        let job = types.iter().map(Descriptor::is_of_job).collect();
        Ok(Self { shards: shards.ok_or(BadInputs::Unnumbered)?, buffers, job })
    }

    /// The inputs of `shards` shards of a program that has none.
    pub fn none(shards: u64) -> Self {
        Self { shards, buffers: vec![], job: vec![] }
    }

    /// The inputs of the first `shards` shards, at most all of them.
    pub fn first(&self, shards: u64) -> Self {
        self.chosen(&(0..shards.min(self.shards)).collect::<Vec<_>>())
    }

    /// The inputs of these shards, in this order, with those of the job; what there is no shard of is left out.
    pub fn chosen(&self, shards: &[u64]) -> Self {
        let shards: Vec<usize> = shards.iter().filter(|shard| **shard < self.shards).map(|at| *at as usize).collect();
        let part = |(bytes, job): (&Vec<u8>, &bool)| {
            let part = bytes.len() / self.shards.max(1) as usize;
            let of = |shard: &usize| &bytes[shard * part..(shard + 1) * part];
            if *job { bytes.clone() } else { shards.iter().map(of).collect::<Vec<_>>().concat() }
        };
        let buffers = self.buffers.iter().zip(&self.job).map(part).collect();
        Self { shards: shards.len() as u64, buffers, job: self.job.clone() }
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
        let of_shard = |(bytes, job): (&'_ Vec<u8>, &bool)| {
            let (part, shard) = (bytes.len() / self.shards as usize, shard as usize);
            if *job { 0..bytes.len() } else { shard * part..(shard + 1) * part }
        };
        self.buffers.iter().zip(&self.job).map(|(bytes, job)| &bytes[of_shard((bytes, job))]).collect()
    }

    /// For each input in graph order, canonical bytes of all shards.
    pub fn buffers(&self) -> &[Vec<u8>] {
        &self.buffers
    }

    /// The tree over the inputs of all shards. `manifest` is the program's that the inputs were checked against.
    pub fn tree(&self, manifest: &Manifest) -> Tree {
        Tree::new((0..self.shards).map(|shard| tree_of(manifest, &self.shard(shard), false).root()).collect())
    }

    /// What [`crate::input_root`] is made from: the root of [`Self::tree`], with the inputs of job scope beside it if
    /// there are any.
    pub fn root(&self, manifest: &Manifest, tree: &Tree) -> Digest {
        if self.job.contains(&true) { hash::node(&tree.root(), &self.job(manifest).root()) } else { tree.root() }
    }

    /// The tree over the inputs of job scope.
    pub(crate) fn job(&self, manifest: &Manifest) -> Tree {
        tree_of(manifest, &self.buffers.iter().map(Vec::as_slice).collect::<Vec<_>>(), true)
    }
}

/// The tree over a shard's inputs, or over the job's, by id; nothing is at the places of the others.
fn tree_of(manifest: &Manifest, inputs: &[&[u8]], job: bool) -> Tree {
    let root = |(tensor, bytes): (&Descriptor, &&[u8])| match tensor.layout() {
        Some(layout) if tensor.is_of_job() == job => tensor_tree(&tensor.ty, layout, bytes).root(),
        _ => hash::ABSENT,
    };
    Tree::new(manifest.inputs().iter().zip(inputs).map(root).collect())
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
