use cosmwasm_std::coins;
use cw_multi_test::Executor;
use tequio_protocol::{
    Conservation,
    verifier::{Beacon, BeaconResponse, Config, InstantiateMsg, QueryMsg},
};
use tequio_verifier::ContractError;

use crate::world::{CONFIG, FIRST, World, typed};

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
fn every_wrong_setup_has_its_error() {
    let mut world = World::new();
    let good = message(&world);
    let funds = coins(1, "utequio");
    assert_eq!(refused(&mut world, &good, &funds), ContractError::Funds { sent: "1utequio".into() });
    let short = InstantiateMsg { config: Config { delay: 1, ..CONFIG }, ..good.clone() };
    assert!(matches!(refused(&mut world, &short, &[]), ContractError::OutOfBounds { field: "delay", value: 1, .. }));
    let keyless =
        InstantiateMsg { beacon: Beacon { public_key: vec![].into(), ..good.beacon.clone() }, ..good.clone() };
    assert_eq!(refused(&mut world, &keyless, &[]), ContractError::BadKey { bytes: 0 });
    let late = Beacon { genesis: world.now() + 1, ..good.beacon.clone() };
    let late = InstantiateMsg { beacon: late, ..good.clone() };
    assert!(matches!(refused(&mut world, &late, &[]), ContractError::OutOfBounds { field: "genesis", .. }));
    let nobody = InstantiateMsg { owner: "nobody".into(), ..good };
    assert!(matches!(refused(&mut world, &nobody, &[]), ContractError::Std(_)));
}
