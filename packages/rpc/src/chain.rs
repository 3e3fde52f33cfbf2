//! A deployment behind RPC.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cosmrs::{
    Any,
    proto::{
        cosmos::base::v1beta1::Coin,
        cosmwasm::wasm::v1::{MsgExecuteContract, QuerySmartContractStateRequest, QuerySmartContractStateResponse},
    },
};
use cosmwasm_std::{Addr, Event};
use serde::{Serialize, de::DeserializeOwned};
use tendermint_rpc::{endpoint::tx, query::Query as Search};
use tequio_client::{Block, Call, Chain, Contract, Deployment, Executed, Query, message::variant};

use crate::{Connection, EndpointError, Endpoints, Included, Named, Refused, SendError, connection::event};

/// Events of more blocks than this are searched for instead of reading every block.
const READ: u64 = 100;

/// The chain that a deployment is on.
pub struct Rpc {
    pub connection: Connection,
    deployment: Deployment,
    /// The block in which the deployment began: nothing of it happened before.
    since: u64,
}

impl Rpc {
    pub fn new(connection: Connection, deployment: Deployment, since: u64) -> Self {
        Self { connection, deployment, since }
    }

    /// Sends messages as [`Chain::broadcast`] does, and gives all of the transaction.
    pub async fn send(&self, sender: &Addr, calls: Vec<Call>) -> Result<Included> {
        let message =
            |call: Call| self.connection.message(sender, self.deployment.address(call.message.contract()), call);
        let messages = calls.into_iter().map(message).collect::<Result<_>>()?;
        self.connection.send(sender, messages).await
    }

    /// The events of one block.
    async fn of_block(&self, height: u64) -> Result<Vec<Event>> {
        let at = u32::try_from(height)?;
        let results = self.connection.endpoints.results(at).await?;
        let accepted = results.into_iter().filter(|result| result.code.is_ok());
        Ok(accepted.flat_map(|result| result.events).map(event).filter(is_of_wasm).collect())
    }

    /// The events of every block from `from` to `to`, from the node's index of transactions.
    async fn searched(&self, from: u64, to: u64) -> Result<Vec<(u64, Event)>> {
        let mut found: BTreeMap<(u64, u32), tx::Response> = BTreeMap::new();
        for contract in Contract::OURS {
            let address = self.deployment.address(contract).as_str();
            let search = Search::eq("execute._contract_address", address).and_gte("tx.height", from);
            let search = search.and_lte("tx.height", to);
            let txs = self.connection.endpoints.search(&search).await?;
            found.extend(txs.into_iter().map(|tx| ((tx.height.value(), tx.index), tx)));
        }
        let events = found.into_iter().flat_map(|((height, _), tx)| {
            tx.tx_result.events.into_iter().map(event).filter(is_of_wasm).map(move |event| (height, event))
        });
        Ok(events.collect())
    }
}

impl Connection {
    /// A call of a contract at `address`, as a transaction has it.
    pub fn message(&self, sender: &Addr, address: &Addr, Call { message, funds }: Call) -> Result<Named> {
        let msg = message.json()?;
        let funds = match funds.is_zero() {
            true => vec![],
            false => vec![Coin { denom: self.network.denom().into(), amount: funds.to_string() }],
        };
        let name = format!("{} {}", message.contract(), variant(&msg));
        let (sender, contract) = (sender.to_string(), address.to_string());
        Ok(Named { name, any: Any::from_msg(&MsgExecuteContract { sender, contract, msg, funds })? })
    }
}

/// Asks a contract; `name` is what the question is called.
pub(crate) async fn smart<T: DeserializeOwned>(
    endpoints: &Endpoints,
    address: &Addr,
    name: &str,
    query: &impl Serialize,
) -> Result<T> {
    let (address, query_data) = (address.to_string(), serde_json::to_vec(query)?);
    let request = QuerySmartContractStateRequest { address, query_data };
    let answer: Result<QuerySmartContractStateResponse, _> =
        endpoints.query("/cosmwasm.wasm.v1.Query/SmartContractState", request).await;
    match answer {
        Ok(answer) => serde_json::from_slice(&answer.data).with_context(|| format!("the answer to {name}")),
        Err(EndpointError::Refused { log, .. }) => Err(Refused::read(&log, &[name.to_owned()]).into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a contract emitted an event, and not a module of the chain.
fn is_of_wasm(event: &Event) -> bool {
    event.ty.starts_with("wasm")
}

impl Chain for Rpc {
    fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    async fn query<T: DeserializeOwned>(&self, query: impl Into<Query>) -> Result<T> {
        let query = query.into();
        let contract = query.contract();
        let name = format!("{contract} {}", variant(&query.json()?));
        smart(&self.connection.endpoints, self.deployment.address(contract), &name, &query).await
    }

    async fn broadcast(&self, sender: &Addr, calls: Vec<Call>) -> Result<Executed> {
        let Included { events, .. } = self.send(sender, calls).await?;
        Ok(Executed { events: events.into_iter().filter(is_of_wasm).collect() })
    }

    fn leaves_open(&self, error: &anyhow::Error) -> bool {
        matches!(error.downcast_ref(), Some(SendError::Unknown { .. }))
    }

    async fn block(&self) -> Result<Block> {
        let (height, time) = self.connection.endpoints.latest().await?;
        Ok(Block { chain_id: self.connection.network.chain_id.clone(), height, time })
    }

    async fn wait(&self, until: u64) -> Result<Block> {
        loop {
            self.connection.next_block().await?;
            let block = self.block().await?;
            if block.time >= until {
                return Ok(block);
            }
        }
    }

    async fn events(&self, from: u64) -> Result<(Vec<(u64, Event)>, u64)> {
        let (latest, _) = self.connection.endpoints.latest().await?;
        let mut next = from.max(self.since);
        let mut events = vec![];
        if latest.saturating_sub(next) > READ {
            // An index may lag behind the chain, by a block or two.
            let indexed = latest - READ / 2;
            events = self.searched(next, indexed).await?;
            next = indexed + 1;
        }
        for height in next..=latest {
            events.extend(self.of_block(height).await?.into_iter().map(|event| (height, event)));
        }
        Ok((events, latest))
    }
}
