//! Writes the contract's JSON schema to `schema/verifier/` of the repository.

use std::{fs, path::Path};

use cosmwasm_schema::generate_api;
use tequio_protocol::verifier::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

fn main() {
    let api = generate_api! {
        name: "verifier",
        instantiate: InstantiateMsg,
        execute: ExecuteMsg,
        query: QueryMsg,
        migrate: MigrateMsg,
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/verifier");
    fs::create_dir_all(&folder).expect("folder of the schema");
    let text = api.render().to_string().expect("schema as JSON");
    fs::write(folder.join("verifier.json"), text + "\n").expect("file of the schema");
}
