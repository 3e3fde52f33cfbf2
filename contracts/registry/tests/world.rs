//! A chain with a registry on it, and everyone's verbs. Every message that passes must leave the equations equal.

use cosmwasm_schema::serde::de::DeserializeOwned;
use cosmwasm_std::{Addr, Coin, Uint128, coin, coins};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};
use tequio_protocol::{
    Conservation, TypedEvent,
    registry::{
        Config, ExecuteMsg, InstantiateMsg, LienResponse, MIN_BURN_BPS, MIN_THAW, Metadata, Part, ProviderResponse,
        QueryMsg, ThawResponse,
    },
};
use tequio_registry::{ContractError, execute, instantiate, migrate, query};

pub const DENOM: &str = "utoken";
pub const OTHER: &str = "uother";
/// What everyone has at first, of either denom.
pub const RICHES: u128 = 1_000_000;
pub const CONFIG: Config = Config { thaw: MIN_THAW, timelock: 2 * MIN_THAW, burn_bps: MIN_BURN_BPS };

pub struct World {
    pub app: App,
    pub code: u64,
    pub registry: Addr,
    pub owner: Addr,
}

pub fn u(amount: u128) -> Uint128 {
    Uint128::new(amount)
}

/// The address that stands behind a name.
pub fn addr(name: &str) -> Addr {
    cosmwasm_std::testing::MockApi::default().with_prefix("cosmwasm").addr_make(name)
}

pub fn part(to: &Addr, amount: u128) -> Option<Part> {
    Some(Part { to: to.to_string(), amount: u(amount) })
}

/// The one event of its kind.
pub fn event<E: TypedEvent>(response: &AppResponse) -> E {
    let mut events = E::all(&response.events);
    assert_eq!(events.len(), 1, "{:?}", response.events);
    events.remove(0)
}

impl World {
    /// A registry where a first holder was granted, so that providers may come.
    pub fn new() -> Self {
        let mut world = Self::fresh();
        world.grant(&addr("first")).unwrap();
        world
    }

    /// A registry that nobody has used.
    pub fn fresh() -> Self {
        let names = ["alice", "bob", "carol", "dave", "client", "reporter", "escrow", "other", "governance"];
        let mut app = App::new(|router, _, storage| {
            for name in names {
                let riches = vec![coin(RICHES, OTHER), coin(RICHES, DENOM)];
                router.bank.init_balance(storage, &addr(name), riches).unwrap();
            }
        });
        let code = app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate)));
        let owner = addr("governance");
        let msg = InstantiateMsg { owner: owner.to_string(), denom: DENOM.into(), config: CONFIG };
        let registry =
            app.instantiate_contract(code, owner.clone(), &msg, &[], "registry", Some(owner.to_string())).unwrap();
        Self { app, code, registry, owner }
    }

    /// A registry where `escrow` may place liens and `alice` is a provider of 1,000 who lets it place up to 600.
    pub fn settled() -> (Self, Addr, Addr) {
        let mut world = Self::fresh();
        let (alice, escrow) = (addr("alice"), addr("escrow"));
        world.grant(&escrow).unwrap();
        world.provider("alice", 1_000);
        world.cap(&alice, &escrow, 600).unwrap();
        (world, alice, escrow)
    }

    pub fn pay(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin]) -> Result<AppResponse, ContractError> {
        let result = self.app.execute_contract(sender.clone(), self.registry.clone(), msg, funds);
        let conservation = self.conservation();
        assert!(conservation.holds(), "{conservation:?} after {msg:?}");
        result.map_err(|error| error.downcast().expect("an error of the registry"))
    }

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<AppResponse, ContractError> {
        self.pay(sender, msg, &[])
    }

    pub fn ask<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.app.wrap().query_wasm_smart(&self.registry, msg).unwrap()
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

    pub fn purse(&self, who: &Addr) -> u128 {
        self.app.wrap().query_balance(who, DENOM).unwrap().amount.u128()
    }

    /// All of the denom there is, the burned gone.
    pub fn supply(&self) -> u128 {
        self.app.wrap().query_supply(DENOM).unwrap().amount.u128()
    }

    // What providers do.

    /// Registers `name`, who works alone, with `stake`.
    pub fn provider(&mut self, name: &str, stake: u128) -> Addr {
        let provider = addr(name);
        let msg = ExecuteMsg::Register { operators: vec![], metadata: Metadata::default() };
        let funds = if stake == 0 { vec![] } else { coins(stake, DENOM) };
        self.pay(&provider, &msg, &funds).unwrap();
        provider
    }

    /// Lets `added` work for `provider`, and `removed` no longer.
    pub fn rotate(&mut self, provider: &Addr, added: &[&str], removed: &[&str]) -> Result<AppResponse, ContractError> {
        let [add, remove] = [added, removed].map(|names| names.iter().map(|name| addr(name).to_string()).collect());
        self.send(provider, &ExecuteMsg::Update { add, remove, metadata: None })
    }

    pub fn cap(&mut self, provider: &Addr, holder: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.send(provider, &ExecuteMsg::Cap { holder: holder.to_string(), amount: u(amount) })
    }

    pub fn bond(&mut self, provider: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.pay(provider, &ExecuteMsg::Bond { provider: None }, &coins(amount, DENOM))
    }

    pub fn unbond(&mut self, provider: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.send(provider, &ExecuteMsg::Unbond { amount: u(amount) })
    }

    pub fn withdraw(&mut self, who: &Addr) -> Result<AppResponse, ContractError> {
        self.send(who, &ExecuteMsg::Withdraw {})
    }

    // What holders do.

    pub fn lien(&mut self, holder: &Addr, provider: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.send(holder, &ExecuteMsg::Lien { provider: provider.to_string(), amount: u(amount) })
    }

    pub fn release(&mut self, holder: &Addr, provider: &Addr, amount: u128) -> Result<AppResponse, ContractError> {
        self.send(holder, &ExecuteMsg::Release { provider: provider.to_string(), amount: u(amount) })
    }

    pub fn slash(
        &mut self,
        holder: &Addr,
        provider: &Addr,
        amount: u128,
        client: Option<Part>,
        reporter: Option<Part>,
    ) -> Result<AppResponse, ContractError> {
        self.send(holder, &ExecuteMsg::Slash { provider: provider.to_string(), amount: u(amount), client, reporter })
    }

    /// Somebody has burned what is to be burned.
    pub fn burn(&mut self) -> Result<AppResponse, ContractError> {
        self.send(&addr("dave"), &ExecuteMsg::Burn {})
    }

    // What governance does.

    pub fn grant(&mut self, holder: &Addr) -> Result<AppResponse, ContractError> {
        self.send(&self.owner.clone(), &ExecuteMsg::Grant { holder: holder.to_string() })
    }

    pub fn revoke(&mut self, holder: &Addr) -> Result<AppResponse, ContractError> {
        self.send(&self.owner.clone(), &ExecuteMsg::Revoke { holder: holder.to_string() })
    }

    pub fn configure(&mut self, config: Config) -> Result<AppResponse, ContractError> {
        self.send(&self.owner.clone(), &ExecuteMsg::Configure { config })
    }

    // What anyone sees.

    pub fn describe(&self, provider: &Addr) -> ProviderResponse {
        self.ask(&QueryMsg::Provider { provider: provider.to_string() })
    }

    /// (free, thawing, liens, slashed) of a provider.
    pub fn stake(&self, provider: &Addr) -> (u128, u128, u128, u128) {
        let ProviderResponse { stake, thawing, liens, free, slashed, .. } = self.describe(provider);
        assert_eq!(stake, free + thawing + liens);
        (free.u128(), thawing.u128(), liens.u128(), slashed.u128())
    }

    /// Whether `operator` works for `provider`.
    pub fn works(&self, provider: &Addr, operator: &Addr) -> bool {
        self.ask(&QueryMsg::Works { provider: provider.to_string(), operator: operator.to_string() })
    }

    /// For whom `operator` works.
    pub fn works_for(&self, operator: &Addr) -> Vec<Addr> {
        self.ask(&QueryMsg::WorksFor { operator: operator.to_string(), start_after: None, limit: Some(100) })
    }

    pub fn liens(&self, provider: &Addr) -> Vec<LienResponse> {
        self.ask(&QueryMsg::Liens { provider: provider.to_string(), start_after: None, limit: Some(100) })
    }

    pub fn thaws(&self, provider: &Addr) -> Vec<ThawResponse> {
        self.ask(&QueryMsg::Thaws { provider: provider.to_string(), start_after: None, limit: Some(100) })
    }

    pub fn balance(&self, who: &Addr) -> u128 {
        self.ask::<Uint128>(&QueryMsg::Balance { address: who.to_string() }).u128()
    }

    pub fn conservation(&self) -> Conservation {
        self.ask(&QueryMsg::Conservation {})
    }
}
