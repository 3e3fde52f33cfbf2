//! What a story sent to its chain, counted by kind.

use std::{collections::BTreeMap, fmt};

use cosmwasm_std::Uint128;
use serde::Serialize;
use tequio_embedded::Embedded;
use tequio_rpc::{Included, Network, fee};

use crate::output::{row, table as empty};

/// One of them is empty: messages are counted where they are free, transactions where they are paid for.
#[derive(Default)]
pub struct Sent {
    pub messages: Vec<Message>,
    pub transactions: Vec<Transaction>,
}

#[derive(Serialize)]
pub struct Message {
    pub contract: String,
    pub message: String,
    pub count: u64,
    /// Of their JSON.
    pub bytes: u64,
}

/// Transactions of the same messages.
#[derive(Clone, Serialize)]
pub struct Transaction {
    /// As in `registry register + registry cap`.
    pub messages: String,
    pub count: u64,
    pub bytes: u64,
    pub gas: u64,
    /// In the smallest unit of the network's denom.
    pub fees: Uint128,
}

impl Sent {
    pub fn embedded(chain: &Embedded) -> Self {
        let traffic = chain.traffic();
        let messages = traffic.iter().map(|(sent, count)| Message {
            contract: sent.contract.to_string(),
            message: sent.message.clone(),
            count: count.messages,
            bytes: count.bytes,
        });
        Self { messages: messages.collect(), transactions: vec![] }
    }
}

/// Transactions of a network, as they are included.
#[derive(Default)]
pub struct Ledger(BTreeMap<String, Transaction>);

impl Ledger {
    pub fn note(&mut self, included: &Included, network: &Network) {
        let mut messages = included.messages.clone();
        messages.dedup();
        let messages = messages.join(" + ");
        let of = self.0.entry(messages.clone()).or_insert_with(|| {
            let (count, bytes, gas, fees) = (0, 0, 0, Uint128::zero());
            Transaction { messages, count, bytes, gas, fees }
        });
        of.count += 1;
        of.bytes += included.bytes as u64;
        of.gas += included.gas_used;
        of.fees += fee(included.gas_wanted, network.gas_price());
    }

    pub fn sent(&self) -> Sent {
        Sent { messages: vec![], transactions: self.0.values().cloned().collect() }
    }
}

/// What was sent, and what each of it took.
pub fn table(messages: &[Message], transactions: &[Transaction]) -> impl fmt::Display {
    if transactions.is_empty() {
        let mut table = empty(["message", "count", "bytes", "each"], &[1, 2, 3]);
        table.add_rows(messages.iter().map(|Message { contract, message, count, bytes }| {
            row![format!("{contract} {message}"), count, bytes, bytes / count.max(&1)]
        }));
        return table;
    }
    let mut table = empty(["transaction", "count", "bytes each", "gas each", "gas", "fees"], &[1, 2, 3, 4, 5]);
    table.add_rows(transactions.iter().map(|Transaction { messages, count, bytes, gas, fees }| {
        let each = |sum: &u64| sum / count.max(&1);
        row![messages, count, each(bytes), each(gas), gas, fees]
    }));
    let all = |of: fn(&Transaction) -> u64| transactions.iter().map(of).sum::<u64>();
    let fees: Uint128 = transactions.iter().map(|transaction| transaction.fees).sum();
    table.add_row(row!["all", all(|of| of.count), "", "", all(|of| of.gas), fees]);
    table
}
