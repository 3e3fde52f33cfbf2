//! A chain, reached through its endpoints, with the keys that sign here: transactions go in once, or say that they didn't.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD as BASE64};
use cosmrs::{
    Any, Coin,
    proto::{
        cosmos::{
            auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse},
            bank::v1beta1::{Input, MsgMultiSend, Output},
            base::v1beta1::Coin as Amount,
            tx::v1beta1::{SimulateRequest, SimulateResponse, TxRaw},
        },
        traits::Message,
    },
    tendermint::abci,
    tx::{Body, Fee, SignDoc, SignerInfo},
};
use cosmwasm_std::{Addr, Decimal, Event, Uint128};
use sha2::{Digest, Sha256};
use tendermint_rpc::{Client, HttpClient, endpoint::broadcast::tx_sync};
use tokio::{sync::Mutex, time::sleep};

use crate::{
    EndpointError, Endpoints, Key, Network, Refused,
    endpoints::{RpcOrEndpoint, reason},
};

/// A transaction that is in no block this many blocks on is in none ever.
pub const LIFETIME: u64 = 30;
/// How often a transaction is made anew because its sequence went to another.
const ATTEMPTS: usize = 20;
/// Most bytes of a transaction: its simulation travels as hex, and endpoints take a megabyte.
const MAX_BYTES: usize = 490_000;
/// How often is looked for a new block.
const LOOK: Duration = Duration::from_millis(200);

/// Codes of the SDK.
mod code {
    pub const INSUFFICIENT_FUNDS: u32 = 5;
    pub const OUT_OF_GAS: u32 = 11;
    pub const INSUFFICIENT_FEE: u32 = 13;
    pub const ALREADY_IN_MEMPOOL: u32 = 19;
    pub const MEMPOOL_FULL: u32 = 20;
    pub const WRONG_SEQUENCE: u32 = 32;
}

/// Why a transaction is not in a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("no key of {0} is here")]
    NoKey(Addr),
    #[error("account {0} does not exist: nothing was ever sent to it")]
    NoAccount(Addr),
    #[error("the fee is too low for these nodes: {0}")]
    Fee(String),
    #[error("{address} cannot pay: {reason}")]
    Funds { address: Addr, reason: String },
    #[error("{used} gas was used and {wanted} paid for: raise gas_adjustment")]
    Gas { used: u64, wanted: u64 },
    #[error("a transaction of {bytes} bytes is more than the {MAX_BYTES} that endpoints take")]
    TooBig { bytes: usize },
    #[error("transaction {hash} was sent and may still be included until block {until}: {reason}")]
    Unknown { hash: String, until: u64, reason: String },
    #[error("other transactions of {0} went first {ATTEMPTS} times: is its key used elsewhere?")]
    Contended(Addr),
}

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct Included {
    /// SHA-256 of the transaction, upper-case hex.
    pub hash: String,
    pub height: u64,
    pub sender: Addr,
    /// What its messages are called: `escrow post`.
    pub messages: Vec<String>,
    /// Bytes of the transaction.
    pub bytes: usize,
    pub gas_wanted: u64,
    pub gas_used: u64,
    pub events: Vec<Event>,
}

/// A message to be sent, and what it is called.
pub struct Named {
    pub name: String,
    pub any: Any,
}

struct Account {
    key: Key,
    /// Held while a transaction of its is on the way.
    turn: Mutex<()>,
}

/// Who is told of every transaction that was included.
type Observer = Box<dyn Fn(&Included)>;

pub struct Connection {
    pub network: Network,
    pub endpoints: Endpoints,
    accounts: BTreeMap<Addr, Account>,
    observer: Option<Observer>,
}

impl Connection {
    /// Reaches a chain through the endpoints that its description names.
    pub async fn open(network: Network) -> Result<Self> {
        let endpoints = Endpoints::connect(&network.rpc(), &network.chain_id, now()).await?;
        let (accounts, observer) = Default::default();
        Ok(Self { network, endpoints, accounts, observer })
    }

    /// Adds a key that signs. Its address.
    pub fn add(&mut self, key: Key) -> Result<Addr> {
        let address = Addr::unchecked(key.address(&self.network.bech32_prefix)?);
        self.accounts.insert(address.clone(), Account { key, turn: Mutex::default() });
        Ok(address)
    }

    /// Tells somebody of every transaction that is included.
    pub fn observe(&mut self, told: impl Fn(&Included) + 'static) {
        self.observer = Some(Box::new(told));
    }

    /// Pays each of `to` so much of the network's denom, in one transaction.
    pub async fn pay(&self, from: &Addr, to: &[(Addr, Uint128)]) -> Result<Included> {
        let coins = |amount: Uint128| vec![Amount { denom: self.network.denom().into(), amount: amount.to_string() }];
        let total = to.iter().try_fold(Uint128::zero(), |sum, (_, amount)| sum.checked_add(*amount))?;
        let outputs = to.iter().map(|(to, amount)| Output { address: to.to_string(), coins: coins(*amount) }).collect();
        let inputs = vec![Input { address: from.to_string(), coins: coins(total) }];
        let any = Any::from_msg(&MsgMultiSend { inputs, outputs })?;
        self.send(from, vec![Named { name: "bank multi_send".into(), any }]).await
    }

    /// Sends messages in one transaction and waits until it is in a block: all of them are accepted or none.
    ///
    /// A transaction carries the block after which it is in none: so what is not found by then is made anew, and nothing is
    /// sent twice.
    pub async fn send(&self, sender: &Addr, messages: Vec<Named>) -> Result<Included> {
        let account = self.accounts.get(sender).ok_or_else(|| SendError::NoKey(sender.clone()))?;
        let _turn = account.turn.lock().await;
        let (names, anys): (Vec<String>, Vec<Any>) = messages.into_iter().map(|named| (named.name, named.any)).unzip();
        for _ in 0..ATTEMPTS {
            let (number, sequence) = self.sequence(sender).await?;
            let (height, _) = self.endpoints.latest().await?;
            let body =
                Body::new(anys.clone(), nonce(), u32::try_from(height + LIFETIME).context("the chain is too high")?);
            let draft = Draft { body, account, number, sequence, network: &self.network };
            let gas = match self.simulate(&draft, sender, &names).await? {
                Some(gas) => gas,
                None => {
                    self.next_block().await?;
                    continue;
                }
            };
            let tx = draft.sign(gas)?;
            let until = height + LIFETIME;
            match self.submit(&tx, height, until, sender, &names).await? {
                Some(included) => {
                    tracing::debug!(
                        hash = included.hash,
                        height = included.height,
                        gas = included.gas_used,
                        page = self.network.page(&included.hash),
                        "{names:?}"
                    );
                    if let Some(told) = &self.observer {
                        told(&included);
                    }
                    return Ok(included);
                }
                None => _ = self.next_block().await?,
            }
        }
        Err(SendError::Contended(sender.clone()).into())
    }

    /// Number and next sequence of an account, as the latest block has them.
    pub async fn sequence(&self, address: &Addr) -> Result<(u64, u64)> {
        let request = QueryAccountRequest { address: address.to_string() };
        let answer: Result<QueryAccountResponse, _> =
            self.endpoints.query("/cosmos.auth.v1beta1.Query/Account", request).await;
        let answer = answer.map_err(|error| match error {
            EndpointError::Refused { log, .. } if log.contains("not found") => {
                anyhow::Error::from(SendError::NoAccount(address.clone()))
            }
            error => error.into(),
        })?;
        let any = answer.account.context("an account without an account")?;
        let base = BaseAccount::decode(&*any.value)?;
        Ok((base.account_number, base.sequence))
    }

    /// Gas to pay for; `None` if the sequence is another's by now.
    async fn simulate(&self, draft: &Draft<'_>, sender: &Addr, names: &[String]) -> Result<Option<u64>> {
        // With a fee, however small: taking it takes gas.
        let tx_bytes = draft.sign(1)?;
        ensure!(tx_bytes.len() <= MAX_BYTES, SendError::TooBig { bytes: tx_bytes.len() });
        #[allow(deprecated)]
        let request = SimulateRequest { tx: None, tx_bytes };
        let answer: Result<SimulateResponse, _> =
            self.endpoints.query("/cosmos.tx.v1beta1.Service/Simulate", request).await;
        match answer {
            Ok(answer) => {
                let used = answer.gas_info.context("a simulation without gas")?.gas_used;
                Ok(Some(scaled(used, self.network.gas_adjustment)))
            }
            Err(EndpointError::Refused { log, .. }) if log.contains("account sequence mismatch") => Ok(None),
            Err(EndpointError::Refused { log, .. }) if log.contains("insufficient funds") => {
                Err(SendError::Funds { address: sender.clone(), reason: Refused::read(&log, &[]).text }.into())
            }
            Err(EndpointError::Refused { log, .. }) => Err(Refused::read(&log, names).into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Hands a transaction to the chain and waits until it is in a block; `None` if it is in none ever.
    async fn submit(
        &self,
        tx: &[u8],
        from: u64,
        until: u64,
        sender: &Addr,
        names: &[String],
    ) -> Result<Option<Included>> {
        let hash = hex::encode_upper(Sha256::digest(tx));
        let unknown = |reason: String| SendError::Unknown { hash: hash.clone(), until, reason };
        let mut search = Search { sender, tx, hash: &hash, next: from + 1 };
        let failures = self.endpoints.failures();
        loop {
            let answer = self.endpoints.ask(|client| broadcast(client, tx.to_vec())).await;
            match answer {
                Ok(answer) if answer.code.is_ok() => break,
                Ok(answer) => match answer.code.value() {
                    code::ALREADY_IN_MEMPOOL => break,
                    // Another endpoint may have had room.
                    code::MEMPOOL_FULL if self.next_block().await.map_err(|error| told(error, &unknown))? > until => {
                        break;
                    }
                    code::MEMPOOL_FULL => {}
                    // An endpoint that gave no answer may have taken it.
                    code::WRONG_SEQUENCE if self.endpoints.failures() > failures => break,
                    code::WRONG_SEQUENCE => return Ok(None),
                    code::INSUFFICIENT_FEE => return Err(SendError::Fee(answer.log).into()),
                    code::INSUFFICIENT_FUNDS => {
                        return Err(SendError::Funds { address: sender.clone(), reason: answer.log }.into());
                    }
                    _ => return Err(Refused::read(&answer.log, names).into()),
                },
                Err(RpcOrEndpoint::Rpc(error)) if reason(&error).contains("already exists in cache") => break,
                Err(RpcOrEndpoint::Rpc(error)) => return Err(unknown(reason(&error)).into()),
                Err(RpcOrEndpoint::Endpoint(error)) => return Err(unknown(error.to_string()).into()),
            }
        }
        loop {
            if let Some(included) = self.found(&mut search, names).await.map_err(|error| told(error, &unknown))? {
                return Ok(Some(included));
            }
            if search.next > until {
                return Ok(None);
            }
            sleep(LOOK).await;
        }
    }

    /// Looks through the blocks that came since the last look. Needs no index of transactions, which nodes may lack.
    async fn found(&self, search: &mut Search<'_>, names: &[String]) -> Result<Option<Included>> {
        let (latest, _) = self.endpoints.latest().await?;
        while search.next <= latest {
            let height = u32::try_from(search.next)?;
            let block = self.endpoints.ask(|client| async move { client.block(height).await }).await;
            let block = block.map_err(EndpointError::from)?.block;
            let index = block.data.iter().position(|tx| tx == search.tx);
            if let Some(index) = index {
                return self.result(height, index, search, names).await.map(Some);
            }
            search.next += 1;
        }
        Ok(None)
    }

    async fn result(&self, height: u32, index: usize, search: &Search<'_>, names: &[String]) -> Result<Included> {
        let results = self.endpoints.results(height).await?;
        let result = results.into_iter().nth(index).context("a block with fewer results than transactions")?;
        let [used, wanted] = [result.gas_used, result.gas_wanted].map(|gas| u64::try_from(gas).unwrap_or_default());
        if result.code.is_err() {
            return Err(match result.code.value() {
                code::OUT_OF_GAS if result.codespace == "sdk" => SendError::Gas { used, wanted }.into(),
                _ => Refused::read(&result.log, names).into(),
            });
        }
        Ok(Included {
            hash: search.hash.into(),
            height: height.into(),
            sender: search.sender.clone(),
            messages: names.to_vec(),
            bytes: search.tx.len(),
            gas_wanted: wanted,
            gas_used: used,
            events: result.events.into_iter().map(event).collect(),
        })
    }

    /// Waits for the next block. Its height.
    pub async fn next_block(&self) -> Result<u64> {
        let (height, _) = self.endpoints.latest().await?;
        loop {
            sleep(LOOK).await;
            let (latest, _) = self.endpoints.latest().await?;
            if latest > height {
                return Ok(latest);
            }
        }
    }
}

/// Where a transaction is looked for.
struct Search<'a> {
    sender: &'a Addr,
    tx: &'a [u8],
    hash: &'a str,
    /// The next block to look into.
    next: u64,
}

/// A transaction before its gas is known.
struct Draft<'a> {
    body: Body,
    account: &'a Account,
    number: u64,
    sequence: u64,
    network: &'a Network,
}

impl Draft<'_> {
    fn sign(&self, gas: u64) -> Result<Vec<u8>> {
        let signer = self.account.key.signer();
        let amount = fee(gas, self.network.gas_price());
        let denom =
            self.network.denom().parse().map_err(|_| anyhow::anyhow!("{} is no denom", self.network.denom()))?;
        let mut fee = Fee::from_amount_and_gas(Coin { denom, amount: amount.u128() }, gas);
        fee.amount.retain(|coin| coin.amount > 0);
        let auth = SignerInfo::single_direct(Some(signer.public_key()), self.sequence).auth_info(fee);
        let chain_id = self.network.chain_id.parse().map_err(|_| anyhow::anyhow!("no chain id"))?;
        let signed = SignDoc::new(&self.body, &auth, &chain_id, self.number)
            .and_then(|doc| doc.sign(&signer))
            .map_err(|error| anyhow::anyhow!("cannot sign: {error}"))?;
        Ok(TxRaw::from(signed).encode_to_vec())
    }
}

async fn broadcast(client: HttpClient, tx: Vec<u8>) -> Result<tx_sync::Response, tendermint_rpc::Error> {
    client.broadcast_tx_sync(tx).await
}

/// An error on the way of a transaction that was sent: that a chain refused it is an answer, anything else leaves it open.
fn told(error: anyhow::Error, unknown: &dyn Fn(String) -> SendError) -> anyhow::Error {
    if error.is::<Refused>() || error.is::<SendError>() { error } else { unknown(error.to_string()).into() }
}

/// A memo that makes a transaction one of its kind: two processes with one key may send the same at once, and each has to
/// know whether its own was included.
fn nonce() -> String {
    BASE64.encode(rand::random::<[u8; 6]>())
}

/// What gas costs, rounded up.
pub fn fee(gas: u64, price: Decimal) -> Uint128 {
    Uint128::from(gas).mul_ceil(price)
}

fn scaled(gas: u64, by: Decimal) -> u64 {
    u64::try_from(Uint128::from(gas).mul_ceil(by).u128()).unwrap_or(u64::MAX)
}

/// An event as contracts' clients read it.
pub(crate) fn event(event: abci::Event) -> Event {
    let mut made = Event::new(event.kind);
    for attribute in event.attributes {
        if let (Ok(key), Ok(value)) = (attribute.key_str(), attribute.value_str()) {
            made = made.add_attribute(key, value);
        }
    }
    made
}

/// Seconds since the Unix epoch, by this machine's clock.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
