//! From a setup to a chain with everything deployed and granted.

use anyhow::Result;
use cosmwasm_std::{Addr, BlockInfo, Timestamp, coins, testing::MockApi};
use cw_multi_test::{AppBuilder, BasicApp, Executor, no_init};
use cw20::Cw20Coin;
use serde::Serialize;
use tequio_protocol::{escrow, registry, rewards, verifier};

use super::{
    Chain, Setup, Traffic,
    code::{self, Code},
};
use crate::{Contract, LocalBeacon};

/// Where the contracts are.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub registry: Addr,
    pub verifier: Addr,
    pub rewards: Addr,
    pub escrow: Addr,
    pub token: Addr,
}

impl Deployment {
    pub fn address(&self, contract: Contract) -> &Addr {
        match contract {
            Contract::Registry => &self.registry,
            Contract::Verifier => &self.verifier,
            Contract::Rewards => &self.rewards,
            Contract::Escrow => &self.escrow,
            Contract::Token => &self.token,
        }
    }
}

/// Deploys in the order in which the contracts know each other, then grants escrow its two rights.
pub(super) fn deploy(setup: &Setup) -> Result<Chain> {
    let mut app = app(setup)?;
    let governance = app.api().addr_make("governance");
    let beacon = LocalBeacon::new(&setup.beacon_seed, setup.genesis, setup.beacon_period);
    let contracts = contracts(&mut app, setup, &governance, &beacon)?;
    let (denom, block_time) = (setup.denom.clone(), setup.block_time.max(1));
    let (traffic, undrawn) = (Traffic::default(), vec![]);
    let mut chain = Chain { app, contracts, governance, denom, beacon, block_time, traffic, undrawn };
    let (governance, escrow) = (chain.governance.clone(), chain.contracts.escrow.to_string());
    chain.execute(&governance, registry::ExecuteMsg::Grant { holder: escrow.clone() }, 0)?;
    chain.execute(&governance, rewards::ExecuteMsg::Grant { source: escrow }, 0)?;
    chain.traffic = Traffic::default();
    Ok(chain)
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

fn contracts(app: &mut BasicApp, setup: &Setup, governance: &Addr, beacon: &LocalBeacon) -> Result<Deployment> {
    let (owner, denom) = (governance.to_string(), setup.denom.clone());
    let token_code = app.store_code(code::token());
    let balances = setup
        .tokens
        .iter()
        .map(|(name, amount)| Cw20Coin { address: app.api().addr_make(name).into(), amount: (*amount).into() })
        .collect();
    let token =
        rewards::Token { code_id: token_code, name: "Tequio".into(), symbol: "TEQ".into(), decimals: 6, balances };

    let mut deploy = Deployer { app, governance };
    let config = setup.registry.clone();
    let registry = deploy.instantiate(
        code::registry(),
        "registry",
        &registry::InstantiateMsg { owner: owner.clone(), denom: denom.clone(), config },
    )?;
    let (config, beacon) = (setup.verifier.clone(), beacon.public().clone());
    let verifier = deploy.instantiate(
        code::verifier(),
        "verifier",
        &verifier::InstantiateMsg { owner: owner.clone(), config, beacon },
    )?;
    let (config, schedule) = (setup.rewards.clone(), setup.schedule.clone());
    let rewards = deploy.instantiate(
        code::rewards(),
        "rewards",
        &rewards::InstantiateMsg { owner: owner.clone(), token, schedule, config },
    )?;
    let escrow = escrow::InstantiateMsg {
        owner,
        denom,
        registry: registry.to_string(),
        verifier: verifier.to_string(),
        rewards: rewards.to_string(),
        config: setup.escrow.clone(),
    };
    let escrow = deploy.instantiate(code::escrow(), "escrow", &escrow)?;
    let terms: rewards::ConfigResponse = deploy.app.wrap().query_wasm_smart(&rewards, &rewards::QueryMsg::Config {})?;
    Ok(Deployment { registry, verifier, rewards, escrow, token: Addr::unchecked(terms.token) })
}

struct Deployer<'a> {
    app: &'a mut BasicApp,
    governance: &'a Addr,
}

impl Deployer<'_> {
    fn instantiate(&mut self, code: Code, label: &str, msg: &impl Serialize) -> Result<Addr> {
        let code = self.app.store_code(code);
        let admin = Some(self.governance.to_string());
        self.app.instantiate_contract(code, self.governance.clone(), msg, &[], label, admin)
    }
}
