//! Messages made up from their schema: one of each, the plainest, then one for every other choice inside.

use serde_json::{Value, json};

/// A message of the kind `name`.
pub struct Sample {
    pub name: String,
    /// Which field is not as in the plainest message, and what it is.
    pub choice: Option<(String, String)>,
    pub value: Value,
}

/// Samples of every variant of an enum's schema, the plainest first.
pub fn samples(schema: &Value) -> Vec<Sample> {
    let variants = schema["oneOf"].as_array().expect("an enum has variants");
    let all = variants.iter().flat_map(|variant| match variant["enum"].as_array() {
        Some(names) => names.iter().map(|name| plain(text(name), name.clone())).collect::<Vec<_>>(),
        None => {
            let name = text(&variant["required"][0]);
            let (first, others) = vary(variant, &schema["definitions"], "", "");
            let others = others.into_iter().map(|(path, choice, value)| Sample {
                name: name.clone(),
                choice: Some((path, choice)),
                value,
            });
            std::iter::once(plain(name.clone(), first)).chain(others).collect()
        }
    });
    all.collect()
}

fn plain(name: String, value: Value) -> Sample {
    Sample { name, choice: None, value }
}

fn text(name: &Value) -> String {
    name.as_str().expect("names are text").into()
}

/// A field's path, the choice made there, and the value then.
type Other = (String, String, Value);

/// The plainest value that a schema allows, and those with one choice made otherwise. `name` is that of the schema's
/// definition: what a text must look like is not in that of every library's type.
fn vary(schema: &Value, definitions: &Value, name: &str, path: &str) -> (Value, Vec<Other>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/definitions/")) {
        return vary(&definitions[name], definitions, name, path);
    }
    if let Some(only) = schema["allOf"].get(0) {
        return vary(only, definitions, name, path);
    }
    if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let mut all = choices.iter().flat_map(|choice| {
            let (value, others) = vary(choice, definitions, name, path);
            let word = choice["required"][0].as_str().or(value.as_str()).unwrap_or_default().to_string();
            std::iter::once((path.to_string(), word, value)).chain(others).collect::<Vec<_>>()
        });
        let (_, _, first) = all.next().expect("a choice");
        return (first, all.collect());
    }
    if let Some(words) = schema["enum"].as_array() {
        let other = |word: &Value| (path.to_string(), text(word), word.clone());
        return (words[0].clone(), words[1..].iter().map(other).collect());
    }
    // What may be left out is of a type or null.
    let value = match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("object") => return fields(schema, definitions, path),
        Some("integer") => json!(1),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("string") if name.contains("int") || name.contains("Int") || name == "Decimal" => json!("1"),
        Some("string") if schema["pattern"] == "^[0-9]+$" => json!("1"),
        Some("string") if schema["pattern"] == "^[0-9a-f]{64}$" => json!("00".repeat(32)),
        Some("string") => json!(""),
        Some("null") => json!(null),
        _ => panic!("no sample of {name} {schema}"),
    };
    (value, vec![])
}

/// An object with what is required, and those with one field otherwise, or with one more.
fn fields(schema: &Value, definitions: &Value, path: &str) -> (Value, Vec<Other>) {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    let keys = schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys());
    let fields: Vec<_> = keys
        .map(|key| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let (first, mut others) = vary(&schema["properties"][key], definitions, "", &path);
            if !required.contains(key) {
                others.retain(|(_, _, value)| !value.is_null());
                others.insert(0, (path, "given".into(), first.clone()));
            }
            (key, first, others)
        })
        .collect();
    let plainest = fields.iter().filter(|(key, ..)| required.contains(key));
    let plainest: serde_json::Map<_, _> = plainest.map(|(key, first, _)| (key.to_string(), first.clone())).collect();
    let others = fields.iter().flat_map(|(key, _, others)| {
        others.iter().map(|(path, choice, value)| {
            let mut otherwise = plainest.clone();
            otherwise.insert(key.to_string(), value.clone());
            (path.clone(), choice.clone(), Value::Object(otherwise))
        })
    });
    let others = others.collect();
    (Value::Object(plainest), others)
}
