use cosmwasm_std::{WasmMsg, coins, to_json_binary};
use cw_multi_test::Executor;
use tequio_contract::{bounds::OutOfBounds, funds::BadFunds};
use tequio_protocol::registry::{
    Config, ConfigResponse, Configured, InstantiateMsg, MIN_THAW, OwnershipChanged, QueryMsg,
};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, DENOM, World, addr, event};

fn attempt(world: &mut World, denom: &str, config: Config, paid: u128) -> Result<(), ContractError> {
    let msg = InstantiateMsg { owner: world.owner.to_string(), denom: denom.into(), config };
    let funds = if paid == 0 { vec![] } else { coins(paid, DENOM) };
    let result = world.app.instantiate_contract(world.code, addr("alice"), &msg, &funds, "registry", None);
    result.map(drop).map_err(|error| error.downcast().unwrap())
}

#[test]
fn a_registry_begins_empty_and_answers_its_config() {
    let world = World::fresh();
    let answer: ConfigResponse = world.ask(&QueryMsg::Config {});
    assert_eq!(answer, ConfigResponse { denom: DENOM.into(), config: CONFIG });
    assert!(world.conservation().holds());
    let ownership: cw_ownable::Ownership<String> = world.ask(&QueryMsg::Ownership {});
    assert_eq!(ownership.owner, Some(world.owner.to_string()));
}

#[test]
fn its_beginning_is_told() {
    let mut world = World::new();
    let owner = world.owner.to_string();
    let msg = InstantiateMsg { owner: owner.clone(), denom: DENOM.into(), config: CONFIG };
    let msg = to_json_binary(&msg).unwrap();
    let begin = WasmMsg::Instantiate { admin: None, code_id: world.code, msg, funds: vec![], label: "another".into() };
    let response = world.app.execute(addr("alice"), begin.into()).unwrap();
    let owned = OwnershipChanged { owner: Some(owner), pending: None };
    let configured = Configured::new(&CONFIG).unwrap();
    assert_eq!((event::<OwnershipChanged>(&response), event::<Configured>(&response)), (owned, configured));
}

#[test]
fn bounds_hold_from_the_start() {
    let mut world = World::new();
    let config = Config { thaw: MIN_THAW - 1, ..CONFIG };
    let error =
        CoreError::from(OutOfBounds::Number { name: "thaw", value: MIN_THAW - 1, min: MIN_THAW, max: 31_536_000 })
            .into();
    assert_eq!(attempt(&mut world, DENOM, config, 0), Err(error));
    assert_eq!(attempt(&mut world, "", CONFIG, 0), Err(ContractError::Core(CoreError::BadDenom { denom: "".into() })));
    assert_eq!(
        attempt(&mut world, DENOM, CONFIG, 5),
        Err(ContractError::Funds(BadFunds::NotTaken { found: "5utoken".into() }))
    );
    assert_eq!(attempt(&mut world, DENOM, CONFIG, 0), Ok(()));
}
