//! Who may send what, and what may come with it. Where the content of a message decides, every case is listed.

use std::collections::BTreeMap;

use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tequio_protocol::{Permissioned, arbiter, escrow, registry, rewards, verifier};

use super::sample::{Sample, samples};

pub fn json() -> Value {
    json!({
        "registry": list::<registry::ExecuteMsg>(),
        "verifier": list::<verifier::ExecuteMsg>(),
        "arbiter": list::<arbiter::ExecuteMsg>(),
        "rewards": list::<rewards::ExecuteMsg>(),
        "escrow": list::<escrow::ExecuteMsg>(),
    })
}

/// One of each message, and one more for each case in which another may send it.
pub fn cases<M: JsonSchema + DeserializeOwned + Permissioned>() -> Vec<Case<M>> {
    let schema = serde_json::to_value(schema_for!(M)).expect("a schema is JSON");
    let mut cases: Vec<Case<M>> = vec![];
    for Sample { name, choice, value } in samples(&schema) {
        let message: M = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"));
        let plain = cases.iter().find(|case| case.name == name);
        match plain {
            Some(plain) if plain.message.permission() == message.permission() => {}
            _ => cases.push(Case { name, choice, message }),
        }
    }
    cases
}

/// A message that one permission is written on.
pub struct Case<M> {
    pub name: String,
    /// What of its content is not as in the plainest message.
    pub choice: Option<(String, String)>,
    pub message: M,
}

fn list<M: JsonSchema + DeserializeOwned + Permissioned>() -> Value {
    let mut messages: Vec<(String, BTreeMap<&str, Value>)> = vec![];
    for Case { name, choice, message } in cases::<M>() {
        let who = message.permission().to_string();
        match choice {
            None => {
                let funds = message.funds().to_string();
                messages.push((name, BTreeMap::from([("who", json!(who)), ("funds", json!(funds))])));
            }
            Some((path, value)) => {
                let (_, message) = messages.iter_mut().find(|(known, _)| *known == name).expect("the plainest first");
                let cases = message.entry("except").or_insert_with(|| json!([]));
                cases.as_array_mut().expect("a list").push(json!({ "where": path, "is": value, "who": who }));
            }
        }
    }
    let messages = messages.into_iter().map(|(name, mut message)| {
        message.insert("message", json!(name));
        json!(message)
    });
    Value::Array(messages.collect())
}
