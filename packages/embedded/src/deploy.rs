//! From a setup to a chain with everything deployed and granted.

use anyhow::Result;
use cosmwasm_std::{Addr, BlockInfo, CosmosMsg, Timestamp, WasmMsg, coins, testing::MockApi};
use cw_multi_test::{AppBuilder, BankSudo, BasicApp, Executor, SudoMsg, no_init};
use cw20::Cw20Coin;
use tequio_client::{
    Call, Contract, Deployment,
    deploy::{Progress, REHEARSAL, Settings, Step},
};
use tequio_protocol::rewards;

use crate::{LocalBeacon, Setup, code};

pub fn deploy(setup: &Setup) -> Result<(BasicApp, Deployment, LocalBeacon)> {
    let mut app = app(setup)?;
    let beacon = setup.beacon();
    let settings = settings(&app, setup, &beacon);
    // What the rehearsal burns, so that nobody's purse depends on it.
    let (to_address, amount) = (settings.governance.to_string(), coins(REHEARSAL.u128(), &setup.denom));
    app.sudo(SudoMsg::Bank(BankSudo::Mint { to_address, amount }))?;
    let mut done = Progress::default();
    while let Some(step) = settings.next(&done)? {
        take(&mut app, &settings, step, &mut done)?;
    }
    Ok((app, done.deployment(&settings)?, beacon))
}

fn app(setup: &Setup) -> Result<BasicApp> {
    let block = BlockInfo { height: 1, time: Timestamp::from_seconds(setup.genesis), chain_id: setup.chain_id.clone() };
    let api = MockApi::default().with_prefix("tequio");
    let mut app = AppBuilder::new().with_api(api).with_block(block).build(no_init);
    app.init_modules(|router, api, storage| {
        setup.funds.iter().try_for_each(|(name, amount)| {
            router.bank.init_balance(storage, &api.addr_make(name), coins(*amount, &setup.denom))
        })
    })?;
    Ok(app)
}

fn settings(app: &BasicApp, setup: &Setup, beacon: &LocalBeacon) -> Settings {
    let coin = |(name, amount): &(String, u128)| Cw20Coin {
        address: app.api().addr_make(name).into(),
        amount: (*amount).into(),
    };
    let balances = setup.tokens.iter().map(coin).collect();
    setup.settings(app.api().addr_make("governance"), beacon, balances)
}

/// Takes one step of a deployment.
fn take(app: &mut BasicApp, settings: &Settings, step: Step, done: &mut Progress) -> Result<()> {
    let governance = settings.governance.clone();
    match step {
        Step::Upload { contract } => done.uploaded(contract, app.store_code(code::of(contract))),
        Step::Instantiate { contract, code, message } => {
            let admin = Some(governance.to_string());
            let (funds, label) = (vec![], contract.to_string());
            let message = WasmMsg::Instantiate { admin, code_id: code, msg: message.into(), funds, label };
            let events = app.execute(governance, CosmosMsg::from(message))?.events;
            let created = events.iter().filter(|event| event.ty == "instantiate");
            let mut addresses = created.flat_map(|event| &event.attributes).filter(|at| at.key == "_contract_address");
            // Its own comes first, then those of contracts that it instantiated.
            let address = addresses.next().map(|attribute| Addr::unchecked(&attribute.value));
            done.instantiated(contract, address.ok_or_else(|| anyhow::anyhow!("{contract} has no address"))?);
        }
        Step::FindToken { rewards } => {
            let config: rewards::ConfigResponse =
                app.wrap().query_wasm_smart(rewards, &rewards::QueryMsg::Config {})?;
            done.instantiated(Contract::Token, Addr::unchecked(config.token));
        }
        Step::Send { call } => {
            let Call { message, funds } = *call;
            let contract_addr = done.address(message.contract())?.into_string();
            let funds = if funds.is_zero() { vec![] } else { coins(funds.u128(), &settings.denom) };
            let message = WasmMsg::Execute { contract_addr, msg: message.json()?.into(), funds };
            app.execute(governance, CosmosMsg::from(message))?;
            done.sent();
        }
    }
    Ok(())
}
