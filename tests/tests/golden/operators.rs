//! The table in docs/operators.md that says who may do what: from the permission written on each message, and nowhere else.

use std::{fs, path::Path};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use tequio_client::Contract;
use tequio_protocol::{Permission, Permissioned, arbiter, escrow, registry, rewards, verifier};
use tequio_tests::schema::{Case, cases};

use crate::golden;

const PAGE: &str = "docs/operators.md";
const BEGIN: &str =
    "<!-- Generated from the permissions: TEQUIO_BLESS=1 cargo test -p tequio-tests --test golden -->\n";
const END: &str = "<!-- End of what is generated -->\n";

/// What each may send, by contract, in the order in which they are met.
type Table = Vec<(Permission, Vec<(Contract, Vec<String>)>)>;

#[test]
fn the_operators_page_says_who_may_do_what() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE)).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("the page marks where the table begins");
    let (_, after) = rest.split_once(END).expect("the page marks where the table ends");
    golden(PAGE, &format!("{before}{BEGIN}{}{END}{after}", table()));
}

fn table() -> String {
    let mut table = vec![];
    list::<registry::ExecuteMsg>(Contract::Registry, &mut table);
    list::<verifier::ExecuteMsg>(Contract::Verifier, &mut table);
    list::<arbiter::ExecuteMsg>(Contract::Arbiter, &mut table);
    list::<rewards::ExecuteMsg>(Contract::Rewards, &mut table);
    list::<escrow::ExecuteMsg>(Contract::Escrow, &mut table);
    let mut text = String::from("| who | is | may send |\n|---|---|---|\n");
    for (who, contracts) in table {
        let contracts = contracts.iter().map(|(contract, messages)| format!("{contract}: {}", messages.join(", ")));
        text += &format!("| `{who}` | {} | {} |\n", is(who), contracts.collect::<Vec<_>>().join("; "));
    }
    text
}

fn list<M: JsonSchema + DeserializeOwned + Permissioned>(contract: Contract, table: &mut Table) {
    for Case { name, choice, message } in cases::<M>() {
        let who = message.permission();
        let message =
            choice.map_or_else(|| format!("`{name}`"), |(path, word)| format!("`{name}` (`{path}` = `{word}`)"));
        let row = table.iter().position(|(known, _)| *known == who).unwrap_or_else(|| {
            table.push((who, vec![]));
            table.len() - 1
        });
        match table[row].1.iter_mut().find(|(known, _)| *known == contract) {
            Some((_, messages)) => messages.push(message),
            None => table[row].1.push((contract, vec![message])),
        }
    }
}

fn is(who: Permission) -> &'static str {
    match who {
        Permission::Anyone => "every account",
        Permission::Governance => "the contract's owner",
        Permission::PendingOwner => "to whom the owner offered the contract",
        Permission::Provider => "the owner key of a provider",
        Permission::Operator => "the provider's owner key, or a key that it listed",
        Permission::Holder => "a lien holder whose grant is in effect: escrow",
        Permission::AnyHolder => "a lien holder ever granted, revoked ones too",
        Permission::Source => "a source of work whose grant is in effect: escrow",
        Permission::AnySource => "a source of work ever granted, revoked ones too",
        Permission::Client => "the client of the job",
        Permission::Arbiter => "the arbiter that the attestation's subject names",
        Permission::Token => "the reward token",
    }
}
