//! Values in storage as bytes instead of JSON: without names, numbers as short as they are, digests as 32 bytes. A byte that
//! is written costs as much gas as thousands of instructions.
//!
//! Keys are those of `cw-storage-plus`. A value that cannot be read is an error, as another version's is.

use std::marker::PhantomData;

use cosmwasm_std::{Empty, Order, StdError, StdResult, Storage};
use cw_storage_plus::{Bound, KeyDeserialize, Prefix, PrimaryKey};
use serde::{Serialize, de::DeserializeOwned};

/// One value under a name.
pub struct Item<T> {
    name: &'static str,
    of: PhantomData<T>,
}

/// Values by key.
pub struct Map<K, T> {
    keys: cw_storage_plus::Map<K, Empty>,
    of: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Item<T> {
    pub const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }

    pub fn save(&self, storage: &mut dyn Storage, value: &T) -> StdResult<()> {
        storage.set(self.name.as_bytes(), &encode(value)?);
        Ok(())
    }

    pub fn load(&self, storage: &dyn Storage) -> StdResult<T> {
        let bytes = storage.get(self.name.as_bytes());
        decode(&bytes.ok_or_else(|| StdError::not_found(self.name))?)
    }
}

impl<'a, K: PrimaryKey<'a>, T: Serialize + DeserializeOwned> Map<K, T> {
    pub const fn new(name: &'static str) -> Self {
        Self { keys: cw_storage_plus::Map::new(name), of: PhantomData }
    }

    pub fn save(&self, storage: &mut dyn Storage, key: K, value: &T) -> StdResult<()> {
        storage.set(&self.keys.key(key), &encode(value)?);
        Ok(())
    }

    pub fn may_load(&self, storage: &dyn Storage, key: K) -> StdResult<Option<T>> {
        storage.get(&self.keys.key(key)).map(|bytes| decode(&bytes)).transpose()
    }

    pub fn load(&self, storage: &dyn Storage, key: K) -> StdResult<T> {
        let key = self.keys.key(key);
        let bytes = storage.get(&key);
        decode(&bytes.ok_or_else(|| StdError::not_found(String::from_utf8_lossy(&key)))?)
    }

    pub fn has(&self, storage: &dyn Storage, key: K) -> bool {
        self.keys.has(storage, key)
    }

    pub fn remove(&self, storage: &mut dyn Storage, key: K) {
        self.keys.remove(storage, key);
    }

    /// The keys that begin with `prefix`; no value is to be taken from it.
    pub fn prefix(&self, prefix: K::Prefix) -> Prefix<K::Suffix, Empty, K::Suffix>
    where
        K::Suffix: KeyDeserialize,
    {
        self.keys.prefix(prefix)
    }
}

impl<'a, K, T> Map<K, T>
where
    K: PrimaryKey<'a> + KeyDeserialize,
    K::Output: 'static,
{
    pub fn keys<'s>(
        &self,
        storage: &'s dyn Storage,
        min: Option<Bound<'a, K>>,
        max: Option<Bound<'a, K>>,
        order: Order,
    ) -> Box<dyn Iterator<Item = StdResult<K::Output>> + 's> {
        self.keys.keys(storage, min, max, order)
    }

    pub fn is_empty(&self, storage: &dyn Storage) -> bool {
        self.keys.is_empty(storage)
    }
}

/// No value is without bytes: a chain keeps none of those.
fn encode<T: Serialize>(value: &T) -> StdResult<Vec<u8>> {
    postcard::to_allocvec(value).map_err(|error| StdError::serialize_err(std::any::type_name::<T>(), error))
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> StdResult<T> {
    let wrong = |error: &dyn std::fmt::Display| StdError::parse_err(std::any::type_name::<T>(), error);
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(wrong(&format!("{} bytes too many", rest.len()))),
        Err(error) => Err(wrong(&error)),
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_schema::cw_serde;
    use cosmwasm_std::{Addr, Uint128, testing::MockStorage};
    use tequio_protocol::{Digest, JobId, Moment};

    use super::*;

    #[cw_serde]
    struct Value {
        root: Digest,
        job: JobId,
        who: Addr,
        amount: Uint128,
        at: Option<Moment>,
        state: State,
    }

    #[cw_serde]
    enum State {
        Open,
        Ended { by: Addr, count: u64 },
    }

    const ONE: Item<Value> = Item::new("one");
    const MANY: Map<(&Addr, JobId), Value> = Map::new("many");

    fn value(state: State) -> Value {
        let (who, amount) = (Addr::unchecked("alice"), Uint128::MAX);
        Value { root: Digest([7; 32]), job: JobId(300), who, amount, at: None, state }
    }

    #[test]
    fn what_is_stored_is_loaded() {
        let (mut storage, alice) = (MockStorage::new(), Addr::unchecked("alice"));
        assert!(matches!(ONE.load(&storage), Err(StdError::NotFound { .. })));
        for state in [State::Open, State::Ended { by: alice.clone(), count: u64::MAX }] {
            ONE.save(&mut storage, &value(state.clone())).unwrap();
            assert_eq!(ONE.load(&storage).unwrap(), value(state));
        }
        assert_eq!(MANY.may_load(&storage, (&alice, JobId(2))).unwrap(), None);
        for job in [JobId(2), JobId(1)] {
            MANY.save(&mut storage, (&alice, job), &Value { job, ..value(State::Open) }).unwrap();
        }
        assert_eq!(MANY.load(&storage, (&alice, JobId(2))).unwrap().job, JobId(2));
        let keys: Vec<JobId> =
            MANY.prefix(&alice).keys(&storage, None, None, Order::Ascending).collect::<StdResult<_>>().unwrap();
        assert_eq!(keys, [JobId(1), JobId(2)]);
        MANY.remove(&mut storage, (&alice, JobId(1)));
        assert!(!MANY.has(&storage, (&alice, JobId(1))) && MANY.has(&storage, (&alice, JobId(2))));
    }

    #[test]
    fn values_are_short() {
        let bytes = encode(&value(State::Open)).unwrap();
        // 32 of the digest, 2 of the job, 6 of the name, 40 of the digits of a full amount, 2 of nothing and a state.
        assert_eq!(bytes.len(), 82);
        assert!(cosmwasm_std::to_json_vec(&value(State::Open)).unwrap().len() > 170);
    }

    #[test]
    fn bytes_that_are_no_value_are_an_error() {
        let bytes = encode(&value(State::Ended { by: Addr::unchecked("bob"), count: 3 })).unwrap();
        for end in 0..bytes.len() {
            assert!(matches!(decode::<Value>(&bytes[..end]), Err(StdError::ParseErr { .. })), "{end}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(matches!(decode::<Value>(&longer), Err(StdError::ParseErr { .. })));
        assert!(matches!(decode::<Value>(br#"{"root":"00"}"#), Err(StdError::ParseErr { .. })));
    }
}
