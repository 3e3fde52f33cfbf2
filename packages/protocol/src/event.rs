//! Events as structs: contracts emit them, clients parse them, from one definition.

use cosmwasm_std::Event;

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

    fn to_event(&self) -> Event;

    /// Reads an event as the chain reports it, `wasm-` prefix or not.
    fn parse(event: &Event) -> Result<Self, BadEvent>;

    /// All events of this kind among `events`, in order; others are passed over.
    fn all(events: &[Event]) -> Vec<Self> {
        events.iter().filter_map(|event| Self::parse(event).ok()).collect()
    }
}

/// Defines an event struct. Each field is an attribute, written with `Display` and read with `FromStr`.
#[macro_export]
macro_rules! event {
    ($(#[$doc:meta])* $name:ident = $kind:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $ty),* }

        impl $crate::event::TypedEvent for $name {
            const KIND: &'static str = $kind;

            fn to_event(&self) -> cosmwasm_std::Event {
                cosmwasm_std::Event::new($kind)$(.add_attribute(stringify!($field), self.$field.to_string()))*
            }

            fn parse(event: &cosmwasm_std::Event) -> Result<Self, $crate::event::BadEvent> {
                use $crate::event::BadEvent;
                if event.ty.strip_prefix("wasm-").unwrap_or(&event.ty) != $kind {
                    return Err(BadEvent::Kind { expected: $kind, found: event.ty.clone() });
                }
                $(
                    let key = stringify!($field);
                    let value = event.attributes.iter().find(|a| a.key == key).ok_or(BadEvent::Missing(key))?;
                    let $field = value.value.parse().map_err(|_| BadEvent::Unreadable { key, value: value.value.clone() })?;
                )*
                Ok(Self { $($field),* })
            }
        }

        impl From<$name> for cosmwasm_std::Event {
            fn from(event: $name) -> Self {
                $crate::event::TypedEvent::to_event(&event)
            }
        }
    };
}
