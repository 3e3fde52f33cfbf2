//! Events as structs: contracts emit them, clients parse them, from one definition.

use cosmwasm_std::{Binary, Event, HexBinary, Uint64, Uint128, from_json, to_json_string};
use schemars::{JsonSchema, r#gen::SchemaGenerator, schema::Schema};
use serde::{Serialize, de::DeserializeOwned};

use crate::{AssignmentId, AttestationId, BeaconId, DemandId, Digest, JobId, ProgramId, SubjectId, ThawId};

/// An event that is not what a struct expects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEvent {
    #[error("not a {expected} event but {found}")]
    Kind { expected: &'static str, found: String },
    #[error("attribute {0} is missing")]
    Missing(&'static str),
    #[error("attribute {key} cannot be read: {value}")]
    Unreadable { key: &'static str, value: String },
}

/// A struct that is an event.
pub trait TypedEvent: Sized {
    /// The event's type as a contract emits it; the chain prefixes it with `wasm-`.
    const KIND: &'static str;
    /// What a client is generated from.
    const SHAPE: &'static Shape;

    fn to_event(&self) -> Event;

    /// Reads an event as the chain reports it, `wasm-` prefix or not.
    fn parse(event: &Event) -> Result<Self, BadEvent>;

    /// All events of this kind among `events`, in order; others are passed over.
    fn all(events: &[Event]) -> Vec<Self> {
        events.iter().filter_map(|event| Self::parse(event).ok()).collect()
    }
}

/// An event as its definition has it.
pub struct Shape {
    pub kind: &'static str,
    /// Lines of the definition's comment.
    pub docs: &'static [&'static str],
    /// In the order in which they are emitted.
    pub attributes: &'static [Field],
    /// Reads an event of this kind and writes it anew.
    pub rewrite: fn(&Event) -> Result<Event, BadEvent>,
}

/// An attribute as its definition has it.
pub struct Field {
    pub name: &'static str,
    pub docs: &'static [&'static str],
    /// Whether it may be left out.
    pub optional: bool,
    /// The type of its value. On the wire it is text: what JSON would have, without quotes.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// A type that an attribute's value may have.
pub trait Attribute: JsonSchema + Sized {
    /// Whether the attribute may be left out.
    const OPTIONAL: bool = false;

    /// The text of the value; the attribute is left out if there is none.
    fn write(&self) -> Option<String>;

    fn read(text: &str) -> Option<Self>;

    /// Of the text, where that is not what JSON would have.
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Self>()
    }

    /// What an attribute that is left out means.
    fn absent() -> Option<Self> {
        None
    }
}

/// Types that are attributes as `Display` writes and `FromStr` reads them.
#[macro_export]
macro_rules! attributes {
    ($($ty:ty),* $(,)?) => {
        $(impl $crate::event::Attribute for $ty {
            fn write(&self) -> Option<String> {
                Some(self.to_string())
            }

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        })*
    };
}

attributes!(bool, u8, u16, u32, u64, i32, i64, String, Uint128);
attributes!(AssignmentId, AttestationId, BeaconId, DemandId, Digest, JobId, ProgramId, SubjectId, ThawId);

impl Attribute for Uint64 {
    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn read(text: &str) -> Option<Self> {
        text.parse::<u64>().ok().map(Self::new)
    }
}

/// As base64.
impl Attribute for Binary {
    fn write(&self) -> Option<String> {
        Some(self.to_base64())
    }

    fn read(text: &str) -> Option<Self> {
        Self::from_base64(text).ok()
    }
}

impl Attribute for HexBinary {
    fn write(&self) -> Option<String> {
        Some(self.to_hex())
    }

    fn read(text: &str) -> Option<Self> {
        Self::from_hex(text).ok()
    }
}

/// As JSON.
impl<T: Serialize + DeserializeOwned + JsonSchema> Attribute for Vec<T> {
    fn write(&self) -> Option<String> {
        to_json_string(self).ok()
    }

    fn read(text: &str) -> Option<Self> {
        from_json(text).ok()
    }
}

impl<T: Attribute> Attribute for Option<T> {
    const OPTIONAL: bool = true;

    fn write(&self) -> Option<String> {
        self.as_ref().and_then(T::write)
    }

    fn read(text: &str) -> Option<Self> {
        T::read(text).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// Reads one attribute of `event`.
pub fn attribute<T: Attribute>(event: &Event, key: &'static str) -> Result<T, BadEvent> {
    match event.attributes.iter().find(|attribute| attribute.key == key) {
        Some(found) => T::read(&found.value).ok_or_else(|| BadEvent::Unreadable { key, value: found.value.clone() }),
        None => T::absent().ok_or(BadEvent::Missing(key)),
    }
}

/// Defines an event struct. Each field is an [`Attribute`](crate::event::Attribute).
#[macro_export]
macro_rules! event {
    (
        $(#[doc = $doc:literal])*
        $name:ident = $kind:literal { $($(#[doc = $field_doc:literal])* $field:ident: $ty:ty),* $(,)? }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[doc = $field_doc])* pub $field: $ty),* }

        impl $crate::event::TypedEvent for $name {
            const KIND: &'static str = $kind;
            const SHAPE: &'static $crate::event::Shape = &$crate::event::Shape {
                kind: $kind,
                docs: &[$($doc),*],
                attributes: &[$($crate::event::Field {
                    name: stringify!($field),
                    docs: &[$($field_doc),*],
                    optional: <$ty as $crate::event::Attribute>::OPTIONAL,
                    schema: <$ty as $crate::event::Attribute>::schema,
                }),*],
                rewrite: |event| Ok(Self::parse(event)?.to_event()),
            };

            fn to_event(&self) -> cosmwasm_std::Event {
                let attributes = [$(
                    $crate::event::Attribute::write(&self.$field).map(|value| (stringify!($field), value))
                ),*];
                cosmwasm_std::Event::new($kind).add_attributes(attributes.into_iter().flatten())
            }

            fn parse(event: &cosmwasm_std::Event) -> Result<Self, $crate::event::BadEvent> {
                if event.ty.strip_prefix("wasm-").unwrap_or(&event.ty) != $kind {
                    return Err($crate::event::BadEvent::Kind { expected: $kind, found: event.ty.clone() });
                }
                Ok(Self { $($field: $crate::event::attribute(event, stringify!($field))?),* })
            }
        }

        impl From<$name> for cosmwasm_std::Event {
            fn from(event: $name) -> Self {
                $crate::event::TypedEvent::to_event(&event)
            }
        }
    };
}

/// Defines all events of a contract, and `EVENTS`, the list of them. `use` names those it has in common with others.
#[macro_export]
macro_rules! events {
    (
        use $($other:ident),+ $(,)?;
        $(
            $(#[doc = $doc:literal])*
            $name:ident = $kind:literal { $($(#[doc = $field_doc:literal])* $field:ident: $ty:ty),* $(,)? }
        )*
    ) => {
        $($crate::event! {
            $(#[doc = $doc])*
            $name = $kind { $($(#[doc = $field_doc])* $field: $ty),* }
        })*

        /// Every event of this contract.
        pub const EVENTS: &[&$crate::event::Shape] = &[
            $(<$name as $crate::TypedEvent>::SHAPE,)*
            $(<$other as $crate::TypedEvent>::SHAPE),+
        ];
    };
}
