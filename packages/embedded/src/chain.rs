//! The chain. Nothing moves by itself: messages sent between two calls of [`Embedded::advance`] are in the same block.

use std::cell::{Ref, RefCell, RefMut};
use tequio_protocol::{Deadline, Moment, verifier};

use anyhow::Result;
use cosmwasm_std::{Addr, CosmosMsg, Event, Uint128, WasmMsg, coins};
use cw_multi_test::BasicApp;
use serde::de::DeserializeOwned;
use tequio_client::{Block, Call, Chain, Deployment, Executed, Message, Query, message::variant};

use crate::{LocalBeacon, Sent, Setup, Traffic, deploy};

/// The embedded chain. What it does at once, it also does without `async`, for those who need nothing else.
pub struct Embedded {
    app: RefCell<BasicApp>,
    deployment: Deployment,
    beacon: LocalBeacon,
    block_time: u64,
    traffic: RefCell<Traffic>,
    /// Of every accepted message, with its height.
    events: RefCell<Vec<(u64, Event)>>,
}

impl Embedded {
    /// A chain with everything deployed and granted.
    pub fn new(setup: &Setup) -> Result<Self> {
        let (app, deployment, beacon) = deploy::deploy(setup)?;
        let (app, block_time) = (RefCell::new(app), setup.block_time.max(1));
        let (traffic, events) = Default::default();
        Ok(Self { app, deployment, beacon, block_time, traffic, events })
    }

    /// The machine below, for what is not a message: other contracts, balances, migrations.
    pub fn app(&self) -> RefMut<'_, BasicApp> {
        self.app.borrow_mut()
    }

    /// What is deployed, and where.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    pub fn beacon(&self) -> &LocalBeacon {
        &self.beacon
    }

    /// The address of a named actor.
    pub fn actor(&self, name: &str) -> Addr {
        self.app.borrow().api().addr_make(name)
    }

    /// Block time, in seconds.
    pub fn now(&self) -> u64 {
        self.app.borrow().block_info().time.seconds()
    }

    pub fn height(&self) -> u64 {
        self.app.borrow().block_info().height
    }

    /// Makes blocks until at least `seconds` have passed, one at least.
    pub fn advance(&self, seconds: u64) {
        let blocks = seconds.div_ceil(self.block_time).max(1);
        self.app().update_block(|block| {
            block.height += blocks;
            block.time = block.time.plus_seconds(blocks * self.block_time);
        });
    }

    /// Makes one block, `seconds` after the last.
    pub fn halt(&self, seconds: u64) {
        self.app.borrow_mut().update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// The latest block, as deadlines count it.
    pub fn moment(&self) -> Moment {
        self.ask(verifier::QueryMsg::Now {}).expect("the verifier answers")
    }

    /// Makes blocks until a deadline is over.
    pub fn advance_past(&self, deadline: Deadline) {
        self.advance_to(deadline.time().saturating_add(1));
        while !deadline.over(&self.moment()) {
            self.advance(0);
        }
    }

    /// Makes blocks until it is `time` or later.
    pub fn advance_to(&self, time: u64) {
        if time > self.now() {
            self.advance(time - self.now());
        }
    }

    /// Sends a message with `funds` of the chain's denom. If a contract refuses it, the error downcasts to that
    /// contract's own.
    pub fn send(&self, sender: &Addr, message: impl Into<Message>, funds: u128) -> Result<Executed> {
        self.send_all(sender, vec![Call::paying(funds, message)])
    }

    /// Sends messages of which all are accepted or none.
    fn send_all(&self, sender: &Addr, calls: Vec<Call>) -> Result<Executed> {
        let (mut messages, mut sent) = (vec![], vec![]);
        for Call { message, funds } in calls {
            let json = message.json()?;
            sent.push((Sent::new(message.contract(), variant(&json)), json.len() as u64));
            let funds = if funds.is_zero() { vec![] } else { coins(funds.u128(), &self.deployment.denom) };
            let contract_addr = self.deployment.address(message.contract()).to_string();
            messages.push(CosmosMsg::from(WasmMsg::Execute { contract_addr, msg: json.into(), funds }));
        }
        let responses = self.app().execute_multi(sender.clone(), messages)?;
        for (kind, bytes) in sent {
            self.traffic.borrow_mut().add(kind, bytes);
        }
        let events: Vec<Event> = responses.into_iter().flat_map(|response| response.events).collect();
        let height = self.height();
        self.events.borrow_mut().extend(events.iter().map(|event| (height, event.clone())));
        Ok(Executed { events })
    }

    /// Asks a contract.
    pub fn ask<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T> {
        let query = query.into();
        let address = self.deployment.address(query.contract());
        Ok(self.app.borrow().wrap().query_wasm_smart(address, &query)?)
    }

    /// What `address` has of the chain's denom.
    pub fn coins(&self, address: &Addr) -> Result<Uint128> {
        Ok(self.app.borrow().wrap().query_balance(address, &self.deployment.denom)?.amount)
    }

    /// All there is of the chain's denom.
    pub fn supply(&self) -> Result<Uint128> {
        Ok(self.app.borrow().wrap().query_supply(&self.deployment.denom)?.amount)
    }

    /// Messages that were accepted so far, by kind.
    pub fn traffic(&self) -> Ref<'_, Traffic> {
        self.traffic.borrow()
    }
}

impl Chain for Embedded {
    fn deployment(&self) -> &Deployment {
        self.deployment()
    }

    async fn query<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T> {
        self.ask(query)
    }

    async fn broadcast(&self, sender: &Addr, calls: Vec<Call>) -> Result<Executed> {
        self.send_all(sender, calls)
    }

    async fn block(&self) -> Result<Block> {
        let block = self.app.borrow().block_info();
        Ok(Block { chain_id: block.chain_id, height: block.height, time: block.time.seconds() })
    }

    async fn wait(&self, until: u64) -> Result<Block> {
        self.advance(until.saturating_sub(self.now()));
        self.block().await
    }

    async fn events(&self, from: u64) -> Result<(Vec<(u64, Event)>, u64)> {
        let events = self.events.borrow();
        let first = events.partition_point(|(height, _)| *height < from);
        Ok((events[first..].to_vec(), self.height()))
    }
}
