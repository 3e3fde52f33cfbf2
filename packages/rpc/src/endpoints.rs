//! Several ways to one chain: what one endpoint can't answer, another is asked.

use std::{cell::Cell, fmt, future::Future, time::Duration};

use cosmrs::{proto::traits::Message as Proto, tendermint::abci::types::ExecTxResult};
use tendermint_rpc::{
    Client, Error as RpcError, HttpClient, Order,
    client::CompatMode,
    endpoint::{abci_query::AbciQuery, status, tx},
    error::ErrorDetail,
    query::Query,
};
use tokio::time::sleep;

/// How long an endpoint may take for one answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often all of them are asked, and how long is waited before they are asked anew.
const ROUNDS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);
/// How long is waited first for a state that follows a block.
const CATCH_UP: Duration = Duration::from_millis(50);
/// Most transactions that a node shows at once.
const PAGE: u8 = 100;
/// An endpoint whose last block is older than this, in seconds, is behind, or its chain stands still.
const BEHIND: u64 = 120;

/// Why a chain cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    #[error("no endpoint of {chain_id} is given")]
    None { chain_id: String },
    #[error("{url} is not an address of an RPC endpoint: {reason}")]
    Address { url: String, reason: String },
    #[error("no endpoint answers: {}", Tried(.0))]
    Unreachable(Vec<(String, String)>),
    #[error("{url} serves {found}, not {wanted}")]
    AnotherChain { url: String, found: String, wanted: String },
    #[error("{url} is behind or its chain stands still: its last block, {height}, is {seconds} s old")]
    Behind { url: String, height: u64, seconds: u64 },
    /// The chain heard the question and refused it.
    #[error("{log}")]
    Refused { codespace: String, code: u32, log: String },
    #[error("{url} answers what makes no sense: {reason}")]
    Nonsense { url: String, reason: String },
}

struct Tried<'a>(&'a [(String, String)]);

impl fmt::Display for Tried<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let tried: Vec<String> = self.0.iter().map(|(url, reason)| format!("{url} ({reason})")).collect();
        f.write_str(&tried.join(", "))
    }
}

/// Endpoints of one chain.
pub struct Endpoints {
    all: Vec<(String, HttpClient)>,
    /// The one that answered last.
    current: Cell<usize>,
    /// The highest block that any has shown: no older state is read.
    seen: Cell<u64>,
    failures: Cell<u64>,
}

impl Endpoints {
    /// Asks each for its chain. Those that don't answer, serve another chain or are behind `now` are passed over as long as
    /// one is left.
    pub async fn connect(urls: &[String], chain_id: &str, now: u64) -> Result<Self, EndpointError> {
        let (mut all, mut wrong) = (vec![], vec![]);
        for url in urls {
            match checked(url, chain_id, now).await {
                Ok(client) => all.push((url.clone(), client)),
                Err(reason) => {
                    tracing::warn!("{reason}");
                    wrong.push(reason);
                }
            }
        }
        if !all.is_empty() {
            let (current, seen, failures) = Default::default();
            return Ok(Self { all, current, seen, failures });
        }
        Err(match wrong.len() {
            0 => EndpointError::None { chain_id: chain_id.into() },
            1 => wrong.remove(0),
            _ => EndpointError::Unreachable(urls.iter().cloned().zip(wrong.iter().map(ToString::to_string)).collect()),
        })
    }

    /// Asks the current endpoint, or another if it doesn't answer. An answer that refuses is an answer.
    pub async fn ask<T, F>(&self, question: impl Fn(HttpClient) -> F) -> Result<T, RpcOrEndpoint>
    where
        F: Future<Output = Result<T, RpcError>>,
    {
        let mut tried = vec![];
        for round in 0..ROUNDS {
            if round > 0 {
                sleep(PAUSE * 2u32.pow(round - 1)).await;
            }
            tried.clear();
            for at in 0..self.all.len() {
                let index = (self.current.get() + at) % self.all.len();
                let (url, client) = &self.all[index];
                match question(client.clone()).await {
                    Ok(answer) => {
                        self.current.set(index);
                        return Ok(answer);
                    }
                    Err(error) if matches!(error.detail(), ErrorDetail::Response(_)) => {
                        return Err(RpcOrEndpoint::Rpc(error));
                    }
                    Err(error) => {
                        self.failures.set(self.failures.get().wrapping_add(1));
                        tried.push((url.clone(), reason(&error)));
                    }
                }
            }
            tracing::debug!("{}", Tried(&tried));
        }
        Err(EndpointError::Unreachable(tried).into())
    }

    /// Asks a module of the chain, at a state no older than the newest that was seen.
    pub async fn query<A: Proto + Default>(&self, path: &str, question: impl Proto) -> Result<A, EndpointError> {
        let data = question.encode_to_vec();
        for round in 0..2 * ROUNDS {
            let ask = |client: HttpClient| {
                let (path, data) = (path.to_owned(), data.clone());
                async move { client.abci_query(Some(path), data, None, false).await }
            };
            let AbciQuery { code, codespace, log, value, height, .. } = self.ask(ask).await?;
            // A refusal may be of an older state too: what was just made is not there yet.
            if self.note(height.value()) || height.value() == 0 {
                if code.is_err() {
                    return Err(EndpointError::Refused { codespace, code: code.value(), log });
                }
                let url = self.url().to_owned();
                return A::decode(&*value).map_err(|error| EndpointError::Nonsense { url, reason: error.to_string() });
            }
            // A later block was shown, by another endpoint or by this one before its state followed: the next is asked, or
            // this one when it has caught up.
            self.current.set((self.current.get() + 1) % self.all.len());
            sleep(CATCH_UP * 2u32.pow(round)).await;
        }
        let (url, height) = (self.url().to_owned(), self.seen.get());
        Err(EndpointError::Nonsense { url, reason: format!("it does not show block {height}, which was seen") })
    }

    /// Height and time in seconds of the latest block.
    pub async fn latest(&self) -> Result<(u64, u64), EndpointError> {
        let status = self.ask(|client| async move { client.status().await }).await?;
        let (height, time) = block(&status);
        self.note(height);
        Ok((height.max(self.seen.get()), time))
    }

    /// What became of the transactions of a block. It is there a moment after the block.
    pub async fn results(&self, height: u32) -> Result<Vec<ExecTxResult>, EndpointError> {
        for round in 0..2 * ROUNDS {
            match self.ask(|client| async move { client.block_results(height).await }).await {
                Err(RpcOrEndpoint::Rpc(error)) if reason(&error).contains("could not find results") => {
                    sleep(CATCH_UP * 2u32.pow(round)).await;
                }
                answer => return Ok(answer?.txs_results.unwrap_or_default()),
            }
        }
        let (url, reason) = (self.url().to_owned(), format!("it has no results of block {height}"));
        Err(EndpointError::Nonsense { url, reason })
    }

    /// All accepted transactions that a node's index has for a search, in order.
    pub async fn search(&self, search: &Query) -> Result<Vec<tx::Response>, EndpointError> {
        let (mut found, mut seen) = (vec![], 0);
        for page in 1.. {
            let ask = |client: HttpClient| {
                let search = search.clone();
                async move { client.tx_search(search, false, page, PAGE, Order::Ascending).await }
            };
            let answer = self.ask(ask).await?;
            seen += answer.txs.len();
            // A page beyond the last is refused.
            let last = answer.txs.len() < PAGE.into() || seen >= answer.total_count as usize;
            found.extend(answer.txs.into_iter().filter(|tx| tx.tx_result.code.is_ok()));
            if last {
                break;
            }
        }
        Ok(found)
    }

    /// Notes that a block was seen; whether none later was.
    fn note(&self, height: u64) -> bool {
        let newest = height >= self.seen.get();
        if newest {
            self.seen.set(height);
        }
        newest
    }

    /// How often an endpoint gave no answer so far.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.get()
    }

    /// The endpoint that answered last.
    pub fn url(&self) -> &str {
        &self.all[self.current.get()].0
    }
}

async fn checked(url: &str, chain_id: &str, now: u64) -> Result<HttpClient, EndpointError> {
    let address = |error: RpcError| EndpointError::Address { url: url.into(), reason: reason(&error) };
    let at = url.parse().map_err(address)?;
    let client = HttpClient::builder(at).compat_mode(CompatMode::V0_38).timeout(PATIENCE).build().map_err(address)?;
    let unreachable = |error: RpcError| EndpointError::Unreachable(vec![(url.into(), reason(&error))]);
    let status = client.status().await.map_err(unreachable)?;
    let found = status.node_info.network.to_string();
    if found != chain_id {
        return Err(EndpointError::AnotherChain { url: url.into(), found, wanted: chain_id.into() });
    }
    let (height, time) = block(&status);
    let seconds = now.saturating_sub(time);
    if seconds > BEHIND {
        return Err(EndpointError::Behind { url: url.into(), height, seconds });
    }
    Ok(client)
}

fn block(status: &status::Response) -> (u64, u64) {
    let sync = &status.sync_info;
    let time = sync.latest_block_time.unix_timestamp();
    (sync.latest_block_height.value(), time.try_into().unwrap_or_default())
}

/// The first line of an error, without the trace.
pub fn reason(error: &RpcError) -> String {
    match error.detail() {
        ErrorDetail::Response(response) => response.source.to_string(),
        ErrorDetail::Http(_) => error.trace().root_cause().to_string(),
        detail => detail.to_string(),
    }
}

/// An answer of an endpoint that refuses, or none.
#[derive(Debug)]
pub enum RpcOrEndpoint {
    Rpc(RpcError),
    Endpoint(EndpointError),
}

impl From<EndpointError> for RpcOrEndpoint {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint(error)
    }
}

impl From<RpcOrEndpoint> for EndpointError {
    fn from(error: RpcOrEndpoint) -> Self {
        match error {
            RpcOrEndpoint::Endpoint(error) => error,
            RpcOrEndpoint::Rpc(error) => Self::Refused { codespace: "rpc".into(), code: 0, log: reason(&error) },
        }
    }
}
