//! What an arbiter begins with.

use cosmwasm_std::coins;
use cw_multi_test::Executor;
use tequio_arbiter::{CONTRACT, ContractError, VERSION};
use tequio_contract::funds::BadFunds;
use tequio_protocol::{
    DemandId,
    arbiter::{ConfigResponse, DemandResponse, InstantiateMsg, QueryMsg},
};

use crate::world::{DENOM, ONE, World, contract};

#[test]
fn it_begins_with_nothing() {
    let world = World::new();
    let config: ConfigResponse = world.ask(&QueryMsg::Config {});
    assert_eq!(config, ConfigResponse { denom: DENOM.into(), verifier: world.verifier.to_string() });
    let all: Vec<DemandResponse> = world.ask(&QueryMsg::Demands { attestation: ONE, start_after: None, limit: None });
    assert_eq!((all, world.to_burn(), world.balance(&world.bob)), (vec![], 0, 0));
    world.conserves();
    assert!(world.asked_wrongly(&QueryMsg::Demand { demand: DemandId(1) }).contains("demand 1 is not known"));
    let version = cw2::query_contract_info(&world.app.wrap(), &world.arbiter).unwrap();
    assert_eq!((version.contract.as_str(), version.version.as_str()), (CONTRACT, VERSION));
}

#[test]
fn its_verifier_is_one() {
    let mut world = World::new();
    let code = world.app.store_code(contract());
    let alice = world.alice.clone();
    // An address that is none, one where nothing is, and one where something else is.
    for verifier in ["Verifier".to_string(), world.bob.to_string(), world.arbiter.to_string()] {
        let message = InstantiateMsg { denom: DENOM.into(), verifier };
        assert!(world.app.instantiate_contract(code, alice.clone(), &message, &[], "other", None).is_err());
    }
    let message = InstantiateMsg { denom: DENOM.into(), verifier: world.verifier.to_string() };
    let funds = coins(1, DENOM);
    let error = world.app.instantiate_contract(code, alice.clone(), &message, &funds, "other", None).unwrap_err();
    let found = format!("1{DENOM}");
    assert_eq!(error.downcast::<ContractError>().unwrap(), ContractError::Funds(BadFunds::NotTaken { found }));
    world.app.instantiate_contract(code, alice, &message, &[], "other", None).unwrap();
}
