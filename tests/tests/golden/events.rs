//! Every event is read back as it was emitted.

use std::collections::BTreeSet;

use cosmwasm_std::{Binary, Event};
use serde_json::{Value, json};
use tequio_protocol::{
    BadEvent,
    event::{Field, Shape},
};
use tequio_tests::schema::EVENTS;

/// Values of an attribute's type, as text: every word, or one of them. No two of one event are the same, but for words.
fn samples(field: &Field, number: usize) -> Vec<String> {
    let mut types = schemars::SchemaGenerator::default();
    let schema = json!((field.schema)(&mut types));
    plain(&schema, &json!(types.definitions()), number)
}

fn plain(schema: &Value, definitions: &Value, number: usize) -> Vec<String> {
    if let Some(examples) = schema["examples"].as_array() {
        return examples.iter().map(|text| text.as_str().expect("a text").into()).collect();
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/definitions/")) {
        return match name {
            "Uint64" | "Uint128" => vec![number.to_string()],
            "Binary" => vec![Binary::from(vec![number as u8]).to_base64()],
            _ if definitions[name]["pattern"].is_string() || name == "Digest" => vec![format!("{number:064x}")],
            _ => plain(&definitions[name], definitions, number),
        };
    }
    if let Some(only) = schema["allOf"].get(0).or(schema["anyOf"].get(0)) {
        return plain(only, definitions, number);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().flat_map(|choice| plain(choice, definitions, number)).collect();
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| word.as_str().expect("a word").into()).collect();
    }
    let kind = schema["type"].as_str().or(schema["type"][0].as_str());
    match kind {
        Some("integer") => vec![number.to_string()],
        // A list is written as JSON: the empty one, and one of something.
        Some("array") => vec!["[]".into(), json!([whole(&schema["items"], definitions, number)]).to_string()],
        Some("object") => vec![whole(schema, definitions, number).to_string()],
        Some("boolean") => vec!["false".into(), "true".into()],
        Some("string") => vec![format!("text{number}")],
        _ => panic!("no sample of {schema}"),
    }
}

/// Something of a type, as JSON.
fn whole(schema: &Value, definitions: &Value, number: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/definitions/")) {
        return match name {
            "Uint128" => json!(number.to_string()),
            _ => whole(&definitions[name], definitions, number),
        };
    }
    if let Some(only) = schema["allOf"].get(0) {
        return whole(only, definitions, number);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let fields = schema["properties"].as_object().expect("an object has fields").iter();
            let fields = fields.map(|(name, schema)| (name.clone(), whole(schema, definitions, number)));
            Value::Object(fields.collect())
        }
        Some("integer") => json!(number),
        Some("string") if schema["pattern"] == "^[0-9]+$" => json!(number.to_string()),
        Some("string") => json!(format!("text{number}")),
        _ => panic!("no sample of {schema}"),
    }
}

fn event(shape: &Shape) -> Event {
    let first = |field: &Field, number| samples(field, number).swap_remove(0);
    let attributes = shape.attributes.iter().zip(1..).map(|(field, number)| (field.name, first(field, number)));
    Event::new(shape.kind).add_attributes(attributes)
}

/// The event with every word that one of its attributes can be.
fn each_word(shape: &Shape) -> Vec<Event> {
    let plain = event(shape);
    let with = |at: usize, value| {
        let mut event = plain.clone();
        event.attributes[at].value = value;
        event
    };
    let fields = shape.attributes.iter().enumerate();
    fields.flat_map(|(at, field)| samples(field, at + 1).into_iter().map(move |value| with(at, value))).collect()
}

/// The event with the fields of what it has as JSON by name.
fn sorted(mut event: Event) -> Event {
    for attribute in event.attributes.iter_mut().filter(|attribute| attribute.value.starts_with(['[', '{'])) {
        let json: Value = serde_json::from_str(&attribute.value).expect("it is JSON");
        attribute.value = json.to_string();
    }
    event
}

/// As it was emitted, as the chain reports it, and with every attribute needed that is not optional.
#[test]
fn events_are_read_back() {
    for (contract, events) in EVENTS {
        let kinds: BTreeSet<_> = events.iter().map(|shape| shape.kind).collect();
        assert_eq!(kinds.len(), events.len(), "two events of {contract} have one kind");
        for shape in events {
            let emitted = event(shape);
            for emitted in each_word(shape) {
                assert_eq!((shape.rewrite)(&emitted).map(sorted), Ok(emitted), "{contract}");
            }
            let reported = Event::new(format!("wasm-{}", emitted.ty)).add_attribute("_contract_address", "contract");
            let reported = reported.add_attributes(emitted.attributes.clone());
            assert_eq!((shape.rewrite)(&reported).map(sorted).as_ref(), Ok(&emitted), "{contract}");
            assert!(matches!((shape.rewrite)(&Event::new("another")), Err(BadEvent::Kind { .. })));
            for (missing, field) in shape.attributes.iter().enumerate() {
                let mut short = emitted.clone();
                short.attributes.remove(missing);
                match (shape.rewrite)(&short) {
                    Ok(written) => assert!(field.optional && sorted(written) == short, "{short:?}"),
                    Err(error) => assert!(!field.optional && error == BadEvent::Missing(field.name), "{short:?}"),
                }
            }
        }
    }
}
