//! What a world stands on: the chain inside the process, or a real one. Tests say what happens, and not where.

use std::cell::RefMut;

use anyhow::Result;
use cosmwasm_std::{Addr, Event, Uint128, coins};
use cw_multi_test::BasicApp;
use serde::de::DeserializeOwned;
use tequio_client::{Block, Call, Chain, Deployment, Executed, Message, Query};
use tequio_embedded::{Embedded, LocalBeacon, Setup};
use tequio_protocol::{Deadline, Moment, verifier};

use super::{CLIENT, RICH, node::Node, wait};

pub enum Ground {
    Embedded(Embedded),
    Node(Node),
}

impl Ground {
    /// The chain that the environment names, or else the one inside the process.
    pub(super) fn here() -> Self {
        Node::named().map_or_else(|| Self::embedded_with(Setup::default()), Self::Node)
    }

    pub(super) fn embedded_with(setup: Setup) -> Self {
        let chain = Embedded::new(&setup.genesis_tokens(CLIENT, RICH));
        Self::Embedded(chain.expect("the setup is within its bounds"))
    }

    /// The address of a named actor.
    pub fn actor(&mut self, name: &str) -> Addr {
        match self {
            Self::Embedded(chain) => chain.actor(name),
            Self::Node(node) => node.actor(name),
        }
    }

    /// Gives somebody money; on a real chain everybody has it.
    pub(super) fn enrich(&self, actor: &Addr) {
        if let Self::Embedded(chain) = self {
            let purse = coins(RICH, &chain.deployment().denom);
            let init = chain.app().init_modules(|router, _, storage| router.bank.init_balance(storage, actor, purse));
            init.expect("a bank that takes balances");
        }
    }

    /// Seconds that a job of a client's is audited where it does not say; `None` leaves that to governance.
    pub(super) fn audit_window(&self) -> Option<u32> {
        matches!(self, Self::Node(_)).then_some(0)
    }

    /// The machine below, for what is not a message: other contracts, balances, migrations.
    ///
    /// # Panics
    /// Unless it is in the process, as what follows.
    pub fn app(&self) -> RefMut<'_, BasicApp> {
        self.embedded().app()
    }

    /// Makes one block, `seconds` after the last.
    pub fn halt(&self, seconds: u64) {
        self.embedded().halt(seconds);
    }

    /// All there is of the chain's denom.
    pub fn supply(&self) -> Result<Uint128> {
        self.embedded().supply()
    }

    fn embedded(&self) -> &Embedded {
        match self {
            Self::Embedded(chain) => chain,
            Self::Node(_) => panic!("this test is for the embedded chain"),
        }
    }

    pub fn deployment(&self) -> &Deployment {
        match self {
            Self::Embedded(chain) => chain.deployment(),
            Self::Node(node) => node.rpc.deployment(),
        }
    }

    pub fn beacon(&self) -> &LocalBeacon {
        match self {
            Self::Embedded(chain) => chain.beacon(),
            Self::Node(node) => &node.beacon,
        }
    }

    /// Block time, in seconds.
    pub fn now(&self) -> u64 {
        match self {
            Self::Embedded(chain) => chain.now(),
            Self::Node(node) => wait(node.rpc.block()).expect("a node that answers").time,
        }
    }

    /// The latest block, as deadlines count it.
    pub fn moment(&self) -> Moment {
        self.ask(verifier::QueryMsg::Now {}).expect("the verifier answers")
    }

    /// Lets blocks pass until at least `seconds` have, one at least.
    pub fn advance(&self, seconds: u64) {
        match self {
            Self::Embedded(chain) => chain.advance(seconds),
            Self::Node(node) => node.advance(seconds),
        }
    }

    /// Lets blocks pass until a deadline is over.
    pub fn advance_past(&self, deadline: Deadline) {
        self.advance_to(deadline.time().saturating_add(1));
        while !deadline.over(&self.moment()) {
            self.advance(0);
        }
    }

    /// Lets blocks pass until it is `time` or later.
    pub fn advance_to(&self, time: u64) {
        let now = self.now();
        if time > now {
            self.advance(time - now);
        }
    }

    /// Sends a message with `funds` of the chain's denom.
    pub fn send(&self, sender: &Addr, message: impl Into<Message>, funds: u128) -> Result<Executed> {
        wait(self.execute(sender, Call::paying(funds, message)))
    }

    /// Asks a contract.
    pub fn ask<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T> {
        wait(self.query(query))
    }

    /// What `address` has of the chain's denom.
    pub fn coins(&self, address: &Addr) -> Result<Uint128> {
        match self {
            Self::Embedded(chain) => chain.coins(address),
            Self::Node(node) => node.coins(address),
        }
    }
}

impl Chain for Ground {
    fn deployment(&self) -> &Deployment {
        self.deployment()
    }

    async fn query<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T> {
        match self {
            Self::Embedded(chain) => chain.query(query).await,
            Self::Node(node) => node.rpc.query(query).await,
        }
    }

    async fn broadcast(&self, sender: &Addr, calls: Vec<Call>) -> Result<Executed> {
        match self {
            Self::Embedded(chain) => chain.broadcast(sender, calls).await,
            Self::Node(node) => node.rpc.broadcast(sender, calls).await,
        }
    }

    async fn block(&self) -> Result<Block> {
        match self {
            Self::Embedded(chain) => chain.block().await,
            Self::Node(node) => node.rpc.block().await,
        }
    }

    async fn wait(&self, until: u64) -> Result<Block> {
        match self {
            Self::Embedded(chain) => chain.wait(until).await,
            Self::Node(node) => node.rpc.wait(until).await,
        }
    }

    async fn events(&self, from: u64) -> Result<(Vec<(u64, Event)>, u64)> {
        match self {
            Self::Embedded(chain) => chain.events(from).await,
            Self::Node(node) => node.rpc.events(from).await,
        }
    }
}
