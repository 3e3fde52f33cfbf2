use cosmwasm_std::Addr;
use tequio_contract::{bounds::OutOfBounds, grant::BadGrant};
use tequio_protocol::{
    TypedEvent,
    registry::{Config, Credited, Part, Reason, Slashed},
};
use tequio_registry::{ContractError, core::error::CoreError};

use crate::world::{CONFIG, RICHES, World, addr, event, part, u};

#[test]
fn a_slash_is_split_to_the_unit_and_the_rest_is_to_be_burned() {
    let (mut world, alice, escrow) = World::settled();
    let (client, reporter) = (addr("client"), addr("reporter"));
    let supply = world.supply();
    world.lien(&escrow, &alice, 600).unwrap();
    let response = world.slash(&escrow, &alice, 501, part(&client, 60), part(&reporter, 40)).unwrap();
    let slashed = Slashed {
        provider: alice.to_string(),
        holder: escrow.to_string(),
        amount: u(501),
        to_burn: u(401),
        client: Some(client.to_string()),
        client_amount: u(60),
        reporter: Some(reporter.to_string()),
        reporter_amount: u(40),
    };
    assert_eq!(event::<Slashed>(&response), slashed);
    let credited = |to: &Addr, amount, reason| Credited { address: to.to_string(), amount: u(amount), reason };
    let each = [credited(&client, 60, Reason::SlashClient), credited(&reporter, 40, Reason::SlashReporter)];
    assert_eq!(Credited::all(&response.events), each);
    assert_eq!(world.supply(), supply);
    assert_eq!((world.balance(&client), world.balance(&reporter)), (60, 40));
    assert_eq!(world.stake(&alice), (400, 0, 99, 501));
    assert_eq!(world.purse(&world.registry), 1_000);
    world.burn().unwrap();
    assert_eq!((world.supply(), world.purse(&world.registry)), (supply - 401, 499 + 100));
    // Nobody was paid yet: parts are pulled.
    assert_eq!(world.purse(&client), RICHES);
}

#[test]
fn without_parts_everything_burns() {
    let (mut world, alice, escrow) = World::settled();
    let supply = world.supply();
    world.lien(&escrow, &alice, 600).unwrap();
    world.slash(&escrow, &alice, 600, None, None).unwrap();
    world.burn().unwrap();
    assert_eq!(world.supply(), supply - 600);
    assert_eq!(world.purse(&world.registry), 400);
}

#[test]
fn slash_yourself_to_save_the_stake_loses_at_least_four_fifths() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 101).unwrap();
    let error = ContractError::Core(CoreError::BurnShort {
        amount: u(101),
        client: u(15),
        reporter: u(6),
        burned: u(80),
        least: u(81),
    });
    assert_eq!(world.slash(&escrow, &alice, 101, part(&alice, 15), part(&alice, 6)).unwrap_err(), error);
    world.slash(&escrow, &alice, 101, part(&alice, 14), part(&alice, 6)).unwrap();
    world.withdraw(&alice).unwrap();
    assert_eq!(world.purse(&alice), RICHES - 1_000 + 20);
}

#[test]
fn governance_may_have_more_burned() {
    let (mut world, alice, escrow) = World::settled();
    world.configure(Config { burn_bps: 9_000, ..CONFIG }).unwrap();
    world.lien(&escrow, &alice, 100).unwrap();
    let error = ContractError::Core(CoreError::BurnShort {
        amount: u(100),
        client: u(11),
        reporter: u(0),
        burned: u(89),
        least: u(90),
    });
    assert_eq!(world.slash(&escrow, &alice, 100, part(&addr("client"), 11), None).unwrap_err(), error);
    world.slash(&escrow, &alice, 100, part(&addr("client"), 10), None).unwrap();
}

#[test]
fn parts_beyond_the_slash_are_refused() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 100).unwrap();
    let client = addr("client");
    let error = ContractError::Core(CoreError::PartsExceed { amount: u(100), client: u(101), reporter: u(0) });
    assert_eq!(world.slash(&escrow, &alice, 100, part(&client, 101), None).unwrap_err(), error);
    let most = u(u128::MAX);
    let error = ContractError::Core(CoreError::PartsExceed { amount: u(100), client: most, reporter: most });
    let whole = Some(Part { to: client.to_string(), amount: most });
    assert_eq!(world.slash(&escrow, &alice, 100, whole.clone(), whole).unwrap_err(), error);
}

#[test]
fn parts_of_zero_are_no_parts() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 1).unwrap();
    let response = world.slash(&escrow, &alice, 1, part(&addr("client"), 0), None).unwrap();
    assert_eq!(event::<Slashed>(&response).client, None);
    assert_eq!(Credited::all(&response.events), []);
    assert_eq!(world.balance(&addr("client")), 0);
    assert!(matches!(world.withdraw(&addr("client")), Err(ContractError::NothingToWithdraw { .. })));
}

#[test]
fn a_slash_takes_at_most_the_lien_of_its_caller() {
    let (mut world, alice, escrow) = World::settled();
    let other = addr("other");
    world.grant(&other).unwrap();
    world.cap(&alice, &other, 100).unwrap();
    world.pass(CONFIG.timelock);
    world.lien(&escrow, &alice, 300).unwrap();
    world.lien(&other, &alice, 100).unwrap();
    assert_eq!(
        world.slash(&other, &alice, 101, None, None).unwrap_err(),
        ContractError::Core(CoreError::LienShort { placed: u(100), needed: u(101) })
    );
    world.slash(&other, &alice, 100, None, None).unwrap();
    assert_eq!(
        world.slash(&other, &alice, 1, None, None).unwrap_err(),
        ContractError::Core(CoreError::LienShort { placed: u(0), needed: u(1) })
    );
    assert_eq!(world.stake(&alice), (600, 0, 300, 100));
}

#[test]
fn wrong_ways_to_slash() {
    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 100).unwrap();
    assert_eq!(
        world.slash(&escrow, &alice, 0, None, None).unwrap_err(),
        ContractError::Bounds(OutOfBounds::Zero { name: "amount" })
    );
    let owner = world.owner.clone();
    assert_eq!(
        world.slash(&owner, &alice, 1, None, None).unwrap_err(),
        ContractError::Grant(BadGrant::Never { right: "place liens", address: owner })
    );
    let nobody = Some(Part { to: "nobody".into(), amount: u(1) });
    assert!(matches!(world.slash(&escrow, &alice, 100, nobody, None), Err(ContractError::Std(_))));
    assert_eq!(world.stake(&alice), (900, 0, 100, 0));
}

/// A holder who places and slashes again and again never gets beyond what the provider allowed it once.
#[test]
fn a_cap_bounds_what_is_ever_taken() {
    let (mut world, alice, escrow) = World::settled();
    world.cap(&alice, &escrow, 100).unwrap();
    for left in [100, 70, 40, 10] {
        world.lien(&escrow, &alice, left.min(30)).unwrap();
        world.slash(&escrow, &alice, left.min(30), None, None).unwrap();
    }
    assert_eq!(
        world.lien(&escrow, &alice, 1).unwrap_err(),
        ContractError::Core(CoreError::CapExceeded { holder: escrow.clone(), placed: u(0), amount: u(1), cap: u(0) })
    );
    assert_eq!(world.stake(&alice), (900, 0, 0, 100));
    // What is placed stays placed, and another cap is the provider's to set.
    world.cap(&alice, &escrow, 50).unwrap();
    world.lien(&escrow, &alice, 50).unwrap();
    world.slash(&escrow, &alice, 20, None, None).unwrap();
    assert_eq!(world.stake(&alice), (850, 0, 30, 120));
    assert!(world.lien(&escrow, &alice, 1).is_err());
}
