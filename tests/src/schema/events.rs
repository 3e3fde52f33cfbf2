//! Every event of every contract: its attributes in order, and the types of their values.

use schemars::r#gen::{SchemaGenerator, SchemaSettings};
use serde_json::{Value, json};
use tequio_protocol::{
    arbiter, escrow,
    event::{Field, Shape},
    registry, rewards, verifier,
};

pub const EVENTS: [(&str, &[&Shape]); 5] = [
    ("registry", registry::EVENTS),
    ("verifier", verifier::EVENTS),
    ("arbiter", arbiter::EVENTS),
    ("rewards", rewards::EVENTS),
    ("escrow", escrow::EVENTS),
];

pub fn json() -> Value {
    let mut types = SchemaSettings::draft07().into_generator();
    let contracts: serde_json::Map<_, _> = EVENTS
        .iter()
        .map(|(contract, events)| (contract.to_string(), events.iter().map(|event| shape(event, &mut types)).collect()))
        .collect();
    json!({ "contracts": contracts, "definitions": types.take_definitions() })
}

fn shape(event: &Shape, types: &mut SchemaGenerator) -> Value {
    let attributes: Vec<_> = event.attributes.iter().map(|field| attribute(field, types)).collect();
    json!({ "kind": event.kind, "doc": prose(event.docs), "attributes": attributes })
}

fn attribute(field: &Field, types: &mut SchemaGenerator) -> Value {
    json!({
        "name": field.name,
        "doc": prose(field.docs),
        "optional": field.optional,
        "type": (field.schema)(types),
    })
}

/// The lines of a comment as one text.
fn prose(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
