//! What a source file defines, so that no list here can forget any of it.

/// The variants of an enum, as its source names them.
pub fn variants(source: &str, name: &str) -> Vec<String> {
    let head = format!("pub enum {name} {{");
    let (_, body) = source.split_once(&head).unwrap_or_else(|| panic!("no enum {name}"));
    let (body, _) = body.split_once("\n}").expect("an enum ends");
    let variant = |line: &str| {
        let line = line.strip_prefix("    ")?;
        line.starts_with(|first: char| first.is_ascii_uppercase()).then(|| word(line))
    };
    body.lines().filter_map(variant).collect()
}

fn word(text: &str) -> String {
    text.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
}
