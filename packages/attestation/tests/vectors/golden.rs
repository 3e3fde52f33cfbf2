//! Comparing with the files, or writing them.

use std::{fs, path::PathBuf};

use serde_json::Value;

const COMMAND: &str = "TEQUIO_BLESS=1 cargo test -p tequio-attestation --test vectors";

/// Fails unless `found` is what `tests/vectors/<name>.json` holds; writes it there if `TEQUIO_BLESS` is set.
pub fn golden(name: &str, found: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(format!("{name}.json"));
    let held = fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    if held.as_ref() == Some(found) {
        return;
    }
    if std::env::var_os("TEQUIO_BLESS").is_some() {
        let text = serde_json::to_string_pretty(found).unwrap();
        fs::write(&path, lists_on_one_line(&text) + "\n").unwrap();
        return;
    }
    let at = held.map_or("(the file)".into(), |held| difference(&held, found, String::new()).unwrap_or_default());
    panic!("tests/vectors/{name}.json differs at {at}; if that is meant: {COMMAND}");
}

/// Where two values differ first.
fn difference(held: &Value, found: &Value, at: String) -> Option<String> {
    match (held, found) {
        (Value::Object(held), Value::Object(found)) if held.keys().eq(found.keys()) => {
            held.iter().find_map(|(key, value)| difference(value, &found[key], format!("{at}.{key}")))
        }
        (Value::Array(held), Value::Array(found)) if held.len() == found.len() => held
            .iter()
            .zip(found)
            .enumerate()
            .find_map(|(i, (held, found))| difference(held, found, format!("{at}[{i}]"))),
        _ => (held != found).then(|| format!("{at}: {} became {}", start(held), start(found))),
    }
}

/// As much of a value as a message bears.
fn start(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

/// Lists of numbers on one line each: else most lines hold one number.
fn lists_on_one_line(text: &str) -> String {
    let mut lines: Vec<String> = vec![];
    let mut list: Option<Vec<String>> = None;
    for line in text.lines() {
        let entry = line.trim();
        let is_number = entry.trim_end_matches(',').parse::<i64>().is_ok();
        match &mut list {
            Some(entries) if is_number => entries.push(entry.into()),
            Some(entries) if entry.starts_with(']') => {
                let joined = entries.join(" ");
                let open = lines.pop().unwrap_or_default();
                lines.push(format!("{open}{joined}{entry}"));
                list = None;
            }
            _ => {
                if let Some(entries) = list.take() {
                    lines.extend(entries);
                }
                lines.push(line.into());
                list = entry.ends_with('[').then(Vec::new);
            }
        }
    }
    lines.join("\n")
}

/// Lower-case hex.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
