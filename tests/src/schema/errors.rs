//! Every error of every contract, with its text and what is written into it.

use serde_json::{Value, json};
use tequio_protocol::error::Variant;

macro_rules! errors {
    ($($room:literal: $($name:ident = $ty:ty),*;)*) => {
        &[$(($room, &[$((stringify!($name), <$ty>::VARIANTS)),*])),*]
    };
}

type Errors = [(&'static str, &'static [(&'static str, &'static [Variant])])];

/// By room: the floor that all stand on, then each contract with the errors that are inside its own.
pub const ERRORS: &Errors = errors! {
    "contract":
        Shut = tequio_contract::door::Shut,
        BadFunds = tequio_contract::funds::BadFunds,
        BadGrant = tequio_contract::grant::BadGrant,
        BadMigration = tequio_contract::migrate::BadMigration,
        OutOfBounds = tequio_contract::bounds::OutOfBounds;
    "registry":
        ContractError = tequio_registry::ContractError,
        CoreError = tequio_registry::core::error::CoreError;
    "verifier":
        ContractError = tequio_verifier::ContractError,
        CoreError = tequio_verifier::core::error::CoreError;
    "arbiter":
        ContractError = tequio_arbiter::ContractError,
        CoreError = tequio_arbiter::core::error::CoreError;
    "rewards":
        ContractError = tequio_rewards::ContractError,
        CoreError = tequio_rewards::core::error::CoreError;
    "escrow":
        ContractError = tequio_escrow::ContractError,
        CoreError = tequio_escrow::core::error::CoreError,
        NotYet = tequio_protocol::escrow::NotYet,
        Kept = tequio_protocol::escrow::Kept;
};

pub fn json() -> Value {
    let rooms = ERRORS.iter().map(|(room, errors)| {
        let errors = errors.iter().map(|(name, variants)| (name.to_string(), variants.iter().map(variant).collect()));
        (room.to_string(), Value::Object(errors.collect()))
    });
    Value::Object(rooms.collect())
}

fn variant(variant: &Variant) -> Value {
    let fields: Vec<_> = variant.fields.iter().map(|(name, ty)| json!({ "name": name, "type": ty })).collect();
    json!({ "variant": variant.name, "text": variant.text, "inside": variant.inside, "fields": fields })
}
