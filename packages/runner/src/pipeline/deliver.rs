//! Deliver: outputs off chain, with what ties them to the attested root.

use tequio_attestation::{Digest, Layout, Manifest, Source, codec, tensor_tree, tree::Tree};

use super::{
    run::Run,
    store::{Store, StoreError},
};

/// Why a delivery is not what was attested.
#[derive(Debug, thiserror::Error)]
pub enum Undeliverable {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a delivery of {wanted} shards ends early or too late")]
    Length { wanted: u64 },
    #[error("output {output} of shard {shard} is not what was attested")]
    Output { output: usize, shard: u64 },
    #[error("the delivery has root {found:02x?}, attested was {attested:02x?}")]
    Root { found: Digest, attested: Digest },
}

/// Stores an assignment's outputs: for each shard the roots of its committed tensors by slot, then its outputs.
pub fn deliver(store: &Store, run: &Run) -> Result<String, StoreError> {
    let mut w = codec::Writer::default();
    for shard in &run.shards {
        shard.roots.iter().for_each(|root| w.bytes(root));
        shard.outputs.iter().for_each(|output| w.bytes(output));
    }
    store.put(w.0)
}

/// Fetches a delivery of `count` shards and checks every output against the attested root. Gives each shard's outputs,
/// in the header's order.
pub fn receive(
    store: &Store,
    key: &str,
    manifest: &Manifest,
    count: u64,
    attested: &Digest,
) -> Result<Vec<Vec<Vec<u8>>>, Undeliverable> {
    let bytes = store.get(key)?;
    let mut r = codec::Reader::new(&bytes);
    let outputs = outputs(manifest);
    let (mut roots, mut delivered) = (vec![], vec![]);
    let early = |_| Undeliverable::Length { wanted: count };
    for shard in 0..count {
        let tensors = (0..manifest.header.committed).map(|_| r.array()).collect::<Result<Vec<Digest>, _>>();
        let tensors = tensors.map_err(early)?;
        let mut shard_outputs = vec![];
        for (output, (ty, layout, slot)) in outputs.iter().enumerate() {
            let bytes = r.bytes(ty.shape.elements() as usize * ty.dtype.bytes()).map_err(early)?;
            if tensor_tree(ty, *layout, bytes).root() != tensors[*slot] {
                return Err(Undeliverable::Output { output, shard });
            }
            shard_outputs.push(bytes.to_vec());
        }
        roots.push(Tree::new(tensors).root());
        delivered.push(shard_outputs);
    }
    r.finish().map_err(early)?;
    let found = Tree::new(roots).root();
    if found != *attested {
        return Err(Undeliverable::Root { found, attested: *attested });
    }
    Ok(delivered)
}

/// Type, layout and slot of every output, in the header's order.
fn outputs(manifest: &Manifest) -> Vec<(tequio_tensor::Type, Layout, usize)> {
    let output = |tensor: &tequio_attestation::Descriptor| match tensor.source {
        Source::Committed { layout, slot, .. } => Some((tensor.ty, layout, slot as usize)),
        _ => None,
    };
    manifest.header.outputs.iter().filter_map(|id| output(manifest.descriptor(*id))).collect()
}
