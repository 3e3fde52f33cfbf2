use cosmwasm_std::{WasmMsg, coins, to_json_binary};
use cw_multi_test::Executor;
use tequio_contract::funds::BadFunds;
use tequio_protocol::{
    Conservation,
    verifier::{
        Beacon, BeaconProposed, BeaconResponse, Config, Configured, InstantiateMsg, MAX_WAIT, MIN_TIMELOCK,
        OwnershipChanged, QueryMsg,
    },
};
use tequio_verifier::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, FIRST, World, event, out_of_bounds, typed};

fn message(world: &World) -> InstantiateMsg {
    InstantiateMsg { owner: world.governance.to_string(), config: CONFIG, beacon: world.beacon.public().clone() }
}

fn refused(world: &mut World, msg: &InstantiateMsg, funds: &[cosmwasm_std::Coin]) -> ContractError {
    let (code, sender) = (world.code, world.alice.clone());
    typed(world.app.instantiate_contract(code, sender, msg, funds, "verifier", None)).unwrap_err()
}

#[test]
fn it_begins_with_one_beacon_and_no_attestation() {
    let world = World::new();
    assert_eq!(world.query::<Config>(&QueryMsg::Config {}), CONFIG);
    let beacons: Vec<BeaconResponse> = world.query(&QueryMsg::Beacons { start_after: None, limit: None });
    let beacon = world.beacon.public().clone();
    assert_eq!(beacons, [BeaconResponse { id: FIRST, effective: beacon.genesis, beacon }]);
    let conservation: Conservation = world.query(&QueryMsg::Conservation {});
    assert!(conservation.holds() && conservation.equations.iter().all(|e| e.left.is_zero() && e.right.is_zero()));
}

#[test]
fn its_beginning_is_told() {
    let mut world = World::new();
    let msg = to_json_binary(&message(&world)).unwrap();
    let begin = WasmMsg::Instantiate { admin: None, code_id: world.code, msg, funds: vec![], label: "another".into() };
    let response = world.app.execute(world.alice.clone(), begin.into()).unwrap();
    let owned = OwnershipChanged { owner: Some(world.governance.to_string()), pending: None };
    let configured = Configured::new(&CONFIG).unwrap();
    assert_eq!((event::<OwnershipChanged>(&response), event::<Configured>(&response)), (owned, configured));
    assert_eq!(event::<BeaconProposed>(&response), BeaconProposed { beacon: FIRST, effective: world.now() });
}

#[test]
fn every_wrong_setup_has_its_error() {
    let mut world = World::new();
    let good = message(&world);
    let funds = coins(1, "utequio");
    assert_eq!(refused(&mut world, &good, &funds), BadFunds::NotTaken { found: "1utequio".into() }.into());
    let short = InstantiateMsg { config: Config { timelock: 1, ..CONFIG }, ..good.clone() };
    assert_eq!(refused(&mut world, &short, &[]), out_of_bounds("timelock", 1, MIN_TIMELOCK, MAX_WAIT.into()));
    let keyless =
        InstantiateMsg { beacon: Beacon { public_key: vec![].into(), ..good.beacon.clone() }, ..good.clone() };
    assert_eq!(refused(&mut world, &keyless, &[]), CoreError::BadKey { bytes: 0 }.into());
    let now = world.now();
    let late = Beacon { genesis: now + 1, ..good.beacon.clone() };
    let late = InstantiateMsg { beacon: late, ..good.clone() };
    assert_eq!(refused(&mut world, &late, &[]), out_of_bounds("genesis", now + 1, 0, now));
    let nobody = InstantiateMsg { owner: "nobody".into(), ..good };
    assert!(matches!(refused(&mut world, &nobody, &[]), ContractError::Std(_)));
}
