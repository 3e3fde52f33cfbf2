//! The seam between those who use a chain and the chain: embedded in the process, or behind RPC.

use anyhow::Result;
use cosmwasm_std::{Addr, Event};
use serde::de::DeserializeOwned;
use tequio_protocol::TypedEvent;

use crate::{Call, Deployment, Query};

/// Where the chain is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub chain_id: String,
    pub height: u64,
    /// Seconds since the Unix epoch.
    pub time: u64,
}

/// What an accepted transaction left behind.
#[derive(Clone, Debug)]
pub struct Executed {
    /// Events of the contracts called and of all they called, in order.
    pub events: Vec<Event>,
}

impl Executed {
    /// The events of one kind that `contract` emitted. Contracts may use the same word for events of their own.
    pub fn emitted_by<T: TypedEvent>(&self, contract: &Addr) -> Vec<T> {
        self.events.iter().filter(|event| is_of(event, contract)).filter_map(|event| T::parse(event).ok()).collect()
    }

    /// The events of one kind, of whichever contract.
    pub fn all<T: TypedEvent>(&self) -> Vec<T> {
        T::all(&self.events)
    }

    /// The one event of a kind that a message must have left behind.
    pub fn one<T: TypedEvent>(&self) -> Result<T> {
        match <[T; 1]>::try_from(self.all()) {
            Ok([event]) => Ok(event),
            Err(all) => anyhow::bail!("{} events {}, not one", all.len(), T::KIND),
        }
    }
}

/// Whether `contract` emitted an event.
pub fn is_of(event: &Event, contract: &Addr) -> bool {
    event
        .attributes
        .iter()
        .any(|attribute| attribute.key == "_contract_address" && attribute.value == contract.as_str())
}

/// How far somebody has read a chain's events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cursor {
    height: u64,
    /// How many of the height's events were read.
    read: usize,
}

impl Cursor {
    /// The events that came since the last call, from the chain's beginning on the first.
    pub async fn next<C: Chain>(&mut self, chain: &C) -> Result<Vec<Event>> {
        let (events, to) = chain.events(self.height).await?;
        let last = events.iter().filter(|(height, _)| *height == to).count();
        let new = events.into_iter().skip(self.read).map(|(_, event)| event).collect();
        (self.height, self.read) = (to, last);
        Ok(new)
    }
}

/// A chain on which Tequio is deployed.
///
/// Coordination is one thread's business, the work is done elsewhere: futures need not be `Send`.
#[allow(async_fn_in_trait)]
pub trait Chain {
    /// What is deployed, and where.
    fn deployment(&self) -> &Deployment;

    /// Asks a contract.
    async fn query<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T>;

    /// Sends messages in one transaction and waits until it is in a block: all of them are accepted or none. `sender`
    /// is one whose key this chain's client holds. The error downcasts to that of the contract that refused.
    async fn broadcast(&self, sender: &Addr, calls: Vec<Call>) -> Result<Executed>;

    /// Whether an error of [`Self::broadcast`] leaves open if the messages were accepted, or still may be. Then nothing is sent
    /// again before the chain was asked.
    fn leaves_open(&self, _: &anyhow::Error) -> bool {
        false
    }

    /// The latest block.
    async fn block(&self) -> Result<Block>;

    /// Waits until a block later than the latest has the time `until` or a later one.
    async fn wait(&self, until: u64) -> Result<Block>;

    /// Events of accepted transactions from the height `from` on, in order, each with its height; and the height up to which
    /// there are no others yet.
    async fn events(&self, from: u64) -> Result<(Vec<(u64, Event)>, u64)>;

    /// Sends one message.
    async fn execute(&self, sender: &Addr, call: impl Into<Call>) -> Result<Executed> {
        self.broadcast(sender, vec![call.into()]).await
    }
}
