//! Data addressed by its content, in any object store.

use std::sync::Arc;

use object_store::{
    ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, parse_url_opts, path::Path, prefix::PrefixStore,
};
use sha2::{Digest, Sha256};
use url::Url;

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
    #[error("{address} is no store: {reason}")]
    Address { address: String, reason: String },
    #[error("{name} leads to no key")]
    Pointer { name: String },
}

impl Store {
    pub fn new(store: impl ObjectStore) -> Self {
        Self(Arc::new(store))
    }

    /// A store in this process's memory.
    pub fn memory() -> Self {
        Self::new(object_store::memory::InMemory::new())
    }

    /// The store at an address: a folder, `file:///…`, `http://…` and `https://…` (to read from), `s3://bucket/…` (or anything
    /// that speaks S3). `settings` are what the kind of store takes, such as `aws_endpoint`, by the names of environment
    /// variables.
    pub fn open(address: &str, settings: impl IntoIterator<Item = (String, String)>) -> Result<Self, StoreError> {
        let wrong = |reason: String| StoreError::Address { address: address.into(), reason };
        let folder = address.strip_prefix("file://").or((!address.contains("://")).then_some(address));
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(|error| wrong(error.to_string()))?;
            let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(error.to_string()))?;
            return Ok(Self::new(store));
        }
        let url = Url::parse(address).map_err(|error| wrong(error.to_string()))?;
        // Nothing is believed of what comes: it may come in the open.
        let open = address.starts_with("http://").then(|| ("allow_http".to_owned(), "true".to_owned()));
        let settings = settings.into_iter().chain(open);
        let (store, prefix) = parse_url_opts(&url, settings).map_err(|error| wrong(error.to_string()))?;
        Ok(Self::new(PrefixStore::new(store, prefix)))
    }

    /// Makes `name`, which is not of the content, lead to `key`.
    pub async fn point(&self, name: &str, key: &str) -> Result<(), StoreError> {
        let path = Path::parse(name).map_err(|reason| StoreError::Key { key: name.into(), reason })?;
        self.0.put(&path, PutPayload::from(key.as_bytes().to_vec())).await?;
        Ok(())
    }

    /// Where `name` leads. What lies there is checked by whoever fetches it: anyone who may write here may have made it.
    pub async fn pointed(&self, name: &str) -> Result<String, StoreError> {
        let path = Path::parse(name).map_err(|reason| StoreError::Key { key: name.into(), reason })?;
        let bytes = self.0.get(&path).await?.bytes().await?;
        let key = std::str::from_utf8(&bytes).ok().filter(|key| key.len() == 64).map(str::to_owned);
        key.ok_or_else(|| StoreError::Pointer { name: name.into() })
    }

    /// Stores `bytes` and gives their key, 64 hex digits.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        let key = key(&bytes);
        self.put_at(&key, bytes).await?;
        Ok(key)
    }

    /// Stores `bytes` whose key is known.
    pub(super) async fn put_at(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.0.put(&Path::from(key), PutPayload::from(bytes)).await?;
        Ok(())
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

/// Where bytes lie: their SHA-256, hex.
pub(super) fn key(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_is_a_store() {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("new").display().to_string();
        let key = Store::open(&address, []).unwrap().put(b"shard".to_vec()).await.unwrap();
        let store = Store::open(&format!("file://{address}"), []).unwrap();
        assert_eq!(store.get(&key).await.unwrap(), b"shard");
        std::fs::write(folder.path().join("new").join(&key), "other").unwrap();
        assert!(matches!(store.get(&key).await, Err(StoreError::Content { .. })));

        store.point("outputs/root", &key).await.unwrap();
        assert_eq!(store.pointed("outputs/root").await.unwrap(), key);
        store.point("outputs/root", "somewhere").await.unwrap();
        assert!(matches!(store.pointed("outputs/root").await, Err(StoreError::Pointer { .. })));
        assert!(matches!(store.pointed("outputs/none").await, Err(StoreError::Store(_))));
        assert!(matches!(Store::open("nowhere://x", []), Err(StoreError::Address { .. })));
    }

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
