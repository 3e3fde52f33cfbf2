//! What openings and answers are made from.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use tequio_tensor::Type;

use crate::{
    Descriptor, Inputs, Layout, Malformed, Manifest, Source, Statement, TensorId, commit::ShardTrace,
    evaluate::LeafKey, tree::Tree,
};

/// What an opening is made from.
pub struct Evidence<'a> {
    pub manifest: &'a Manifest,
    /// Those of all the job's shards.
    pub inputs: &'a Inputs,
    /// The tree over them.
    pub input_tree: &'a Tree,
    /// The tree over the attestation's shards.
    pub tree: &'a Tree,
    /// For every drawn shard, numbered within the attestation, what was committed to: [`drawn_traces`] collects them.
    pub traces: BTreeMap<u64, ShardTrace>,
}

/// The shards, numbered within the attestation, that `draws` fall on.
pub fn drawn_shards(statement: &Statement, draws: Range<u32>) -> BTreeSet<u64> {
    draws.map(|number| statement.draw(number).shard).collect()
}

/// The traces that opening `draws` takes. `trace` runs a shard, numbered as the job has it, once more.
pub fn drawn_traces<E>(
    statement: &Statement,
    draws: Range<u32>,
    mut trace: impl FnMut(u64) -> Result<ShardTrace, E>,
) -> Result<BTreeMap<u64, ShardTrace>, E> {
    let first = statement.subject.first_shard;
    drawn_shards(statement, draws).into_iter().map(|shard| Ok((shard, trace(first + shard)?))).collect()
}

impl<'a> Evidence<'a> {
    pub(crate) fn tensor(
        &'a self,
        statement: &Statement,
        key: LeafKey,
        tensor: &Descriptor,
    ) -> Result<(Layout, &'a [u8]), Malformed> {
        let bytes = match tensor.source {
            Source::Constant { layout, .. } => {
                return Ok((layout, &self.manifest.constants[key.tensor.0 as usize]));
            }
            Source::Input { .. } => {
                let shard = statement.subject.first_shard.saturating_add(key.shard);
                self.inputs.shard(shard).get(key.tensor.0 as usize).copied()
            }
            Source::Committed { slot, .. } => {
                self.traces.get(&key.shard).and_then(|trace| trace.slots.get(slot as usize)).map(Vec::as_slice)
            }
            Source::Virtual { .. } => None,
        };
        let missing = Malformed::Evidence { tensor: key.tensor.0, shard: key.shard };
        let expected = tensor.ty.bytes();
        tensor.layout().zip(bytes.filter(|bytes| bytes.len() == expected)).ok_or(missing)
    }

    pub(crate) fn drawn(&self, ticket: u32) -> Option<(TensorId, Type)> {
        (0u32..).zip(&self.manifest.tensors).find_map(|(id, tensor)| match tensor.source {
            Source::Committed { interval, .. } if interval.contains(ticket) => Some((TensorId(id), tensor.ty)),
            _ => None,
        })
    }
}
