use cosmwasm_std::{
    Addr, Reply, SubMsgResponse, SubMsgResult, WasmMsg, coins,
    testing::{mock_dependencies, mock_env},
    to_json_binary,
};
use cw_multi_test::Executor;
use cw20::{Cw20ExecuteMsg, Cw20QueryMsg, MinterResponse};
use tequio_contract::funds::BadFunds;
use tequio_protocol::rewards::{
    Config, ConfigResponse, Configured, InstantiateMsg, MAX_EPOCH, MAX_HALVING, MAX_TIMELOCK, MIN_EPOCH, MIN_TIMELOCK,
    OwnershipChanged, QueryMsg, Schedule, TokenMade,
};
use tequio_rewards::{ContractError, core::error::CoreError, reply};

use crate::world::{CONFIG, RICHES, SCHEDULE, World, addr, bounds, event, token, u};

fn attempt(world: &mut World, change: impl FnOnce(&mut InstantiateMsg)) -> Result<(), ContractError> {
    let mut msg = InstantiateMsg {
        owner: world.owner.to_string(),
        token: token(world.token_code),
        schedule: SCHEDULE,
        config: CONFIG,
    };
    change(&mut msg);
    let result = world.app.instantiate_contract(world.code, addr("alice"), &msg, &[], "rewards", None);
    result.map(drop).map_err(|error| error.downcast().unwrap())
}

#[test]
fn it_instantiates_its_token_and_alone_may_mint_it() {
    let mut world = World::new();
    let config: ConfigResponse = world.ask(&QueryMsg::Config {});
    assert_eq!((config.schedule, config.config, config.start), (SCHEDULE, CONFIG, world.now()));
    assert_eq!(world.supply(), 2 * RICHES);
    assert_eq!(world.purse(&addr("client")), RICHES);

    let minter: MinterResponse = world.app.wrap().query_wasm_smart(&world.token, &Cw20QueryMsg::Minter {}).unwrap();
    let cap = Some(u(2 * RICHES + 2 * 1_000 * 4));
    assert_eq!(minter, MinterResponse { minter: world.rewards.to_string(), cap });
    // Nobody can migrate it.
    assert_eq!(world.app.contract_data(&world.token).unwrap().admin, None);

    let mint = Cw20ExecuteMsg::Mint { recipient: addr("governance").to_string(), amount: u(1) };
    for sender in ["governance", "client"] {
        assert!(world.app.execute_contract(addr(sender), world.token.clone(), &mint, &[]).is_err());
    }
}

#[test]
fn its_beginning_is_told() {
    let mut world = World::new();
    let owner = world.owner.to_string();
    let token = token(world.token_code);
    let msg = InstantiateMsg { owner: owner.clone(), token, schedule: SCHEDULE, config: CONFIG };
    let msg = to_json_binary(&msg).unwrap();
    let begin = WasmMsg::Instantiate { admin: None, code_id: world.code, msg, funds: vec![], label: "another".into() };
    let response = world.app.execute(addr("alice"), begin.into()).unwrap();
    let owned = OwnershipChanged { owner: Some(owner), pending: None };
    let configured = Configured::new(&CONFIG).unwrap();
    assert_eq!((event::<OwnershipChanged>(&response), event::<Configured>(&response)), (owned, configured));
    let made = event::<TokenMade>(&response).token;
    assert_eq!(world.app.contract_data(&Addr::unchecked(made)).unwrap().code_id, world.token_code);
}

#[test]
fn bounds_hold_from_the_start() {
    let mut world = World::new();
    let kappa = Config { kappa_bps: 10_000, ..CONFIG };
    assert_eq!(attempt(&mut world, |msg| msg.config = kappa), Err(bounds("kappa_bps", 10_000, 0, 9_999)));
    let timelock = Config { timelock: MIN_TIMELOCK - 1, ..CONFIG };
    assert_eq!(
        attempt(&mut world, |msg| msg.config = timelock),
        Err(bounds("timelock", MIN_TIMELOCK - 1, MIN_TIMELOCK, MAX_TIMELOCK))
    );
    for epoch in [MIN_EPOCH - 1, MAX_EPOCH + 1] {
        let error = bounds("epoch", epoch, MIN_EPOCH, MAX_EPOCH);
        assert_eq!(attempt(&mut world, |msg| msg.schedule.epoch = epoch), Err(error));
    }
    for halving in [0, MAX_HALVING + 1] {
        let error = bounds("halving", halving, 1, MAX_HALVING);
        assert_eq!(attempt(&mut world, |msg| msg.schedule.halving = halving), Err(error));
    }
    let schedule = Schedule { initial: u(u128::MAX / 2), halving: 1, epoch: 3_600 };
    assert_eq!(
        attempt(&mut world, |msg| msg.schedule = schedule),
        Err(ContractError::Core(CoreError::SupplyBounds {
            genesis: u(2 * RICHES),
            initial: u(u128::MAX / 2),
            halving: 1
        }))
    );
    let balance = token(0).balances.remove(0);
    assert_eq!(
        attempt(&mut world, |msg| msg.token.balances = vec![balance; 101]),
        Err(ContractError::Core(CoreError::TooManyBalances { count: 101, max: 100 }))
    );
    assert_eq!(attempt(&mut world, |_| ()), Ok(()));
}

#[test]
fn funds_are_refused() {
    let mut world = World::new();
    let msg = InstantiateMsg {
        owner: world.owner.to_string(),
        token: token(world.token_code),
        schedule: SCHEDULE,
        config: CONFIG,
    };
    let funds = coins(5, "utoken");
    let result = world.app.instantiate_contract(world.code, addr("client"), &msg, &funds, "rewards", None);
    assert_eq!(
        result.unwrap_err().downcast::<ContractError>().unwrap(),
        ContractError::Funds(BadFunds::NotTaken { found: "5utoken".into() })
    );
}

#[test]
fn what_the_token_refuses_fails_as_a_whole() {
    let mut world = World::new();
    let msg = |symbol: &str| {
        let mut msg = InstantiateMsg {
            owner: world.owner.to_string(),
            token: token(world.token_code),
            schedule: SCHEDULE,
            config: CONFIG,
        };
        msg.token.symbol = symbol.into();
        msg
    };
    let bad = msg("no symbol");
    assert!(world.app.instantiate_contract(world.code, addr("alice"), &bad, &[], "rewards", None).is_err());
}

#[test]
fn replies_that_were_not_asked_for_or_say_nothing_are_refused() {
    #[allow(deprecated)]
    let answer = SubMsgResponse { events: vec![], data: None, msg_responses: vec![] };
    let message = |id| Reply { id, payload: Default::default(), gas_used: 0, result: SubMsgResult::Ok(answer.clone()) };
    let mut deps = mock_dependencies();
    assert_eq!(reply(deps.as_mut(), mock_env(), message(7)), Err(ContractError::UnknownReply { id: 7 }));
    assert_eq!(reply(deps.as_mut(), mock_env(), message(1)), Err(ContractError::NoToken));
}
