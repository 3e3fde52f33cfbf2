//! What contracts refuse, back in its typed form: a chain reports an error as the text that its definition makes.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use serde::Deserialize;

/// Every error of every contract, as the schema has it.
const ERRORS: &str = include_str!("../../../schema/errors.json");

/// A contract, or a module of the chain, refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What was asked: `escrow assign`; empty where that is not known.
    pub asked: String,
    /// The error as its definition names it, if it is one of ours.
    pub error: Option<Known>,
    /// In words.
    pub text: String,
}

/// An error of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub variant: String,
    /// The numbers behind it.
    pub fields: BTreeMap<String, String>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if !self.asked.is_empty() {
            write!(f, "{}: ", self.asked)?;
        }
        write!(f, "{}", self.text)
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// Reads what a chain logs of messages, each of which is called as in `asked`.
    pub fn read(log: &str, asked: &[String]) -> Self {
        let (index, text) = strip(log);
        let asked = match (index, asked) {
            (Some(index), _) => asked.get(index).cloned(),
            (None, [only]) => Some(only.clone()),
            _ => None,
        };
        let asked = asked.unwrap_or_default();
        let contract = asked.split(' ').next().unwrap_or_default();
        Self { error: known(text, contract), text: text.to_owned(), asked }
    }
}

/// Index of the message and the contract's own words, of what x/wasm makes of them.
fn strip(log: &str) -> (Option<usize>, &str) {
    const BEFORE: &str = "failed to execute message; message index: ";
    let (index, mut text) = match log.split_once(BEFORE).and_then(|(_, rest)| rest.split_once(": ")) {
        Some((index, text)) => (index.parse().ok(), text),
        None => (None, log),
    };
    text = text.strip_prefix("dispatch: submessages: ").unwrap_or(text);
    for after in
        [": execute wasm contract failed", ": query wasm contract failed", ": instantiate wasm contract failed"]
    {
        text = text.split_once(after).map_or(text, |(text, _)| text);
    }
    (index, text)
}

#[derive(Deserialize)]
struct Definition {
    variant: String,
    text: Option<String>,
}

/// A text cut at its fields: `pieces[0] name[0] pieces[1] …`.
struct Template {
    contract: String,
    variant: String,
    pieces: Vec<String>,
    names: Vec<String>,
}

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let errors: BTreeMap<String, BTreeMap<String, Vec<Definition>>> =
        serde_json::from_str(ERRORS).expect("the schema is JSON");
    let mut templates = vec![];
    for (contract, types) in errors {
        for definition in types.into_values().flatten() {
            let Definition { variant, text: Some(text) } = definition else { continue };
            let (pieces, names) = cut(&text);
            templates.push(Template { contract: contract.clone(), variant, pieces, names });
        }
    }
    // The most literal first: what is left to fields fits anything.
    templates.sort_by_key(|template| usize::MAX - template.pieces.iter().map(String::len).sum::<usize>());
    templates
});

fn cut(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut pieces, mut names, mut rest) = (vec![], vec![], text);
    while let Some((piece, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        pieces.push(piece.to_owned());
        names.push(name.split(':').next().unwrap_or_default().to_owned());
        rest = after;
    }
    pieces.push(rest.to_owned());
    (pieces, names)
}

impl Template {
    /// The fields of a text that this template makes.
    fn fields(&self, text: &str) -> Option<BTreeMap<String, String>> {
        let mut rest = text.strip_prefix(self.pieces[0].as_str())?;
        let mut fields = BTreeMap::new();
        for (at, (name, piece)) in self.names.iter().zip(&self.pieces[1..]).enumerate() {
            let last = at + 1 == self.names.len();
            let (value, after) = match (last, piece.as_str()) {
                (true, "") => (rest, ""),
                // An amount and its denom.
                (false, "") => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
                (true, end) => (rest.strip_suffix(end)?, ""),
                (false, piece) => rest.split_once(piece)?,
            };
            if value.is_empty() {
                return None;
            }
            fields.insert(name.clone(), value.to_owned());
            rest = after;
        }
        if self.names.is_empty() && !rest.is_empty() { None } else { Some(fields) }
    }
}

/// The error that a text is, of this contract or of what all contracts stand on.
fn known(text: &str, contract: &str) -> Option<Known> {
    let of = |template: &&Template| template.contract == contract || template.contract == "contract";
    let found = TEMPLATES.iter().filter(of).find_map(|template| Some((template, template.fields(text)?)));
    found.map(|(template, fields)| Known { variant: template.variant.clone(), fields })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_read_back_with_its_numbers() {
        let log =
            "failed to execute message; message index: 1: free stake 400 short of 1000: execute wasm contract failed";
        let asked = ["registry register".to_owned(), "registry bond".to_owned()];
        let refused = Refused::read(log, &asked);
        assert_eq!(refused.to_string(), "registry bond: free stake 400 short of 1000");
        let fields = [("free", "400"), ("needed", "1000")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let error = refused.error.unwrap();
        assert_eq!(error.fields, fields.into());
    }

    #[test]
    fn what_is_not_ours_is_said_as_it_is() {
        let refused = Refused::read("spendable balance 5utequio is smaller than 7utequio: insufficient funds", &[]);
        assert_eq!(refused.error, None);
        assert_eq!(refused.to_string(), "spendable balance 5utequio is smaller than 7utequio: insufficient funds");
    }

    /// Of every error of every contract: its own text, fields filled in, is read back as it.
    #[test]
    fn every_error_is_read_back() {
        for template in TEMPLATES.iter() {
            let text: String = template
                .pieces
                .iter()
                .enumerate()
                .map(|(at, piece)| match at {
                    0 => piece.clone(),
                    _ if at % 2 == 1 => format!("{}{piece}", at * 7),
                    _ => format!("x{piece}"),
                })
                .collect();
            let Some(known) = known(&text, &template.contract) else { panic!("{text}") };
            let said = template.names.iter().collect::<std::collections::BTreeSet<_>>().len();
            assert!(known.fields.len() == said || known.variant != template.variant, "{text}: {known:?}");
            if template.pieces.iter().any(|piece| piece.len() > 12) {
                assert_eq!(known.variant, template.variant, "{text}");
            }
        }
    }
}
