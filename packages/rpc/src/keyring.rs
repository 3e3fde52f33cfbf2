//! Keys on disk, as the `file` and `test` keyrings of the Cosmos SDK keep them: what this writes, a chain's own binary reads,
//! and the other way round.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use cosmrs::{crypto::PublicKey, proto::Any};
use prost::Message;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    key::{Key, KeyError, address},
    sealed::{Unsealable, seal, unseal},
};

/// Why a keyring does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    #[error("there is no key {name} in {}", .folder.display())]
    Unknown { name: String, folder: PathBuf },
    #[error("there is a key {name} already in {}", .folder.display())]
    Taken { name: String, folder: PathBuf },
    #[error("{name:?} is not a name of a key: letters, digits, - and _")]
    Name { name: String },
    #[error("the password is wrong")]
    Password,
    #[error("the first password of a keyring has at least {least} characters")]
    Short { least: usize },
    #[error("key {name} cannot sign here: it is on a device, a multisig or of another kind")]
    CannotSign { name: String },
    #[error("{}: {reason}", .file.display())]
    File { file: PathBuf, reason: String },
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What keyrings of the `test` kind are sealed with.
const TEST_PASSWORD: &str = "test";
/// As the SDK asks for it.
const LEAST_PASSWORD: usize = 8;
const PASSWORD_HASH: &str = "keyhash";
const SECP256K1: &str = "/cosmos.crypto.secp256k1.PrivKey";

/// A folder of keys under one password.
pub struct Keyring {
    folder: PathBuf,
    password: Zeroizing<String>,
}

/// A key as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub name: String,
    pub address: String,
    /// Compressed secp256k1, base64.
    pub public_key: String,
}

/// `cosmos.crypto.keyring.v1.Record`.
#[derive(Clone, PartialEq, Message)]
struct Record {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    public: Option<Any>,
    /// Absent where the secret is elsewhere.
    #[prost(message, optional, tag = "3")]
    local: Option<Local>,
}

#[derive(Clone, PartialEq, Message)]
struct Local {
    #[prost(message, optional, tag = "1")]
    secret: Option<Any>,
}

/// `cosmos.crypto.secp256k1.PrivKey` and `PubKey`.
#[derive(Clone, PartialEq, Message)]
struct Bytes {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
}

/// What is in a file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    key: String,
    data: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    keychain_not_trust_application: bool,
    #[serde(default)]
    keychain_not_synchronizable: bool,
}

impl Keyring {
    /// The keyring for tests below `home`: anyone who can read it can spend.
    pub fn test(home: &Path) -> Self {
        Self { folder: home.join("keyring-test"), password: Zeroizing::new(TEST_PASSWORD.into()) }
    }

    /// The keyring below `home`; its first use decides its password.
    pub fn file(home: &Path, password: Zeroizing<String>) -> Result<Self, KeyringError> {
        let folder = Self::folder(home);
        let hash_file = folder.join(PASSWORD_HASH);
        match fs::read_to_string(&hash_file) {
            Ok(hash) if bcrypt::verify(password.as_bytes(), hash.trim()).unwrap_or(false) => {}
            Ok(_) => return Err(KeyringError::Password),
            Err(_) if password.chars().count() < LEAST_PASSWORD => {
                return Err(KeyringError::Short { least: LEAST_PASSWORD });
            }
            Err(_) => {
                let mut salt = [0; 16];
                rand::rng().fill_bytes(&mut salt);
                let hash = bcrypt::hash_with_salt(password.as_bytes(), bcrypt::DEFAULT_COST, salt)
                    .map_err(|error| KeyringError::File { file: hash_file.clone(), reason: error.to_string() })?;
                write(&hash_file, &hash.format_for_version(bcrypt::Version::TwoA))?;
            }
        }
        Ok(Self { folder, password })
    }

    /// Whether there is a keyring below `home` that has a password.
    pub fn exists(home: &Path) -> bool {
        Self::folder(home).join(PASSWORD_HASH).exists()
    }

    fn folder(home: &Path) -> PathBuf {
        home.join("keyring-file")
    }

    /// Adds a key under a new name.
    pub fn add(&self, name: &str, key: &Key) -> Result<(), KeyringError> {
        checked(name)?;
        let file = self.of(name);
        if file.exists() {
            return Err(KeyringError::Taken { name: name.into(), folder: self.folder.clone() });
        }
        let secret = Zeroizing::new(Bytes { key: key.secret().to_vec() }.encode_to_vec());
        let secret = Some(Any { type_url: SECP256K1.into(), value: secret.to_vec() });
        let public = Some(key.public().to_any().map_err(|_| KeyError::Secret)?);
        let record = Record { name: name.into(), public, local: Some(Local { secret }) };
        // The address leads to the name: a chain's binary looks keys up by either.
        let address = self.folder.join(format!("{}.address", account(&key.public())));
        self.put(&address, format!("{name}.info").as_bytes())?;
        self.put(&file, &Zeroizing::new(record.encode_to_vec()))
    }

    /// A key that signs.
    pub fn key(&self, name: &str) -> Result<Key, KeyringError> {
        let record = self.record(name)?;
        let secret = record.local.and_then(|local| local.secret).filter(|secret| secret.type_url == SECP256K1);
        let secret = secret.ok_or_else(|| KeyringError::CannotSign { name: name.into() })?;
        let bytes = Bytes::decode(&*secret.value).map_err(|_| KeyError::Secret)?;
        Ok(Key::from_secret(&Zeroizing::new(bytes.key))?)
    }

    /// What a key is called on chains whose addresses begin with `prefix`.
    pub fn show(&self, name: &str, prefix: &str) -> Result<Listed, KeyringError> {
        let public = self.record(name)?.public.and_then(|any| PublicKey::try_from(any).ok());
        let public = public.ok_or_else(|| KeyringError::CannotSign { name: name.into() })?;
        let (address, public_key) = (address(&public, prefix)?, BASE64.encode(public.to_bytes()));
        Ok(Listed { name: name.into(), address, public_key })
    }

    /// The names of all keys, in order.
    pub fn names(&self) -> Result<Vec<String>, KeyringError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            Err(error) => return Err(failed(&self.folder, error)),
        };
        let mut names = vec![];
        for entry in entries {
            let file = entry.map_err(|error| failed(&self.folder, error))?.file_name();
            names.extend(file.to_str().and_then(|file| file.strip_suffix(".info")).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// Removes a key. Without its words it is lost.
    pub fn remove(&self, name: &str) -> Result<(), KeyringError> {
        let public = self.record(name)?.public.and_then(|any| PublicKey::try_from(any).ok());
        if let Some(public) = public {
            let address = self.folder.join(format!("{}.address", account(&public)));
            _ = fs::remove_file(address);
        }
        let file = self.of(name);
        fs::remove_file(&file).map_err(|error| failed(&file, error))
    }

    fn of(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.info"))
    }

    fn record(&self, name: &str) -> Result<Record, KeyringError> {
        checked(name)?;
        let file = self.of(name);
        let sealed = match fs::read_to_string(&file) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(KeyringError::Unknown { name: name.into(), folder: self.folder.clone() });
            }
            Err(error) => return Err(failed(&file, error)),
        };
        let plain = unseal(&sealed, &self.password).map_err(|error| match error {
            Unsealable::Password => KeyringError::Password,
            Unsealable::Form => failed(&file, error),
        })?;
        let item: Item = serde_json::from_slice(&plain).map_err(|error| failed(&file, error))?;
        let data = Zeroizing::new(BASE64.decode(item.data).map_err(|error| failed(&file, error))?);
        Record::decode(&**data).map_err(|error| failed(&file, error))
    }

    fn put(&self, file: &Path, data: &[u8]) -> Result<(), KeyringError> {
        let key = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (label, description) = Default::default();
        let item = Item {
            key,
            data: BASE64.encode(data),
            label,
            description,
            keychain_not_trust_application: false,
            keychain_not_synchronizable: false,
        };
        let plain = Zeroizing::new(serde_json::to_vec(&item).expect("an item is JSON"));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        write(file, &seal(&plain, &self.password, &now.to_string()))
    }
}

/// The account of a public key, hex.
fn account(public: &PublicKey) -> String {
    let id = public.account_id("any").expect("it is a prefix");
    hex::encode(id.to_bytes())
}

fn checked(name: &str) -> Result<(), KeyringError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= 64 && name.chars().all(fits) {
        return Ok(());
    }
    Err(KeyringError::Name { name: name.into() })
}

fn failed(file: &Path, reason: impl ToString) -> KeyringError {
    KeyringError::File { file: file.into(), reason: reason.to_string() }
}

/// Writes a file that only its owner reads, whole or not at all.
fn write(file: &Path, text: &str) -> Result<(), KeyringError> {
    let at = |error: io::Error| failed(file, error);
    let folder = file.parent().expect("a key is in a folder");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut folders = fs::DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        options.mode(0o600);
        folders.mode(0o700);
    }
    folders.create(folder).map_err(at)?;
    let new = file.with_extension("new");
    let mut opened = options.open(&new).map_err(at)?;
    opened.write_all(text.as_bytes()).and_then(|()| opened.sync_all()).map_err(at)?;
    fs::rename(&new, file).map_err(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::PATH;

    fn password(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.into())
    }

    #[test]
    fn keys_are_kept_under_a_password() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        assert!(matches!(Keyring::file(home, password("short")), Err(KeyringError::Short { least: 8 })));
        assert!(!Keyring::exists(home));
        let ring = Keyring::file(home, password("correct horse")).unwrap();
        let key = Key::recover(&Key::words(), PATH).unwrap();
        ring.add("alice", &key).unwrap();
        assert!(matches!(ring.add("alice", &key), Err(KeyringError::Taken { .. })));
        assert!(matches!(Keyring::file(home, password("wrong horse")), Err(KeyringError::Password)));

        let again = Keyring::file(home, password("correct horse")).unwrap();
        assert_eq!(again.names().unwrap(), ["alice"]);
        assert_eq!(again.key("alice").unwrap().secret(), key.secret());
        assert_eq!(again.show("alice", "wasm").unwrap().address, key.address("wasm").unwrap());
        again.remove("alice").unwrap();
        assert!(matches!(again.key("alice"), Err(KeyringError::Unknown { .. })));
        assert_eq!(again.names().unwrap(), Vec::<String>::new());
        let left: Vec<_> =
            fs::read_dir(home.join("keyring-file")).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, [PASSWORD_HASH]);
    }

    #[test]
    fn names_stay_in_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let ring = Keyring::test(home.path());
        let key = Key::recover(&Key::words(), PATH).unwrap();
        for name in ["", "../alice", "a/b", "a.info", "ä"] {
            assert!(matches!(ring.add(name, &key), Err(KeyringError::Name { .. })), "{name}");
            assert!(matches!(ring.key(name), Err(KeyringError::Name { .. })), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_them() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        Keyring::test(home.path()).add("alice", &Key::recover(&Key::words(), PATH).unwrap()).unwrap();
        let folder = home.path().join("keyring-test");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("alice.info"))), (0o700, 0o600));
    }

    #[test]
    fn a_file_that_was_changed_is_named() {
        let home = tempfile::tempdir().unwrap();
        let ring = Keyring::test(home.path());
        ring.add("alice", &Key::recover(&Key::words(), PATH).unwrap()).unwrap();
        fs::write(ring.of("alice"), "nonsense").unwrap();
        let Err(KeyringError::File { file, .. }) = ring.key("alice") else { panic!() };
        assert!(file.ends_with("alice.info"));
    }
}
