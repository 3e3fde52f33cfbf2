//! A chain with an escrow, its stand-ins and a few actors, and one word for everything they do.

mod script;

use std::cell::RefCell;

use cosmwasm_std::{
    Addr, Binary, BlockInfo, Coin, Decimal, DepsMut, Empty, Env, Event, MessageInfo, Response, StdResult, SubMsg,
    Uint128, coins,
};
use cw_multi_test::{App, AppResponse, Contract, ContractWrapper, Executor};
use tequio_attestation::{Header, TensorId};
use tequio_contract::bounds::OutOfBounds;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, Conservation, Deadline, Digest, JobId, MAX_LIMIT, Moment, TypedEvent,
    escrow::{
        Arbiter, Assigned, AssignmentResponse, Config, Credited, ExecuteMsg, FreeResponse, InstantiateMsg, JobResponse,
        JobSpec, Kind, MIN_COMMONS_AUDIT, Posted, QueryMsg, Reason, State,
    },
    verifier::{Mismatch, Terms, Verdict},
};

use crate::stand_in;

pub const DENOM: &str = "utoken";
pub const FALSE: Verdict =
    Verdict::False(Mismatch { draw: 3, shard: 7, tensor: 2, element: 5, claimed: 1, computed: -1 });
/// What every actor begins with.
pub const RICH: u128 = 1 << 100;
/// Most that client and reporter can ever get of a slash.
pub const MAX_GAS: Uint128 = Uint128::new(1 << 90);

thread_local! {
    static SENT: RefCell<Vec<SubMsg>> = const { RefCell::new(Vec::new()) };
}

/// The messages that escrow's last execution sent.
pub fn sent() -> Vec<SubMsg> {
    SENT.with_borrow(Clone::clone)
}

fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    let response = tequio_escrow::execute(deps, env, info, msg)?;
    SENT.replace(response.messages.clone());
    Ok(response)
}

pub fn contract() -> Box<dyn Contract<Empty>> {
    let contract = ContractWrapper::new(execute, tequio_escrow::instantiate, tequio_escrow::query);
    Box::new(contract.with_reply(tequio_escrow::reply).with_migrate(tequio_escrow::migrate))
}

pub struct Provider {
    pub owner: Addr,
    pub operator: Addr,
}

pub struct World {
    pub app: App,
    pub escrow: Addr,
    pub registry: Addr,
    pub verifier: Addr,
    pub rewards: Addr,
    pub governance: Addr,
    pub client: Addr,
    pub alice: Provider,
    pub bob: Provider,
    pub carol: Provider,
    pub stranger: Addr,
}

pub fn config() -> Config {
    Config {
        margin_bps: 20_000,
        token_value: Decimal::percent(150),
        give_back_window: 120,
        give_back_fee_bps: 100,
        absence_bps: 1_000,
        client_gas: Uint128::new(50),
        reporter_tip: Uint128::new(30),
        terms: TERMS,
        arbitration: None,
        max_opening_bytes: 100_000u64.into(),
        max_draw_bytes: 20_000,
        max_reads: 4_096,
        rewards_gas: 400_000,
    }
}

/// Of every attestation, unless its job says otherwise.
pub const TERMS: Terms = Terms { delay: 30, open_window: 600, void_after: 86_400, audit_window: 600, blocks: 100 };

/// An arbiter within all bounds.
pub fn arbiter() -> Arbiter {
    Arbiter {
        address: App::default().api().addr_make("arbiter").into_string(),
        answer_gas: Uint128::new(1_000),
        answer_window: 600,
        spacing: 60,
        longest_hold: 7_560,
        rate: 1_000_000,
    }
}

/// A program of which one draw catches a complete cheat with 1/4.
pub fn header() -> Header {
    Header {
        tensors: 4,
        committed: 2,
        inputs: 1,
        job: 0,
        outputs: vec![TensorId(3)],
        cost: 2_000_000,
        delta: 1 << 30,
        gamma: 0,
        opening_bytes: 1_000,
        reads: 500,
        depth: 1,
        plan: Digest([9; 32]),
    }
}

/// The one event of this kind.
pub fn event<E: TypedEvent>(events: &[Event]) -> E {
    let mut events = E::all(events);
    assert_eq!(events.len(), 1);
    events.remove(0)
}

/// A list of that many items.
pub fn too_many(name: &'static str, value: u64) -> ContractError {
    ContractError::Bounds(OutOfBounds::Number { name, value, min: 1, max: MAX_LIMIT.into() })
}

/// A balance that grew.
pub fn credited(address: &Addr, amount: u128, reason: Reason) -> Credited {
    Credited { address: address.to_string(), amount: amount.into(), reason }
}

impl World {
    pub fn new() -> Self {
        let api = cw_multi_test::App::default();
        let actor = |name: &str| api.api().addr_make(name);
        let provider = |name: &str| Provider { owner: actor(name), operator: actor(&format!("{name}'s rig")) };
        let (governance, client, stranger) = (actor("governance"), actor("client"), actor("stranger"));
        let (alice, bob, carol) = (provider("alice"), provider("bob"), provider("carol"));
        let rich = [&governance, &client, &stranger, &alice.operator, &bob.operator, &carol.operator];
        let mut app = App::new(|router, _, storage| {
            for actor in rich {
                let purse = vec![Coin::new(RICH, DENOM), Coin::new(RICH, "ufoo")];
                router.bank.init_balance(storage, actor, purse).unwrap();
            }
        });

        let mut stand_in = |contract: Box<dyn Contract<Empty>>, label: &str| {
            let code = app.store_code(contract);
            app.instantiate_contract(code, governance.clone(), &Empty {}, &[], label, None).unwrap()
        };
        let registry = stand_in(stand_in::registry::contract(), "registry");
        let verifier = stand_in(stand_in::verifier::contract(), "verifier");
        let rewards = stand_in(stand_in::rewards::contract(), "rewards");
        stand_in::registry::DENOM.save(&mut *app.contract_storage_mut(&registry), &DENOM.into()).unwrap();
        stand_in::registry::BURN_BPS.save(&mut *app.contract_storage_mut(&registry), &5_000).unwrap();
        stand_in::verifier::MAX_DRAWS.save(&mut *app.contract_storage_mut(&verifier), &64).unwrap();

        let code = app.store_code(contract());
        let message = InstantiateMsg {
            owner: governance.to_string(),
            denom: DENOM.into(),
            registry: registry.to_string(),
            verifier: verifier.to_string(),
            rewards: rewards.to_string(),
            max_gas: MAX_GAS,
            config: config(),
        };
        let admin = Some(governance.to_string());
        let escrow = app.instantiate_contract(code, governance.clone(), &message, &[], "escrow", admin).unwrap();
        let mut world =
            Self { app, escrow, registry, verifier, rewards, governance, client, alice, bob, carol, stranger };
        world.terms(Kind::Client, 10, 8);
        world.terms(Kind::Commons, 0, 4);
        for (owner, operator) in world.providers().map(|p| (p.owner.clone(), p.operator.clone())) {
            world.registers(&owner, &operator);
            stand_in::registry::STAKE.save(&mut *world.of_registry(), owner.as_str(), &RICH.into()).unwrap();
        }
        world
    }

    pub fn providers(&self) -> [&Provider; 3] {
        [&self.alice, &self.bob, &self.carol]
    }

    // Time.

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// This block, as deadlines count it.
    pub fn moment(&self) -> Moment {
        stand_in::verifier::moment(&self.app.block_info())
    }

    /// Time passes, and as many blocks as any deadline takes.
    pub fn pass(&mut self, seconds: u64) {
        self.blocks(TERMS.blocks.into(), seconds);
    }

    /// So many blocks, the last `seconds` later.
    pub fn blocks(&mut self, blocks: u64, seconds: u64) {
        self.app.update_block(|block: &mut BlockInfo| {
            block.time = block.time.plus_seconds(seconds);
            block.height += blocks;
        });
    }

    /// A deadline that begins now.
    pub fn deadline(&self, seconds: u32) -> Deadline {
        Deadline { since: self.moment(), seconds, blocks: TERMS.blocks }
    }

    // What actors do.

    /// Sends a message with `amount` of the payment denom.
    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg, amount: u128) -> anyhow::Result<AppResponse> {
        let funds = if amount == 0 { vec![] } else { coins(amount, DENOM) };
        self.app.execute_contract(sender.clone(), self.escrow.clone(), msg, &funds)
    }

    /// Sends a message that succeeds.
    pub fn sends(&mut self, sender: &Addr, msg: ExecuteMsg, amount: u128) -> Vec<Event> {
        let response = self.send(sender, &msg, amount).unwrap_or_else(|error| panic!("{msg:?}: {error:#}"));
        self.conserves();
        response.events
    }

    /// Sends a message that escrow refuses, changing nothing.
    pub fn refused(&mut self, sender: &Addr, msg: ExecuteMsg, amount: u128) -> ContractError {
        let before = self.app.dump_wasm_raw(&self.escrow);
        let Err(error) = self.send(sender, &msg, amount) else { panic!("not refused: {msg:?}") };
        assert_eq!(before, self.app.dump_wasm_raw(&self.escrow));
        error.downcast().unwrap_or_else(|error| panic!("not escrow's: {error:#}"))
    }

    /// A job of 100 shards at 1,000.
    pub fn spec(&self) -> JobSpec {
        JobSpec {
            header: header().encode().into(),
            descriptors: Digest([1; 32]),
            inputs: Digest([2; 32]),
            shards: 100,
            price: Uint128::new(1_000),
            draws: 16,
            kind: Kind::Client,
            attest_window: 3_600,
            audit_window: None,
            principal: None,
            end: self.now() + 86_400,
            min_providers: 1,
            least: 1,
            takers: vec![],
            data: "s3://jobs/1".into(),
        }
    }

    /// A commons job, which a stranger watches.
    pub fn commons(&self) -> JobSpec {
        JobSpec {
            kind: Kind::Commons,
            price: Uint128::zero(),
            principal: Some(self.stranger.to_string()),
            audit_window: Some(MIN_COMMONS_AUDIT),
            ..self.spec()
        }
    }

    pub fn post(&mut self, spec: JobSpec) -> JobId {
        let poster = if spec.kind == Kind::Client { self.client.clone() } else { self.governance.clone() };
        let funds = spec.price.u128() * u128::from(spec.shards);
        let events = self.sends(&poster, ExecuteMsg::Post { spec }, funds);
        Posted::all(&events)[0].job
    }

    /// What an operator sends to take up to `count` shards for its own provider, wherever and at whatever price. Whoever
    /// works for nobody tries it for alice.
    pub fn taking(&self, operator: &Addr, job: JobId, count: u64) -> ExecuteMsg {
        let own = self.providers().into_iter().find(|provider| provider.operator == operator);
        let provider = own.unwrap_or(&self.alice).owner.to_string();
        ExecuteMsg::Assign { job, provider, count, parts: None, first: None, at_least: None, price: None }
    }

    pub fn assign(&mut self, operator: &Addr, job: JobId, count: u64) -> AssignmentId {
        let events = self.sends(operator, self.taking(operator, job, count), 0);
        Assigned::all(&events)[0].assignment
    }

    /// Alice takes `count` shards of a new job.
    pub fn assigned(&mut self, count: u64) -> AssignmentId {
        let job = self.post(self.spec());
        self.assign(&self.alice.operator.clone(), job, count)
    }

    /// Alice takes, attests and opens `count` shards of a new job; their audit window is over.
    pub fn genuine(&mut self, count: u64) -> AssignmentId {
        let assignment = self.assigned(count);
        self.attest(assignment);
        self.verdict(assignment, Verdict::Genuine {});
        assignment
    }

    pub fn settle(&mut self, assignment: AssignmentId) -> Vec<Event> {
        self.sends(&self.stranger.clone(), ExecuteMsg::Settle { assignments: vec![assignment] }, 0)
    }

    pub fn expire(&mut self, assignment: AssignmentId) -> Vec<Event> {
        self.sends(&self.stranger.clone(), ExecuteMsg::Expire { assignments: vec![assignment] }, 0)
    }

    // What escrow answers.

    pub fn ask<T: cosmwasm_schema::serde::de::DeserializeOwned>(&self, query: &QueryMsg) -> T {
        self.app.wrap().query_wasm_smart(&self.escrow, query).unwrap()
    }

    pub fn job(&self, job: JobId) -> JobResponse {
        self.ask(&QueryMsg::Job { job })
    }

    /// The error of a query.
    pub fn asked_wrongly(&self, query: &QueryMsg) -> String {
        let answer: StdResult<Binary> = self.app.wrap().query_wasm_smart(&self.escrow, query);
        answer.unwrap_err().to_string()
    }

    /// Free, active, settled and refunded shards.
    pub fn tally(&self, job: JobId) -> (u64, u64, u64, u64) {
        let JobResponse { free, active, settled, refunded, .. } = self.job(job);
        (free, active, settled, refunded)
    }

    /// Free ranges as (first, count, price).
    pub fn free(&self, job: JobId) -> Vec<(u64, u64, u128)> {
        let ranges: Vec<FreeResponse> = self.ask(&QueryMsg::Free { job, start_after: None, limit: Some(100) });
        ranges.into_iter().map(|range| (range.first, range.count, range.price.u128())).collect()
    }

    pub fn assignment(&self, assignment: AssignmentId) -> AssignmentResponse {
        self.ask(&QueryMsg::Assignment { assignment })
    }

    pub fn state(&self, assignment: AssignmentId) -> State {
        self.assignment(assignment).state
    }

    pub fn balance(&self, address: &Addr) -> u128 {
        self.ask::<Uint128>(&QueryMsg::Balance { address: address.to_string() }).u128()
    }

    pub fn bank(&self, address: &Addr) -> u128 {
        self.app.wrap().query_balance(address, DENOM).unwrap().amount.u128()
    }

    pub fn conserves(&self) {
        let conservation: Conservation = self.ask(&QueryMsg::Conservation {});
        assert!(conservation.holds(), "{conservation:?}");
    }
}
