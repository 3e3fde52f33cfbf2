use cw_multi_test::Executor;
use cw20::Cw20ExecuteMsg;
use tequio_protocol::{
    JobId,
    rewards::{EpochResponse, LAST_EPOCH, MAX_EPOCH, QueryMsg, ReservationResponse, SourceResponse},
};

use crate::world::{EPOCH, RICHES, World, addr, u};

#[test]
fn sources_come_in_pages() {
    let mut world = World::new();
    let mut all: Vec<String> = (0..101).map(|n| addr(&format!("source {n}")).to_string()).collect();
    for n in 0..101 {
        world.grant(&addr(&format!("source {n}"))).unwrap();
    }
    all.sort();
    let page = |start_after: Option<&String>, limit| -> Vec<String> {
        let query = QueryMsg::Sources { start_after: start_after.cloned(), limit };
        world.ask::<Vec<SourceResponse>>(&query).into_iter().map(|source| source.source).collect()
    };
    assert_eq!(page(None, None), all[..30]);
    assert_eq!(page(Some(&all[29]), None), all[30..60]);
    assert_eq!(page(None, Some(u32::MAX)), all[..100]);
    assert_eq!(page(Some(&all[99]), Some(u32::MAX)), all[100..]);
    assert_eq!(page(Some(&all[100]), None), Vec::<String>::new());
}

#[test]
fn an_epoch_before_anyone_worked_in_it_and_the_last_one() {
    let world = World::new();
    let start = world.now();
    let expected = EpochResponse {
        epoch: 5,
        begins: start + 5 * EPOCH,
        ends: start + 6 * EPOCH,
        budget: u(500),
        work: u(0),
        minted: u(0),
    };
    assert_eq!(world.epoch(5), expected);
    let last = world.epoch(LAST_EPOCH);
    assert_eq!((last.begins, last.budget), (start + LAST_EPOCH * EPOCH, u(0)));
    for epoch in [LAST_EPOCH + 1, u64::MAX] {
        let answer = world.app.wrap().query_wasm_smart::<EpochResponse>(&world.rewards, &QueryMsg::Epoch { epoch });
        assert!(answer.unwrap_err().to_string().contains(&format!("epoch is {epoch}, not between 0 and 16777216")));
    }
    // Whatever the schedule, JSON numbers hold them.
    assert!(start + (LAST_EPOCH + 1) * MAX_EPOCH < 1 << 53);
}

#[test]
fn what_does_not_exist() {
    let world = World::new();
    let query = QueryMsg::Reservation { source: addr("escrow").to_string(), job: JobId(1) };
    let answer = world.app.wrap().query_wasm_smart::<ReservationResponse>(&world.rewards, &query);
    assert!(answer.unwrap_err().to_string().contains("nothing was ever reserved for job 1"));
    let claimable = world.claimable(&addr("dave"));
    assert_eq!((claimable.earned, claimable.emitted, claimable.open_work), (u(0), u(0), u(0)));
    assert_eq!((claimable.more, claimable.closes), (false, world.epoch(0).ends));
}

fn sides(world: &World) -> Vec<(u128, u128)> {
    let conservation = world.conservation();
    assert!(conservation.holds(), "{conservation:?}");
    conservation.equations.iter().map(|equation| (equation.left.u128(), equation.right.u128())).collect()
}

#[test]
fn conservation_shows_both_sides() {
    let (mut world, escrow, client) = World::settled();
    let alice = addr("alice");
    world.reserve(&escrow, 1, &client, 10).unwrap();
    world.commons(&escrow, 2, 10).unwrap();
    world.reward(&escrow, 1, 1, &alice, 4).unwrap();
    world.reward(&escrow, 2, 2, &alice, 1).unwrap();
    world.pass(EPOCH);
    world.claim(&alice).unwrap();
    let supply = 2 * RICHES - 1_000 + 220;
    let expected = [
        (1_000, 1_000),
        (20, 20),
        (20, 20),
        (200, 1_000),
        (220, 220),
        (supply + 1_000, 2 * RICHES + 220),
        (supply, 2 * RICHES + 8_000),
    ];
    assert_eq!(sides(&world), expected);
}

#[test]
fn who_burns_tokens_at_the_token_itself_upsets_no_equation() {
    let mut world = World::new();
    let burn = Cw20ExecuteMsg::Burn { amount: u(5) };
    world.app.execute_contract(addr("client"), world.token.clone(), &burn, &[]).unwrap();
    assert_eq!(sides(&world)[5], (2 * RICHES - 5, 2 * RICHES));
}
