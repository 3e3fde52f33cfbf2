//! A store behind S3, on a server that runs: `scripts/s3` starts one.

use object_store::{ObjectStoreExt, PutPayload, aws::AmazonS3Builder, path::Path};
use tequio_attestation::Digest;
use tequio_client::data::{Store, StoreError, outputs};

/// More than any of it has.
const MOST: u64 = 32 << 20;

const BUCKET: &str = "tequio";

fn open(address: &str) -> Store {
    let named = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
    Store::open(address, named.map(|(name, value)| (name.to_lowercase(), value))).unwrap()
}

#[tokio::test]
async fn data_is_kept_below_a_prefix_by_its_content() {
    let store = open(&format!("s3://{BUCKET}/jobs/of-mine"));
    let small = store.put(b"shard".to_vec()).await.unwrap();
    // In several parts.
    let bytes: Vec<u8> = (0..20 << 20).map(|at: u32| (at >> 8) as u8).collect();
    let big = store.put(bytes.clone()).await.unwrap();
    assert_eq!(store.get(&small, MOST).await.unwrap(), b"shard");
    assert!(store.get(&big, MOST).await.unwrap() == bytes);
    let missing = store.get(&"0".repeat(64), MOST).await;
    assert!(matches!(missing, Err(StoreError::Store(object_store::Error::NotFound { .. }))), "{missing:?}");

    let name = outputs(&Digest([1; 32]));
    store.point(&name, &big).await.unwrap();
    assert_eq!(store.pointed(&name).await.unwrap(), big);
    assert!(store.pointed(&outputs(&Digest([2; 32]))).await.is_err());

    // It lies where it was said, and other bytes there are not taken.
    let raw = AmazonS3Builder::from_env().with_bucket_name(BUCKET).build().unwrap();
    let at = Path::from(format!("jobs/of-mine/{small}"));
    assert_eq!(&raw.get(&at).await.unwrap().bytes().await.unwrap()[..], b"shard");
    raw.put(&at, PutPayload::from_static(b"other")).await.unwrap();
    assert!(matches!(store.get(&small, MOST).await, Err(StoreError::Content { .. })));
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_an_error() {
    let store = open("s3://no-such-bucket/x");
    assert!(matches!(store.put(b"x".to_vec()).await, Err(StoreError::Write { .. })));
}
