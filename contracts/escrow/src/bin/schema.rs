//! Writes the JSON schema of this contract to `schema/escrow/` of the repository.

use std::{fs, io};

use cosmwasm_schema::generate_api;
use tequio_protocol::escrow::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

fn main() -> io::Result<()> {
    let api = generate_api! {
        name: "escrow",
        instantiate: InstantiateMsg,
        execute: ExecuteMsg,
        query: QueryMsg,
        migrate: MigrateMsg,
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/escrow");
    fs::create_dir_all(folder)?;
    let json = api.render().to_string().map_err(io::Error::other)?;
    fs::write(format!("{folder}/escrow.json"), json + "\n")
}
