//! The JSON schema of every contract. Each contract's own binary writes the same file.

use cosmwasm_schema::generate_api;

use crate::golden;

macro_rules! pinned {
    ($($test:ident: $contract:ident, $name:literal;)*) => {
        $(#[test]
        fn $test() {
            use tequio_protocol::$contract::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
            let api = generate_api! {
                name: $name,
                instantiate: InstantiateMsg,
                execute: ExecuteMsg,
                query: QueryMsg,
                migrate: MigrateMsg,
            };
            let text = api.render().to_string().expect("a schema is JSON");
            golden(concat!("schema/", $name, "/", $name, ".json"), &(text + "\n"));
        })*
    };
}

pinned! {
    the_schema_of_registry_is_pinned: registry, "registry";
    the_schema_of_verifier_is_pinned: verifier, "verifier";
    the_schema_of_rewards_is_pinned: rewards, "rewards";
    the_schema_of_escrow_is_pinned: escrow, "escrow";
}
