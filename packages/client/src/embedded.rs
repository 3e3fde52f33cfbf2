//! A chain inside the process: the four contracts and the token on `cw-multi-test`, with blocks made on demand.
//!
//! Nothing moves by itself: messages sent between two calls of [`Chain::advance`] are in the same block.

pub mod code;
mod deploy;
mod outcome;
mod setup;
mod traffic;

use anyhow::Result;
use cosmwasm_std::{Addr, CosmosMsg, Uint128, WasmMsg, coins};
use cw_multi_test::{BasicApp, Executor};
use cw20::{BalanceResponse, Cw20QueryMsg, TokenInfoResponse};
use serde::de::DeserializeOwned;
use tequio_protocol::{
    AttestationId, BeaconId, Conservation, escrow, registry, rewards,
    verifier::{self, AttestationResponse, Attested, DrawnFrom, Verdict},
};

use crate::{Contract, LocalBeacon, Message, Query, message::variant};

pub use deploy::Deployment;
pub use outcome::Outcome;
pub use setup::Setup;
pub use traffic::{Count, Kind, Traffic};

/// The beacon that [`Chain::beacon`] signs for.
pub const BEACON: BeaconId = BeaconId(1);

/// The embedded chain.
pub struct Chain {
    /// The machine below, for what is not a message: other contracts, balances, migrations.
    pub app: BasicApp,
    pub contracts: Deployment,
    /// Owner of all four contracts, and the one who may migrate them.
    pub governance: Addr,
    /// The chain's only denom.
    pub denom: String,
    pub beacon: LocalBeacon,
    block_time: u64,
    traffic: Traffic,
    /// Attestations whose round has not been posted.
    undrawn: Vec<AttestationId>,
}

impl Chain {
    /// A chain with everything deployed and granted.
    pub fn new(setup: &Setup) -> Result<Self> {
        deploy::deploy(setup)
    }

    /// The address of a named actor.
    pub fn actor(&self, name: &str) -> Addr {
        self.app.api().addr_make(name)
    }

    /// Block time, in seconds.
    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    pub fn height(&self) -> u64 {
        self.app.block_info().height
    }

    /// Makes blocks until at least `seconds` have passed, one at least.
    pub fn advance(&mut self, seconds: u64) {
        let blocks = seconds.div_ceil(self.block_time).max(1);
        let block_time = self.block_time;
        self.app.update_block(|block| {
            block.height += blocks;
            block.time = block.time.plus_seconds(blocks * block_time);
        });
    }

    /// Makes blocks until it is `time` or later.
    pub fn advance_to(&mut self, time: u64) {
        if time > self.now() {
            self.advance(time - self.now());
        }
    }

    /// Sends a message with `funds` of the chain's denom. If a contract refuses it, the error downcasts to that
    /// contract's own.
    pub fn execute(&mut self, sender: &Addr, msg: impl Into<Message>, funds: u128) -> Result<Outcome> {
        let msg = msg.into();
        let json = msg.json()?;
        let kind = Kind { contract: msg.contract(), message: variant(&json).to_string() };
        let bytes = json.len() as u64;
        let funds = if funds == 0 { vec![] } else { coins(funds, &self.denom) };
        let contract_addr = self.contracts.address(msg.contract()).to_string();
        let message = CosmosMsg::from(WasmMsg::Execute { contract_addr, msg: json.into(), funds });
        let outcome = Outcome::from(self.app.execute(sender.clone(), message)?);
        self.traffic.add(kind, bytes);
        let attested = outcome.emitted_by::<Attested>(&self.contracts.verifier);
        self.undrawn.extend(attested.into_iter().map(|attested| attested.attestation));
        Ok(outcome)
    }

    /// Asks a contract.
    pub fn query<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T> {
        let query = query.into();
        Ok(self.app.wrap().query_wasm_smart(self.contracts.address(query.contract()), &query)?)
    }

    /// What `address` has of the chain's denom.
    pub fn balance(&self, address: &Addr) -> Result<Uint128> {
        Ok(self.app.wrap().query_balance(address, &self.denom)?.amount)
    }

    /// All there is of the chain's denom.
    pub fn supply(&self) -> Result<Uint128> {
        Ok(self.app.wrap().query_supply(&self.denom)?.amount)
    }

    /// What `address` has of the reward token.
    pub fn tokens(&self, address: &Addr) -> Result<Uint128> {
        let answer: BalanceResponse = self.query(Cw20QueryMsg::Balance { address: address.to_string() })?;
        Ok(answer.balance)
    }

    /// All there is of the reward token.
    pub fn token_supply(&self) -> Result<Uint128> {
        let answer: TokenInfoResponse = self.query(Cw20QueryMsg::TokenInfo {})?;
        Ok(answer.total_supply)
    }

    /// The equations of all four contracts.
    pub fn conservation(&self) -> Result<Vec<(Contract, Conservation)>> {
        Ok(vec![
            (Contract::Registry, self.query(registry::QueryMsg::Conservation {})?),
            (Contract::Verifier, self.query(verifier::QueryMsg::Conservation {})?),
            (Contract::Rewards, self.query(rewards::QueryMsg::Conservation {})?),
            (Contract::Escrow, self.query(escrow::QueryMsg::Conservation {})?),
        ])
    }

    /// Messages that were accepted so far, by kind.
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Does a relayer's work at this block: ticks if an attestation's round is still open and posts every round that
    /// is due and missing. Returns how many rounds it posted.
    pub fn post_due_rounds(&mut self, relayer: &Addr) -> Result<usize> {
        let mut posted = 0;
        let mut ticked = false;
        let mut still = Vec::new();
        for id in std::mem::take(&mut self.undrawn) {
            let mut attestation = self.attestation(id)?;
            if attestation.round.is_none() && !ticked {
                self.execute(relayer, verifier::ExecuteMsg::Tick {}, 0)?;
                ticked = true;
                attestation = self.attestation(id)?;
            }
            match attestation.round {
                Some(DrawnFrom { beacon: BEACON, round, due, seed: None, .. })
                    if attestation.verdict == (Verdict::Pending {}) =>
                {
                    if due <= self.now() {
                        self.post_round(relayer, round)?;
                        posted += 1;
                    } else {
                        still.push(id);
                    }
                }
                None => still.push(id),
                Some(_) => {}
            }
        }
        self.undrawn = still;
        Ok(posted)
    }

    /// Makes blocks until every attestation has its round.
    pub fn draw(&mut self, relayer: &Addr) -> Result<()> {
        self.post_due_rounds(relayer)?;
        while !self.undrawn.is_empty() {
            self.advance(self.block_time);
            self.post_due_rounds(relayer)?;
        }
        Ok(())
    }

    /// Posts a round's signature.
    pub fn post_round(&mut self, relayer: &Addr, round: u64) -> Result<Outcome> {
        let signature = self.beacon.sign(round).into();
        self.execute(relayer, verifier::ExecuteMsg::Beacon { beacon: BEACON, round, signature }, 0)
    }

    pub fn attestation(&self, attestation: AttestationId) -> Result<AttestationResponse> {
        self.query(verifier::QueryMsg::Attestation { attestation })
    }
}
