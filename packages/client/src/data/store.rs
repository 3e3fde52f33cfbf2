//! Data addressed by its content, in any object store.

use std::sync::Arc;

use futures::TryStreamExt;
use object_store::{
    ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, parse_url_opts, path::Path, prefix::PrefixStore,
};
use sha2::{Digest, Sha256};
use url::Url;

/// Digits of a key.
const KEY: usize = 64;

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
    #[error("{key} cannot be written to {store}")]
    Write {
        key: String,
        store: String,
        #[source]
        reason: object_store::Error,
    },
    #[error("what is to be stored cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{address} is no store: {reason}")]
    Address { address: String, reason: String },
    #[error("{name} leads to no key")]
    Pointer { name: String },
    #[error("{key} has {bytes} bytes or more, what belongs there has at most {most}")]
    Size { key: String, bytes: u64, most: u64 },
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
        self.write(&path, key.as_bytes().to_vec()).await
    }

    /// Where `name` leads. What lies there is checked by whoever fetches it: anyone who may write here may have made it.
    pub async fn pointed(&self, name: &str) -> Result<String, StoreError> {
        let path = Path::parse(name).map_err(|reason| StoreError::Key { key: name.into(), reason })?;
        let bytes = self.fetch(name, &path, KEY as u64).await?;
        let key = std::str::from_utf8(&bytes).ok().filter(|key| key.len() == KEY).map(str::to_owned);
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
        self.write(&Path::from(key), bytes).await
    }

    async fn write(&self, path: &Path, bytes: Vec<u8>) -> Result<(), StoreError> {
        let written = self.0.put(path, PutPayload::from(bytes)).await;
        let failed = |reason| StoreError::Write { key: path.to_string(), store: self.0.to_string(), reason };
        written.map(|_| ()).map_err(failed)
    }

    /// Fetches what lies at `key`, which has at most `most` bytes, and checks that it is that.
    pub async fn get(&self, key: &str, most: u64) -> Result<Vec<u8>, StoreError> {
        let path = Path::parse(key).map_err(|reason| StoreError::Key { key: key.into(), reason })?;
        let bytes = self.fetch(key, &path, most).await?;
        let found = self::key(&bytes);
        if found != key {
            return Err(StoreError::Content { key: key.into(), found });
        }
        Ok(bytes)
    }

    /// Fetches what lies at `path`. No more is read than `most` bytes, whatever the store says of it.
    async fn fetch(&self, key: &str, path: &Path, most: u64) -> Result<Vec<u8>, StoreError> {
        let too_many = |bytes| StoreError::Size { key: key.into(), bytes, most };
        let found = self.0.get(path).await?;
        if found.meta.size > most {
            return Err(too_many(found.meta.size));
        }
        let (mut stream, mut bytes) = (found.into_stream(), vec![]);
        while let Some(piece) = stream.try_next().await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() as u64 > most {
                return Err(too_many(bytes.len() as u64));
            }
        }
        Ok(bytes)
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
        assert_eq!(store.get(&key, 5).await.unwrap(), b"shard");
        std::fs::write(folder.path().join("new").join(&key), "other").unwrap();
        assert!(matches!(store.get(&key, 5).await, Err(StoreError::Content { .. })));

        // What cannot be written is said, with where.
        let full = folder.path().join("new").join("outputs");
        std::fs::write(&full, "no folder").unwrap();
        let error = store.point("outputs/root", &key).await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, StoreError::Write { .. }) && text.contains(folder.path().to_str().unwrap()), "{text}");
        std::fs::remove_file(full).unwrap();

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
        assert_eq!(store.get(&key, 5).await.unwrap(), b"shard");
        assert!(matches!(store.get(&"0".repeat(64), 5).await, Err(StoreError::Store(_))));
        assert!(matches!(store.get(&key, 4).await, Err(StoreError::Size { bytes: 5, most: 4, .. })));
        let path = Path::from(key.as_str());
        store.0.put(&path, PutPayload::from_static(b"other")).await.unwrap();
        assert!(matches!(store.get(&key, 5).await, Err(StoreError::Content { .. })));
    }
}
