//! Writes the JSON schema of this contract to `schema/rewards/`.

use std::{fs, io};

use cosmwasm_schema::generate_api;
use tequio_protocol::rewards::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};

fn main() -> io::Result<()> {
    let api = generate_api! {
        name: "rewards",
        instantiate: InstantiateMsg,
        execute: ExecuteMsg,
        query: QueryMsg,
        migrate: MigrateMsg,
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/rewards");
    fs::create_dir_all(folder)?;
    let json = api.render().to_string().map_err(io::Error::other)?;
    fs::write(format!("{folder}/rewards.json"), json + "\n")
}
