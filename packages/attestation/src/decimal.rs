//! Numbers that can pass 2⁵³, what a JSON number holds in every language: decimal digits in a string.

use std::{any::type_name, fmt::Display, str::FromStr};

use schemars::{
    r#gen::SchemaGenerator,
    schema::{InstanceType, Schema, SchemaObject, StringValidation},
};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub fn schema(_: &mut SchemaGenerator) -> Schema {
    let string = StringValidation { pattern: Some("^[0-9]+$".into()), ..StringValidation::default() };
    let instance_type = Some(InstanceType::String.into());
    Schema::Object(SchemaObject { instance_type, string: Some(Box::new(string)), ..SchemaObject::default() })
}

pub fn serialize<T: Display, S: Serializer>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom(format!("{text:?} is no decimal {}", type_name::<T>())))
}
