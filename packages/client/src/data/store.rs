//! Data addressed by its content, in any object store.

use std::sync::Arc;

use object_store::{ObjectStore, ObjectStoreExt, PutPayload, path::Path};
use sha2::{Digest, Sha256};

/// An object store whose keys are the SHA-256 of what lies there.
#[derive(Clone)]
pub struct Store(Arc<dyn ObjectStore>);

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{key} is not the SHA-256 of anything: {reason}")]
    Key { key: String, reason: object_store::path::Error },
    #[error("{key} holds other data: its SHA-256 is {found}")]
    Content { key: String, found: String },
    #[error(transparent)]
    Store(#[from] object_store::Error),
    #[error("what is to be stored cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Store {
    pub fn new(store: impl ObjectStore) -> Self {
        Self(Arc::new(store))
    }

    /// A store in this process's memory.
    pub fn memory() -> Self {
        Self::new(object_store::memory::InMemory::new())
    }

    /// Stores `bytes` and gives their key, 64 hex digits.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        let key = key(&bytes);
        self.0.put(&Path::from(key.as_str()), PutPayload::from(bytes)).await?;
        Ok(key)
    }

    /// Fetches what lies at `key` and checks that it is that.
    pub async fn get(&self, key: &str) -> Result<Vec<u8>, StoreError> {
        let path = Path::parse(key).map_err(|reason| StoreError::Key { key: key.into(), reason })?;
        let bytes = self.0.get(&path).await?.bytes().await?;
        let found = self::key(&bytes);
        if found != key {
            return Err(StoreError::Content { key: key.into(), found });
        }
        Ok(bytes.into())
    }
}

fn key(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_fetched_is_what_was_stored() {
        let store = Store::memory();
        let key = store.put(b"shard".to_vec()).await.unwrap();
        assert_eq!(store.get(&key).await.unwrap(), b"shard");
        assert!(matches!(store.get(&"0".repeat(64)).await, Err(StoreError::Store(_))));
        let path = Path::from(key.as_str());
        store.0.put(&path, PutPayload::from_static(b"other")).await.unwrap();
        assert!(matches!(store.get(&key).await, Err(StoreError::Content { .. })));
    }
}
