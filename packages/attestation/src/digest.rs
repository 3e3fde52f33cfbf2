//! Hashes as their own types: a program's id is no root. In JSON each is 64 lower-case hex digits, else 32 bytes.

use std::{fmt, str::FromStr};

#[cfg(feature = "storage")]
use cosmwasm_std::StdResult;
#[cfg(feature = "storage")]
use cw_storage_plus::{Key, KeyDeserialize, Prefixer, PrimaryKey};
use hex::FromHexError;
use schemars::{
    JsonSchema,
    r#gen::SchemaGenerator,
    schema::{InstanceType, Metadata, Schema, SchemaObject, StringValidation},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A 32-byte hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Digest {
    type Err = FromHexError;

    fn from_str(text: &str) -> Result<Self, FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Deserialize::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        text.parse().ok().filter(|_| lower).ok_or_else(|| D::Error::custom("expected 64 lower-case hex digits"))
    }
}

impl JsonSchema for Digest {
    fn schema_name() -> String {
        "Digest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema("A 32-byte hash.")
    }
}

/// 64 lower-case hex digits.
fn schema(description: &str) -> Schema {
    let metadata = Metadata { description: Some(description.into()), ..Metadata::default() };
    let string = StringValidation { pattern: Some("^[0-9a-f]{64}$".into()), ..StringValidation::default() };
    Schema::Object(SchemaObject {
        metadata: Some(Box::new(metadata)),
        instance_type: Some(InstanceType::String.into()),
        string: Some(Box::new(string)),
        ..SchemaObject::default()
    })
}

macro_rules! id {
    ($(#[doc = $doc:literal])* $name:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub Digest);

        impl From<Digest> for $name {
            fn from(digest: Digest) -> Self {
                Self(digest)
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(Digest(bytes))
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                self.0.as_ref()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = FromHexError;

            fn from_str(text: &str) -> Result<Self, FromHexError> {
                text.parse().map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                schema(concat!($($doc),*).trim())
            }
        }

        #[cfg(feature = "storage")]
        impl PrimaryKey<'_> for $name {
            type Prefix = ();
            type SubPrefix = ();
            type Suffix = Self;
            type SuperSuffix = Self;

            fn key(&self) -> Vec<Key<'_>> {
                vec![Key::Ref(self.as_ref())]
            }
        }

        #[cfg(feature = "storage")]
        impl Prefixer<'_> for $name {
            fn prefix(&self) -> Vec<Key<'_>> {
                self.key()
            }
        }

        #[cfg(feature = "storage")]
        impl KeyDeserialize for $name {
            type Output = Self;
            const KEY_ELEMS: u16 = 1;

            fn from_vec(value: Vec<u8>) -> StdResult<Self> {
                <[u8; 32]>::from_vec(value).map(Digest).map(Self)
            }
        }
    };
}

id!(
    /// A compiled program: `TH('tequio/v1/program', header ‖ root of the descriptors' tree)`.
    ProgramId
);
id!(
    /// What an attestation is about, hashed.
    SubjectId
);
id!(
    /// An attestation: everything it binds, hashed.
    AttestationId
);
