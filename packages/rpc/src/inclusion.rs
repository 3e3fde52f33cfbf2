//! That a transaction is in a block, and was accepted, for those who have no node: headers that validators signed, and
//! Merkle proofs below them (RFC 6962's tree, as CometBFT hashes transactions and results).

#[cfg(test)]
mod fuzz;

use std::collections::{BTreeMap, btree_map::Entry};

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use cosmrs::{
    proto::{
        cosmos::tx::v1beta1::{TxBody, TxRaw},
        cosmwasm::wasm::v1::MsgExecuteContract,
        traits::Message,
    },
    tendermint::{Hash, abci::types::ExecTxResult, block::signed_header::SignedHeader, validator},
};
use cosmwasm_std::Addr;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tendermint_light_client_verifier::operations::voting_power::{ProdVotingPowerCalculator, VotingPowerCalculator};
use tendermint_rpc::{Client, Paging, query::Query as Search};

use crate::{Connection, EndpointError};

/// A header, and who signed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    pub signed: SignedHeader,
    pub validators: Vec<validator::Info>,
}

/// A transaction with the proofs of its block and of what became of it, which the next block's header has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proven {
    pub height: u64,
    /// Base64.
    pub tx: String,
    pub in_block: Path,
    /// What the header of the next block hashes of the result, base64.
    pub result: String,
    pub in_results: Path,
}

/// From a leaf to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    pub index: usize,
    pub total: usize,
    /// Hashes beside the way, hex, the lowest first.
    pub aunts: Vec<String>,
}

/// Why something is not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    #[error("block {0} is missing")]
    Block(u64),
    #[error("block {height} is of {found}, not of {wanted}")]
    Chain { height: u64, found: String, wanted: String },
    #[error("the commit is of another block than {0}")]
    Commit(u64),
    #[error("the validators are not those of block {0}")]
    Validators(u64),
    #[error("block {height} is not signed by two thirds of its validators: {reason}")]
    Signatures { height: u64, reason: String },
    #[error("the transaction is not in block {0}")]
    Transaction(u64),
    #[error("the result is not that of the transaction in block {0}")]
    Result(u64),
    #[error("the transaction in block {height} failed with code {code}")]
    Failed { height: u64, code: u32 },
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
}

/// What the header of the next block hashes of a result.
#[derive(Clone, PartialEq, Message)]
struct Deterministic {
    #[prost(uint32, tag = "1")]
    code: u32,
    #[prost(bytes = "vec", tag = "2")]
    data: Vec<u8>,
    #[prost(int64, tag = "5")]
    gas_wanted: i64,
    #[prost(int64, tag = "6")]
    gas_used: i64,
}

impl Connection {
    /// The transactions in which a contract emitted an event, in order, each with its proof; the blocks that these need go
    /// into `blocks`.
    pub async fn proven(
        &self,
        contract: &Addr,
        event: &str,
        value: &str,
        blocks: &mut BTreeMap<u64, Block>,
    ) -> Result<Vec<Proven>> {
        let search = Search::eq(event.to_owned(), value.to_owned());
        // Nodes want both in one event.
        let kind = event.split('.').next().unwrap_or_default();
        let search = search.and_eq(format!("{kind}._contract_address"), contract.as_str());
        let mut all = vec![];
        for tx in self.endpoints.search(&search).await? {
            let height = tx.height.value();
            // The header of the next block says what became of it.
            while self.endpoints.latest().await?.0 <= height {
                self.next_block().await?;
            }
            for height in [height, height + 1] {
                if let Entry::Vacant(block) = blocks.entry(height) {
                    block.insert(self.signed(height).await?);
                }
            }
            all.push(self.proof(height, tx.index as usize).await?);
        }
        Ok(all)
    }

    async fn signed(&self, height: u64) -> Result<Block> {
        let at = u32::try_from(height)?;
        let commit = self.endpoints.ask(|client| async move { client.commit(at).await }).await;
        let signed = commit.map_err(EndpointError::from)?.signed_header;
        let set = self.endpoints.ask(|client| async move { client.validators(at, Paging::All).await }).await;
        Ok(Block { signed, validators: set.map_err(EndpointError::from)?.validators })
    }

    async fn proof(&self, height: u64, index: usize) -> Result<Proven> {
        let at = u32::try_from(height)?;
        let block = self.endpoints.ask(|client| async move { client.block(at).await }).await;
        let txs = block.map_err(EndpointError::from)?.block.data;
        let results: Vec<Vec<u8>> = self.endpoints.results(at).await?.iter().map(deterministic).collect();
        let tx = txs.get(index).context("a block without the transaction that was found in it")?;
        let hashes: Vec<Vec<u8>> = txs.iter().map(|tx| Sha256::digest(tx).to_vec()).collect();
        let result = results.get(index).context("a block with fewer results than transactions")?;
        Ok(Proven {
            height,
            tx: BASE64.encode(tx),
            in_block: Path::new(&hashes, index),
            result: BASE64.encode(result),
            in_results: Path::new(&results, index),
        })
    }
}

fn deterministic(result: &ExecTxResult) -> Vec<u8> {
    let ExecTxResult { code, data, gas_wanted, gas_used, .. } = result;
    // The client keeps it as JSON has it, base64.
    let (code, data) = (code.value(), BASE64.decode(data).unwrap_or_else(|_| data.to_vec()));
    Deterministic { code, data, gas_wanted: *gas_wanted, gas_used: *gas_used }.encode_to_vec()
}

impl Block {
    /// Whether two thirds of the validators that the header names signed it, as the block `height` of `chain_id`.
    pub fn check(&self, height: u64, chain_id: &str) -> Result<(), Unproven> {
        let header = &self.signed.header;
        if header.chain_id.as_str() != chain_id {
            return Err(Unproven::Chain { height, found: header.chain_id.to_string(), wanted: chain_id.into() });
        }
        let commit = &self.signed.commit;
        if header.height.value() != height || commit.height.value() != height || commit.block_id.hash != header.hash() {
            return Err(Unproven::Commit(height));
        }
        let set = validator::Set::without_proposer(self.validators.clone());
        if set.hash() != header.validators_hash {
            return Err(Unproven::Validators(height));
        }
        ProdVotingPowerCalculator::default()
            .check_signers_overlap(&self.signed, &set)
            .map_err(|error| Unproven::Signatures { height, reason: error.to_string() })
    }

    /// Seconds since the Unix epoch.
    pub fn time(&self) -> u64 {
        self.signed.header.time.unix_timestamp().try_into().unwrap_or_default()
    }
}

impl Proven {
    /// The messages to a contract in the transaction with their senders, if it is in its block and was accepted. The blocks
    /// were checked.
    pub fn messages<T: DeserializeOwned>(
        &self,
        to: &Addr,
        blocks: &BTreeMap<u64, Block>,
    ) -> Result<Vec<(String, T)>, Unproven> {
        let height = self.height;
        let header = |height| blocks.get(&height).map(|block| &block.signed.header).ok_or(Unproven::Block(height));
        let tx = BASE64.decode(&self.tx).map_err(|_| Unproven::Unreadable("a transaction"))?;
        let root = self.in_block.root(&Sha256::digest(&tx)).map(Hash::Sha256);
        if root.is_none() || root != header(height)?.data_hash {
            return Err(Unproven::Transaction(height));
        }
        let result = BASE64.decode(&self.result).map_err(|_| Unproven::Unreadable("a result"))?;
        let root = self.in_results.root(&result).map(Hash::Sha256);
        // The same place in both: the result is this transaction's.
        let same = (self.in_block.index, self.in_block.total) == (self.in_results.index, self.in_results.total);
        if root.is_none() || root != header(height + 1)?.last_results_hash || !same {
            return Err(Unproven::Result(height));
        }
        let result = Deterministic::decode(&*result).map_err(|_| Unproven::Unreadable("a result"))?;
        if result.code != 0 {
            return Err(Unproven::Failed { height, code: result.code });
        }
        let unreadable = |_| Unproven::Unreadable("a transaction");
        let body = TxBody::decode(&*TxRaw::decode(&*tx).map_err(unreadable)?.body_bytes).map_err(unreadable)?;
        let mut messages = vec![];
        for any in body.messages.iter().filter(|any| any.type_url == "/cosmwasm.wasm.v1.MsgExecuteContract") {
            let MsgExecuteContract { sender, contract, msg, .. } =
                MsgExecuteContract::decode(&*any.value).map_err(unreadable)?;
            if contract == to.as_str() {
                let message = serde_json::from_slice(&msg).map_err(|_| Unproven::Unreadable("a message"))?;
                messages.push((sender, message));
            }
        }
        Ok(messages)
    }
}

impl Path {
    fn new(leaves: &[Vec<u8>], index: usize) -> Self {
        let mut aunts = vec![];
        walk(leaves, index, &mut aunts);
        Self { index, total: leaves.len(), aunts: aunts.into_iter().map(hex::encode).collect() }
    }

    fn root(&self, leaf: &[u8]) -> Option<[u8; 32]> {
        let aunts: Option<Vec<[u8; 32]>> =
            self.aunts.iter().map(|aunt| hex::decode(aunt).ok()?.try_into().ok()).collect();
        climb(self.index, self.total, leaf_hash(leaf), &aunts?)
    }
}

fn leaf_hash(leaf: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

fn inner_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// How many leaves are on the left: the largest power of two below all of them.
fn split(total: usize) -> usize {
    total.div_ceil(2).next_power_of_two()
}

/// The root over leaves, and the hashes beside the way to one of them, the lowest first.
fn walk(leaves: &[Vec<u8>], index: usize, aunts: &mut Vec<[u8; 32]>) -> [u8; 32] {
    let [only] = leaves else {
        let (left, right) = leaves.split_at(split(leaves.len()));
        return match index.checked_sub(left.len()) {
            None => {
                let root = walk(left, index, aunts);
                aunts.push(walk(right, 0, &mut vec![]));
                inner_hash(&root, &aunts[aunts.len() - 1])
            }
            Some(index) => {
                let root = walk(right, index, aunts);
                aunts.push(walk(left, 0, &mut vec![]));
                inner_hash(&aunts[aunts.len() - 1], &root)
            }
        };
    };
    leaf_hash(only)
}

/// The root above a leaf.
fn climb(index: usize, total: usize, leaf: [u8; 32], aunts: &[[u8; 32]]) -> Option<[u8; 32]> {
    if index >= total {
        return None;
    }
    match (total, aunts.split_last()) {
        (1, None) => Some(leaf),
        (1, Some(_)) | (_, None) => None,
        (_, Some((aunt, below))) => {
            let left = split(total);
            match index.checked_sub(left) {
                None => Some(inner_hash(&climb(index, left, leaf, below)?, aunt)),
                Some(index) => Some(inner_hash(aunt, &climb(index, total - left, leaf, below)?)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cosmrs::tendermint::{crypto::default::Sha256 as Hasher, merkle::simple_hash_from_byte_vectors};

    use super::*;

    #[test]
    fn no_tree_is_too_large_to_be_refused() {
        for total in [usize::MAX, usize::MAX / 2 + 2, usize::MAX / 2 + 1] {
            let path = Path { index: total - 1, total, aunts: vec!["00".repeat(32); 3] };
            assert_eq!(path.root(b"leaf"), None);
        }
    }

    #[test]
    fn every_leaf_leads_to_the_root_that_tendermint_computes() {
        for total in 1..20usize {
            let leaves: Vec<Vec<u8>> = (0..total).map(|leaf| vec![leaf as u8; leaf]).collect();
            let root = simple_hash_from_byte_vectors::<Hasher>(&leaves);
            for index in 0..total {
                let path = Path::new(&leaves, index);
                assert_eq!(path.root(&leaves[index]), Some(root), "{index} of {total}");
                assert_ne!(path.root(b"other"), Some(root));
                if total > 1 {
                    let elsewhere = Path { index: (index + 1) % total, ..path.clone() };
                    assert_ne!(elsewhere.root(&leaves[index]), Some(root), "{index} of {total}");
                    let short = Path { aunts: path.aunts[1..].to_vec(), ..path.clone() };
                    assert_ne!(short.root(&leaves[index]), Some(root));
                }
                let beyond = Path { index: total, ..path };
                assert_eq!(beyond.root(&leaves[index]), None);
            }
        }
    }
}
