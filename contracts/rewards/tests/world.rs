//! A chain with rewards and the real `cw20-base` on it, and everyone's verbs. Every message that passes must leave the
//! equations equal.

use cosmwasm_schema::serde::de::DeserializeOwned;
use cosmwasm_std::{Addr, Binary, Coin, Uint128, coin, to_json_binary};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor, error::AnyResult};
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20QueryMsg, TokenInfoResponse};
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{
    Conservation, JobId, TypedEvent,
    rewards::{
        ClaimableResponse, Config, ConfigResponse, EpochResponse, ExecuteMsg, Hook, InstantiateMsg, Kind, MIN_TIMELOCK,
        QueryMsg, ReservationResponse, Schedule, Token, WORK_UNIT,
    },
};
use tequio_rewards::{ContractError, execute, instantiate, migrate, query, reply};

/// A number out of its bounds.
pub fn bounds(name: &'static str, value: u64, min: u64, max: u64) -> ContractError {
    ContractError::Core(OutOfBounds::Number { name, value, min, max }.into())
}

/// What `client` and `other` have of the token at genesis.
pub const RICHES: u128 = 1_000_000;
pub const EPOCH: u64 = 3_600;
pub const SCHEDULE: Schedule = Schedule { epoch: EPOCH, initial: Uint128::new(1_000), halving: 4 };
pub const CONFIG: Config =
    Config { rate: Uint128::new(10), kappa_bps: 5_000, cap: Uint128::new(200), timelock: MIN_TIMELOCK };

pub struct World {
    pub app: App,
    pub code: u64,
    pub token_code: u64,
    pub rewards: Addr,
    pub token: Addr,
    pub owner: Addr,
}

pub fn u(amount: u128) -> Uint128 {
    Uint128::new(amount)
}

/// The address that stands behind a name.
pub fn addr(name: &str) -> Addr {
    cosmwasm_std::testing::MockApi::default().with_prefix("cosmwasm").addr_make(name)
}

/// The one event of its kind.
pub fn event<E: TypedEvent>(response: &AppResponse) -> E {
    let mut events = E::all(&response.events);
    assert_eq!(events.len(), 1, "{:?}", response.events);
    events.remove(0)
}

/// The token to instantiate, with genesis for `client` and `other`.
pub fn token(code_id: u64) -> Token {
    let balances =
        ["client", "other"].map(|name| Cw20Coin { address: addr(name).to_string(), amount: u(RICHES) }).to_vec();
    Token { code_id, name: "Tequio".into(), symbol: "TEQ".into(), decimals: 6, balances }
}

impl World {
    /// Rewards that nobody has used.
    pub fn new() -> Self {
        let mut app = App::new(|router, _, storage| {
            router.bank.init_balance(storage, &addr("client"), vec![coin(1_000, "utoken")]).unwrap();
        });
        let wrapper = ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate);
        let code = app.store_code(Box::new(wrapper));
        let cw20 = ContractWrapper::new(
            cw20_base::contract::execute,
            cw20_base::contract::instantiate,
            cw20_base::contract::query,
        );
        let token_code = app.store_code(Box::new(cw20));
        let owner = addr("governance");
        let msg =
            InstantiateMsg { owner: owner.to_string(), token: token(token_code), schedule: SCHEDULE, config: CONFIG };
        let rewards =
            app.instantiate_contract(code, owner.clone(), &msg, &[], "rewards", Some(owner.to_string())).unwrap();
        let config: ConfigResponse = app.wrap().query_wasm_smart(&rewards, &QueryMsg::Config {}).unwrap();
        Self { app, code, token_code, rewards, token: Addr::unchecked(config.token), owner }
    }

    /// Rewards whose source is `escrow`, and a client who bought 1,000 credits and lets it reserve them all.
    pub fn settled() -> (Self, Addr, Addr) {
        let mut world = Self::new();
        let (escrow, client) = (addr("escrow"), addr("client"));
        world.grant(&escrow).unwrap();
        world.buy(&client, 1_000).unwrap();
        world.approve(&client, &escrow, 1_000).unwrap();
        (world, escrow, client)
    }

    pub fn pay(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin]) -> Result<AppResponse, ContractError> {
        let result = self.app.execute_contract(sender.clone(), self.rewards.clone(), msg, funds);
        let conservation = self.conservation();
        assert!(conservation.holds(), "{conservation:?} after {msg:?}");
        result.map_err(|error| error.downcast().expect("an error of the rewards"))
    }

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<AppResponse, ContractError> {
        self.pay(sender, msg, &[])
    }

    pub fn ask<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.app.wrap().query_wasm_smart(&self.rewards, msg).unwrap()
    }

    pub fn pass(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.time = block.time.plus_seconds(seconds);
            block.height += 1;
        });
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// Tokens of `who`.
    pub fn purse(&self, who: &Addr) -> u128 {
        let query = Cw20QueryMsg::Balance { address: who.to_string() };
        let answer: cw20::BalanceResponse = self.app.wrap().query_wasm_smart(&self.token, &query).unwrap();
        answer.balance.u128()
    }

    pub fn supply(&self) -> u128 {
        let answer: TokenInfoResponse =
            self.app.wrap().query_wasm_smart(&self.token, &Cw20QueryMsg::TokenInfo {}).unwrap();
        answer.total_supply.u128()
    }

    // What clients do.

    /// Sends tokens to the rewards with any message. The token may refuse it too.
    pub fn try_tokens(&mut self, sender: &Addr, amount: u128, msg: Binary) -> AnyResult<AppResponse> {
        let msg = Cw20ExecuteMsg::Send { contract: self.rewards.to_string(), amount: u(amount), msg };
        let result = self.app.execute_contract(sender.clone(), self.token.clone(), &msg, &[]);
        assert!(self.conservation().holds());
        result
    }

    pub fn send_tokens(&mut self, sender: &Addr, amount: u128, msg: Binary) -> Result<AppResponse, ContractError> {
        self.try_tokens(sender, amount, msg).map_err(|error| error.downcast().expect("an error of the rewards"))
    }

    pub fn buy_for(
        &mut self,
        sender: &Addr,
        amount: u128,
        client: Option<&Addr>,
    ) -> Result<AppResponse, ContractError> {
        let hook = Hook::Buy { client: client.map(Addr::to_string), approve: None };
        self.send_tokens(sender, amount, to_json_binary(&hook).unwrap())
    }

    pub fn buy(&mut self, client: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.buy_for(client, amount, None)
    }

    pub fn approve(&mut self, client: &Addr, source: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.send(client, &ExecuteMsg::Approve { source: source.to_string(), amount: u(amount) })
    }

    // What sources do.

    /// Reserves for shards of one unit of work each.
    pub fn reserve(
        &mut self,
        source: &Addr,
        job: u64,
        client: &Addr,
        shards: u64,
    ) -> Result<AppResponse, ContractError> {
        let client = client.to_string();
        let msg = ExecuteMsg::Reserve { job: JobId(job), client, kind: Kind::Client, shards, cost: WORK_UNIT.into() };
        self.send(source, &msg)
    }

    /// Reserves for governance's shards of one unit of work each.
    pub fn commons(&mut self, source: &Addr, job: u64, shards: u64) -> Result<AppResponse, ContractError> {
        let client = self.owner.to_string();
        let msg = ExecuteMsg::Reserve { job: JobId(job), client, kind: Kind::Commons, shards, cost: WORK_UNIT.into() };
        self.send(source, &msg)
    }

    pub fn reward(
        &mut self,
        source: &Addr,
        number: u64,
        job: u64,
        provider: &Addr,
        shards: u64,
    ) -> Result<AppResponse, ContractError> {
        let provider = provider.to_string();
        self.send(source, &ExecuteMsg::Reward { number: number.into(), job: JobId(job), provider, shards })
    }

    pub fn release(&mut self, source: &Addr, job: u64, shards: u64) -> Result<AppResponse, ContractError> {
        self.send(source, &ExecuteMsg::Release { job: JobId(job), shards })
    }

    pub fn claim(&mut self, provider: &Addr) -> Result<AppResponse, ContractError> {
        self.send(provider, &ExecuteMsg::Claim { provider: None })
    }

    /// `sender` claims for `provider`.
    pub fn claim_for(&mut self, sender: &Addr, provider: &Addr) -> Result<AppResponse, ContractError> {
        self.send(sender, &ExecuteMsg::Claim { provider: Some(provider.to_string()) })
    }

    // What governance does.

    pub fn grant(&mut self, source: &Addr) -> Result<AppResponse, ContractError> {
        self.send(&self.owner.clone(), &ExecuteMsg::Grant { source: source.to_string() })
    }

    pub fn revoke(&mut self, source: &Addr) -> Result<AppResponse, ContractError> {
        self.send(&self.owner.clone(), &ExecuteMsg::Revoke { source: source.to_string() })
    }

    pub fn configure(&mut self, config: Config) -> Result<AppResponse, ContractError> {
        self.send(&self.owner.clone(), &ExecuteMsg::Configure { config })
    }

    // What anyone sees.

    pub fn credits(&self, client: &Addr) -> u128 {
        self.ask::<Uint128>(&QueryMsg::Credits { client: client.to_string() }).u128()
    }

    pub fn allowance(&self, client: &Addr, source: &Addr) -> u128 {
        let query = QueryMsg::Allowance { client: client.to_string(), source: source.to_string() };
        self.ask::<Uint128>(&query).u128()
    }

    pub fn reservation(&self, source: &Addr, job: u64) -> ReservationResponse {
        self.ask(&QueryMsg::Reservation { source: source.to_string(), job: JobId(job) })
    }

    pub fn claimable(&self, provider: &Addr) -> ClaimableResponse {
        self.ask(&QueryMsg::Claimable { provider: provider.to_string() })
    }

    pub fn epoch(&self, epoch: u64) -> EpochResponse {
        self.ask(&QueryMsg::Epoch { epoch })
    }

    pub fn conservation(&self) -> Conservation {
        self.ask(&QueryMsg::Conservation {})
    }
}
