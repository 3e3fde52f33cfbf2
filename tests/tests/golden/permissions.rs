//! Who may send what: every variant that a schema lists, the permission written on it, and what somebody without any
//! role is told who sends it nevertheless.

use std::fmt::Write;

use cosmwasm_std::Addr;
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tequio_client::embedded::{Chain, Setup};
use tequio_client::{Contract, Message};
use tequio_protocol::{Permission, Permissioned, escrow, registry, rewards, verifier};

use crate::golden;

#[test]
fn permissions_are_pinned() {
    let mut chain = Chain::new(&Setup::default()).expect("the default setup");
    let mut text = String::new();
    list::<registry::ExecuteMsg>(Contract::Registry, &mut chain, &mut text);
    list::<verifier::ExecuteMsg>(Contract::Verifier, &mut chain, &mut text);
    list::<rewards::ExecuteMsg>(Contract::Rewards, &mut chain, &mut text);
    list::<escrow::ExecuteMsg>(Contract::Escrow, &mut chain, &mut text);
    golden("tests/golden/permissions.txt", &text);
}

fn list<M>(contract: Contract, chain: &mut Chain, text: &mut String)
where
    M: JsonSchema + DeserializeOwned + Permissioned + Into<Message>,
{
    let outsider = chain.actor("outsider");
    for (name, sample) in samples(&serde_json::to_value(schema_for!(M)).expect("a schema is JSON")) {
        let message: M = serde_json::from_value(sample.clone()).unwrap_or_else(|error| panic!("{sample}: {error}"));
        let permission = message.permission();
        let told = match permission {
            Permission::Anyone => String::new(),
            _ => refusal(chain, &outsider, message),
        };
        let line = format!("{contract:8} {name:16} {:10} {told}", format!("{permission:?}").to_lowercase());
        writeln!(text, "{}", line.trim_end()).expect("a string takes it");
    }
}

/// What `sender` is told.
fn refusal(chain: &mut Chain, sender: &Addr, message: impl Into<Message>) -> String {
    let token = chain.contracts.token.clone();
    let error = chain.execute(sender, message, 0).expect_err("nobody's message was taken");
    let text = error.root_cause().to_string();
    text.replace(sender.as_str(), "{outsider}").replace(token.as_str(), "{token}")
}

/// For every variant of an enum's schema its name and one message.
fn samples(schema: &Value) -> Vec<(String, Value)> {
    let variants = schema["oneOf"].as_array().expect("an enum has variants");
    let all = variants.iter().flat_map(|variant| match variant["enum"].as_array() {
        Some(names) => names.iter().map(|name| (named(name), name.clone())).collect::<Vec<_>>(),
        None => {
            let name = named(&variant["required"][0]);
            vec![(name, sample(variant, &schema["definitions"], ""))]
        }
    });
    all.collect()
}

fn named(name: &Value) -> String {
    name.as_str().expect("names are text").into()
}

/// The plainest value that a schema allows. `name` is that of its definition: what a text must look like is not in it.
fn sample(schema: &Value, definitions: &Value, name: &str) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/definitions/")) {
        return sample(&definitions[name], definitions, name);
    }
    for several in ["allOf", "anyOf", "oneOf"] {
        if let Some(first) = schema[several].get(0) {
            return sample(first, definitions, name);
        }
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match (schema["type"].as_str(), name) {
        (Some("object"), _) => {
            let required = schema["required"].as_array().into_iter().flatten().map(named);
            let property = |key: String| (key.clone(), sample(&schema["properties"][&key], definitions, ""));
            Value::Object(required.map(property).collect())
        }
        (Some("integer"), _) => json!(1),
        (Some("boolean"), _) => json!(false),
        (Some("array"), _) => json!([]),
        (Some("string"), "Uint128" | "Decimal") => json!("1"),
        (Some("string"), "Digest") => json!("00".repeat(32)),
        (Some("string"), _) => json!(""),
        _ => panic!("no sample of {name} {schema}"),
    }
}
