//! A chain with an arbiter, a stand-in for its verifier, and whoever demands and reveals.

use cosmwasm_schema::serde::de::DeserializeOwned;
use cosmwasm_std::{Addr, Binary, Coin, Empty, Event, StdResult, Uint128, coins};
use cw_multi_test::{App, AppResponse, Contract, ContractWrapper, Executor, IntoAddr};
use tequio_arbiter::ContractError;
use tequio_protocol::{
    AttestationId, Conservation, Deadline, DemandId, Moment, TypedEvent,
    arbiter::{DemandResponse, Demanded, ExecuteMsg, InstantiateMsg, QueryMsg, QuoteResponse, Wanted},
    verifier::{Arbitration, AttestationResponse, Held, Mismatch, Terms, Verdict},
};

use crate::{program::Run, stand_in};

pub const DENOM: &str = "utoken";
/// What every actor begins with.
pub const RICH: u128 = 1 << 100;
pub const TERMS: Terms = Terms { delay: 30, open_window: 600, void_after: 86_400, audit_window: 600, blocks: 100 };
/// The attestation that is meant where no other is named: alice's.
pub const ONE: AttestationId = AttestationId(tequio_protocol::Digest([1; 32]));
pub const WRONG: Mismatch = Mismatch { draw: 3, shard: 7, tensor: 2, element: 5, claimed: 1, computed: -1 };

pub struct World {
    pub app: App,
    pub run: Run,
    pub arbiter: Addr,
    pub verifier: Addr,
    pub alice: Addr,
    /// The principal of every attestation.
    pub client: Addr,
    pub bob: Addr,
    pub carol: Addr,
    pub stranger: Addr,
}

pub fn contract() -> Box<dyn Contract<Empty>> {
    let contract = ContractWrapper::new(tequio_arbiter::execute, tequio_arbiter::instantiate, tequio_arbiter::query);
    Box::new(contract.with_migrate(tequio_arbiter::migrate))
}

/// The one event of this kind.
pub fn event<E: TypedEvent>(events: &[Event]) -> E {
    let mut events = E::all(events);
    assert_eq!(events.len(), 1);
    events.remove(0)
}

impl World {
    /// Alice's attestation of the whole run is in its audit window.
    pub fn new() -> Self {
        let names = ["alice", "client", "bob", "carol", "stranger"];
        let mut app = App::new(|router, _, storage| {
            for name in names {
                let purse = vec![Coin::new(RICH, "ufoo"), Coin::new(RICH, DENOM)];
                router.bank.init_balance(storage, &name.into_addr(), purse).unwrap();
            }
        });
        let [alice, client, bob, carol, stranger] = names.map(|name| name.into_addr());
        let code = app.store_code(stand_in::contract());
        let verifier = app.instantiate_contract(code, alice.clone(), &Empty {}, &[], "verifier", None).unwrap();
        let code = app.store_code(contract());
        let message = InstantiateMsg { denom: DENOM.into(), verifier: verifier.to_string() };
        let admin = Some(alice.to_string());
        let arbiter = app.instantiate_contract(code, alice.clone(), &message, &[], "arbiter", admin).unwrap();
        let run = Run::new();
        let mut world = Self { app, run, arbiter, verifier, alice, client, bob, carol, stranger };
        world.attested(ONE);
        world
    }

    pub fn arbitration(&self) -> Arbitration {
        Arbitration {
            arbiter: self.arbiter.to_string(),
            principal: self.client.to_string(),
            bond: 126,
            rerun_bond: 1_251,
            answer_window: 300,
            spacing: 30,
            longest_hold: 6 * 630,
            rate: 1_000,
        }
    }

    // What the verifier answers.

    /// All draws of one more attestation of alice's are open now.
    pub fn attested(&mut self, id: AttestationId) {
        self.attested_with(id, Some(self.arbitration()));
    }

    pub fn attested_with(&mut self, id: AttestationId, arbitration: Option<Arbitration>) {
        let mut subject = self.run.subject(id.0.0[0], TERMS);
        subject.arbitration = arbitration.map(Box::new);
        let attestation = AttestationResponse {
            id,
            attester: self.alice.to_string(),
            subject,
            root: self.run.root(),
            attested: self.moment(),
            round: None,
            opened: 16,
            verdict: self.so_far(),
        };
        let mut storage = self.app.contract_storage_mut(&self.verifier.clone());
        stand_in::ATTESTED.save(&mut *storage, id, &attestation).unwrap();
    }

    /// Genuine so far, in a window that begins now.
    pub fn so_far(&self) -> Verdict {
        Verdict::GenuineSoFar { until: self.deadline(TERMS.audit_window) }
    }

    pub fn verdict(&mut self, id: AttestationId, verdict: Verdict) {
        let mut storage = self.app.contract_storage_mut(&self.verifier.clone());
        let mut attestation = stand_in::ATTESTED.load(&*storage, id).unwrap();
        attestation.verdict = verdict;
        stand_in::ATTESTED.save(&mut *storage, id, &attestation).unwrap();
    }

    pub fn refuses_holds(&mut self, refuses: bool) {
        let mut storage = self.app.contract_storage_mut(&self.verifier.clone());
        stand_in::REFUSES.save(&mut *storage, &refuses).unwrap();
    }

    /// What the verifier was told, the first first.
    pub fn told(&self) -> Vec<(AttestationId, Held)> {
        stand_in::TOLD.load(&*self.app.contract_storage(&self.verifier)).unwrap()
    }

    // Time.

    pub fn moment(&self) -> Moment {
        stand_in::moment(&self.app.block_info())
    }

    /// So many blocks, the last `seconds` later.
    pub fn blocks(&mut self, blocks: u64, seconds: u64) {
        self.app.update_block(|block| {
            block.height += blocks;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// A deadline that begins now.
    pub fn deadline(&self, seconds: u32) -> Deadline {
        Deadline { since: self.moment(), seconds, blocks: TERMS.blocks }
    }

    // What actors do.

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin]) -> anyhow::Result<AppResponse> {
        self.app.execute_contract(sender.clone(), self.arbiter.clone(), msg, funds)
    }

    /// Sends a message that succeeds, with `amount` of the denom.
    pub fn sends(&mut self, sender: &Addr, msg: ExecuteMsg, amount: u128) -> Vec<Event> {
        let funds = if amount == 0 { vec![] } else { coins(amount, DENOM) };
        let response = self.send(sender, &msg, &funds).unwrap_or_else(|error| panic!("{msg:?}: {error:#}"));
        self.conserves();
        response.events
    }

    /// Sends a message that is refused, changing nothing.
    pub fn refused(&mut self, sender: &Addr, msg: ExecuteMsg, funds: &[Coin]) -> ContractError {
        let error = self.refused_by_any(sender, msg, funds);
        error.downcast().unwrap_or_else(|error| panic!("not the arbiter's: {error:#}"))
    }

    /// The same, where it is not this contract that refuses.
    pub fn refused_by_any(&mut self, sender: &Addr, msg: ExecuteMsg, funds: &[Coin]) -> anyhow::Error {
        let state = |world: &World| {
            let stored = [&world.arbiter, &world.verifier].map(|contract| world.app.dump_wasm_raw(contract));
            (stored, world.bank(sender), world.bank(&world.arbiter))
        };
        let before = state(self);
        let Err(error) = self.send(sender, &msg, funds) else { panic!("not refused: {msg:?}") };
        assert_eq!(before, state(self));
        error
    }

    /// What demands an address of an attestation.
    pub fn demanding(&self, attestation: AttestationId, wanted: Wanted) -> ExecuteMsg {
        ExecuteMsg::Demand { attestation, wanted, shown: self.run.locate(&wanted).into() }
    }

    pub fn quoted(&self, who: &Addr, attestation: AttestationId, wanted: Wanted) -> StdResult<QuoteResponse> {
        let (demander, shown) = (who.to_string(), self.run.locate(&wanted).into());
        let query = QueryMsg::Quote { demander, attestation, wanted, shown };
        self.app.wrap().query_wasm_smart(&self.arbiter, &query)
    }

    /// Demands for the bond that it takes.
    pub fn demands(&mut self, who: &Addr, wanted: Wanted) -> Demanded {
        self.demands_of(who, ONE, wanted)
    }

    pub fn demands_of(&mut self, who: &Addr, attestation: AttestationId, wanted: Wanted) -> Demanded {
        let bond = self.quoted(who, attestation, wanted).unwrap().bond.u128();
        event(&self.sends(who, self.demanding(attestation, wanted), bond))
    }

    /// A demand that is refused whatever is sent with it; nothing is, since it costs nothing known.
    pub fn refuses(&mut self, who: &Addr, wanted: Wanted) -> ContractError {
        assert!(self.quoted(who, ONE, wanted).is_err());
        self.refused(who, self.demanding(ONE, wanted), &coins(126, DENOM))
    }

    /// What reveals all of a demand, or what is left of it.
    pub fn revealing(&self, demand: DemandId) -> ExecuteMsg {
        self.revealing_part(demand, usize::MAX)
    }

    /// Some of outputs.
    pub fn revealing_part(&self, demand: DemandId, bytes: usize) -> ExecuteMsg {
        let DemandResponse { wanted, revealed, .. } = self.demand(demand);
        ExecuteMsg::Reveal { demand, answer: self.run.reveal(&wanted, revealed.u64(), bytes).into() }
    }

    /// A stranger reveals it.
    pub fn reveals(&mut self, demand: DemandId) -> Vec<Event> {
        self.sends(&self.stranger.clone(), self.revealing(demand), 0)
    }

    pub fn settles(&mut self, demands: &[DemandId]) -> Vec<Event> {
        self.sends(&self.stranger.clone(), ExecuteMsg::Settle { demands: demands.to_vec() }, 0)
    }

    // What the arbiter answers.

    pub fn ask<T: DeserializeOwned>(&self, query: &QueryMsg) -> T {
        self.app.wrap().query_wasm_smart(&self.arbiter, query).unwrap()
    }

    /// The error of a query.
    pub fn asked_wrongly(&self, query: &QueryMsg) -> String {
        let answer: StdResult<Binary> = self.app.wrap().query_wasm_smart(&self.arbiter, query);
        answer.unwrap_err().to_string()
    }

    pub fn demand(&self, demand: DemandId) -> DemandResponse {
        self.ask(&QueryMsg::Demand { demand })
    }

    pub fn balance(&self, address: &Addr) -> u128 {
        self.ask::<Uint128>(&QueryMsg::Balance { address: address.to_string() }).u128()
    }

    pub fn to_burn(&self) -> u128 {
        self.ask::<Uint128>(&QueryMsg::ToBurn {}).u128()
    }

    pub fn bank(&self, address: &Addr) -> u128 {
        self.app.wrap().query_balance(address, DENOM).unwrap().amount.u128()
    }

    pub fn conserves(&self) {
        let conservation: Conservation = self.ask(&QueryMsg::Conservation {});
        assert!(conservation.holds(), "{conservation:?}");
    }
}
