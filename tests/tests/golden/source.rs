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

/// The structs that `event!` defines, as its source names them.
pub fn events(source: &str) -> Vec<String> {
    let name =
        |text: &str| word(text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('/'))?).into();
    source.split("event!(").skip(1).filter_map(name).collect()
}

fn word(text: &str) -> String {
    text.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
}
