//! The JSON schema of the messages and answers of every contract.

use cosmwasm_schema::generate_api;

macro_rules! schema {
    ($contract:ident, $name:literal) => {{
        use tequio_protocol::$contract::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
        let api = generate_api! {
            name: $name,
            instantiate: InstantiateMsg,
            execute: ExecuteMsg,
            query: QueryMsg,
            migrate: MigrateMsg,
        };
        let text = api.render().to_string().expect("a schema is JSON");
        (concat!("schema/", $name, ".json").to_string(), text + "\n")
    }};
}

pub fn files() -> Vec<(String, String)> {
    vec![
        schema!(registry, "registry"),
        schema!(verifier, "verifier"),
        schema!(arbiter, "arbiter"),
        schema!(rewards, "rewards"),
        schema!(escrow, "escrow"),
    ]
}
