//! The verifier alone on a chain, and who talks to it.

use cosmwasm_schema::serde::de::DeserializeOwned;
use cosmwasm_std::{Addr, Coin, HexBinary, coins};
use cw_multi_test::{App, AppResponse, BasicApp, ContractWrapper, Executor, IntoAddr};
use tequio_contract::bounds::OutOfBounds;
use tequio_embedded::LocalBeacon;
use tequio_protocol::{
    AttestationId, BeaconId, Conservation, Digest, Moment, TypedEvent,
    verifier::{
        AttestationResponse, Attested, Beacon, Config, DrawnFrom, ExecuteMsg, InstantiateMsg, QueryMsg, Subject, Terms,
        Verdict,
    },
};
use tequio_verifier::{ContractError, core::error::CoreError};

pub const PERIOD: u64 = 3;
pub const FIRST: BeaconId = BeaconId(1);
pub const CONFIG: Config = Config { timelock: 172_800, max_draws: 128 };
/// Without an audit window, what is found genuine is so at once.
pub const TERMS: Terms = Terms { delay: 30, open_window: 600, void_after: 86_400, audit_window: 0, blocks: 100 };

pub struct World {
    pub app: BasicApp,
    pub code: u64,
    pub verifier: Addr,
    pub beacon: LocalBeacon,
    pub governance: Addr,
    pub alice: Addr,
    pub bob: Addr,
}

pub fn contract() -> Box<dyn cw_multi_test::Contract<cosmwasm_std::Empty>> {
    let wrapper = ContractWrapper::new(tequio_verifier::execute, tequio_verifier::instantiate, tequio_verifier::query);
    Box::new(wrapper.with_migrate(tequio_verifier::migrate))
}

/// What the contract said was wrong.
pub fn typed<T>(result: anyhow::Result<T>) -> Result<T, ContractError> {
    result.map_err(|error| error.downcast().expect("an error of the verifier"))
}

/// The one event of this kind.
pub fn event<E: TypedEvent>(response: &AppResponse) -> E {
    let mut events = E::all(&response.events);
    assert_eq!(events.len(), 1, "{:?}", response.events);
    events.remove(0)
}

/// A number that no config or beacon may have.
pub fn out_of_bounds(name: &'static str, value: u64, min: u64, max: u64) -> ContractError {
    ContractError::Core(CoreError::Bounds(OutOfBounds::Number { name, value, min, max }))
}

impl World {
    pub fn new() -> Self {
        let mut app = App::default();
        let [governance, alice, bob] = ["governance", "alice", "bob"].map(|name| name.into_addr());
        let beacon = LocalBeacon::new(b"first", app.block_info().time.seconds(), PERIOD);
        let code = app.store_code(contract());
        let msg = InstantiateMsg { owner: governance.to_string(), config: CONFIG, beacon: beacon.public().clone() };
        let verifier = app.instantiate_contract(code, governance.clone(), &msg, &[], "verifier", None).unwrap();
        app.init_modules(|router, _, storage| {
            for actor in [&governance, &alice] {
                router.bank.init_balance(storage, actor, coins(100, "utequio")).unwrap();
            }
        });
        Self { app, code, verifier, beacon, governance, alice, bob }
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    pub fn height(&self) -> u64 {
        self.app.block_info().height
    }

    /// One block, `seconds` later.
    pub fn block(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// So many blocks, the last `seconds` later.
    pub fn blocks(&mut self, blocks: u64, seconds: u64) {
        self.app.update_block(|block| {
            block.height += blocks;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// As many blocks as a deadline takes, the last of them at `time`.
    pub fn pass_to(&mut self, time: u64) {
        self.blocks(TERMS.blocks.into(), time.checked_sub(self.now()).expect("time does not run back"));
    }

    /// This block, on a chain whose heights never began anew.
    pub fn moment(&self) -> Moment {
        Moment { time: self.now(), block: self.height() }
    }

    /// One block at `time`.
    pub fn block_at(&mut self, time: u64) {
        self.block(time.checked_sub(self.now()).expect("time does not run back"));
    }

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<AppResponse, ContractError> {
        self.send_with(sender, msg, &[])
    }

    pub fn send_with(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin]) -> Result<AppResponse, ContractError> {
        typed(self.app.execute_contract(sender.clone(), self.verifier.clone(), msg, funds))
    }

    /// Sends what must be refused, and sees that nothing changed.
    pub fn refused(&mut self, sender: &Addr, msg: &ExecuteMsg) -> ContractError {
        let before = self.app.dump_wasm_raw(&self.verifier);
        let error = self.send(sender, msg).expect_err("a message to be refused");
        assert_eq!(self.app.dump_wasm_raw(&self.verifier), before);
        error
    }

    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.app.wrap().query_wasm_smart(&self.verifier, msg).unwrap()
    }

    /// What a query says is wrong, as text: that is all a chain passes on.
    pub fn query_error(&self, msg: &QueryMsg) -> String {
        let answer = self.app.wrap().query_wasm_smart::<AttestationResponse>(&self.verifier, msg);
        answer.expect_err("a query to be refused").to_string()
    }

    pub fn tick(&mut self) {
        self.send(&self.bob.clone(), &ExecuteMsg::Tick {}).unwrap();
    }

    pub fn attest(&mut self, attester: &Addr, subject: &Subject, root: Digest) -> AttestationId {
        let answer = self.send(attester, &ExecuteMsg::Attest { subject: subject.clone(), root }).unwrap();
        Attested::all(&answer.events)[0].attestation
    }

    /// Attests and lets the clock move on.
    pub fn attest_and_tick(&mut self, attester: &Addr, subject: &Subject, root: Digest) -> AttestationId {
        let id = self.attest(attester, subject, root);
        self.block(5);
        self.block(5);
        self.tick();
        id
    }

    pub fn attestation(&self, attestation: AttestationId) -> AttestationResponse {
        self.query(&QueryMsg::Attestation { attestation })
    }

    pub fn verdict(&self, attestation: AttestationId) -> Verdict {
        self.attestation(attestation).verdict
    }

    pub fn drawn_from(&self, attestation: AttestationId) -> DrawnFrom {
        self.attestation(attestation).round.expect("a clock that has moved on")
    }

    pub fn signed(&self, round: u64) -> ExecuteMsg {
        ExecuteMsg::Beacon { beacon: FIRST, round, signature: self.beacon.sign(round).into() }
    }

    /// Waits until an attestation's round is due, and posts it.
    pub fn post_round(&mut self, attestation: AttestationId) -> DrawnFrom {
        let DrawnFrom { round, due, .. } = self.drawn_from(attestation);
        self.block_at(due.max(self.now()));
        self.send(&self.bob.clone(), &self.signed(round)).unwrap();
        self.drawn_from(attestation)
    }

    pub fn conservation(&self) -> Conservation {
        self.query(&QueryMsg::Conservation {})
    }

    pub fn configure(&mut self, config: Config) {
        self.send(&self.governance.clone(), &ExecuteMsg::Configure { config }).unwrap();
    }

    pub fn propose(&mut self, beacon: &Beacon) -> Result<AppResponse, ContractError> {
        self.send(&self.governance.clone(), &ExecuteMsg::Propose { beacon: beacon.clone() })
    }
}

/// A subject of another protocol: nothing here depends on what it is.
pub fn subject() -> Subject {
    Subject {
        program_id: [1; 32].into(),
        input_root: [2; 32].into(),
        first_shard: 10,
        count: 32,
        draws: 16,
        context: [3; 32].into(),
        terms: TERMS,
        arbitration: None,
    }
}

pub const ROOT: Digest = Digest([4; 32]);

pub fn hex(text: &str) -> HexBinary {
    HexBinary::from_hex(text).unwrap()
}
