//! What a provider committed to in one shard, in a store: one object, every committed tensor by slot.

use tequio_attestation::{Manifest, ShardTrace};
use tequio_client::data::{Store, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a trace of {found} bytes, the program's has {wanted}")]
    Length { found: usize, wanted: usize },
}

/// Stores a shard's trace; where.
pub async fn store(store: &Store, trace: &ShardTrace) -> Result<String, TraceError> {
    Ok(store.put(trace.slots.concat()).await?)
}

/// A shard's trace. That it is the attested one is not known yet: its root shows that.
pub async fn fetch(store: &Store, key: &str, manifest: &Manifest) -> Result<ShardTrace, TraceError> {
    let bytes = store.get(key).await?;
    let lengths: Vec<usize> = manifest.committed().iter().map(|(id, _)| manifest.descriptor(*id).ty.bytes()).collect();
    let (found, wanted) = (bytes.len(), lengths.iter().sum());
    if found != wanted {
        return Err(TraceError::Length { found, wanted });
    }
    let mut rest = &bytes[..];
    let slots = lengths.into_iter().map(|length| {
        let (slot, after) = rest.split_at(length);
        rest = after;
        slot.to_vec()
    });
    Ok(ShardTrace { slots: slots.collect() })
}
