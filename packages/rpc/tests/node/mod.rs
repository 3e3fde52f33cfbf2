//! A node that answers as its script says: what real ones do once in a thousand times.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use cosmrs::{
    Any,
    proto::{
        cosmos::{
            auth::v1beta1::{BaseAccount, QueryAccountResponse},
            base::abci::v1beta1::GasInfo,
            tx::v1beta1::SimulateResponse,
        },
        traits::Message,
    },
    tendermint::Time,
};
use serde_json::{Value, json};

/// What happens to a transaction that is handed in.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is taken, and said so.
    Taken,
    /// It is taken, but the answer is lost.
    Lost,
    /// It is not taken, and there is no answer.
    Dropped,
    /// The node has seen it before.
    Cached,
    /// It is not taken: another transaction of the account went first.
    Overtaken,
    /// It is refused with this code of the SDK.
    Code(u32),
}

#[derive(Default)]
pub struct State {
    pub height: u64,
    pub sequence: u64,
    /// Answers to come; once there are none, everything is taken.
    pub script: VecDeque<Answer>,
    /// Every transaction that was handed in.
    pub handed: Vec<Vec<u8>>,
    /// Blocks that come before what was taken is in one.
    pub delay: u64,
    /// With the height from which it may be in a block.
    mempool: Vec<(u64, Vec<u8>)>,
    pub blocks: BTreeMap<u64, Vec<Vec<u8>>>,
    /// How what is in blocks ends.
    pub code: u32,
    pub account: bool,
    pub chain_id: String,
    /// Seconds since its last block.
    pub age: i64,
    /// How often results are missing of a block that is there.
    pub slow_results: u32,
}

pub struct Node {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Node {
    pub fn new(script: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = script.iter().cloned().collect();
        let state = State { height: 10, account: true, chain_id: "tequio-local".into(), script, ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                thread::spawn(move || serve(stream, &state));
            }
        });
        Self { url, state }
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap())
    }

    /// Everything that is in blocks.
    pub fn included(&self) -> Vec<Vec<u8>> {
        self.with(|state| state.blocks.values().flatten().cloned().collect())
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let request: Value = serde_json::from_slice(&body).unwrap();
    // No answer: the connection is closed.
    let Some(answer) = state.lock().unwrap().answer(&request) else { return };
    let mut answered = json!({ "jsonrpc": "2.0", "id": request["id"] });
    match answer {
        Ok(result) => answered["result"] = result,
        Err(data) => answered["error"] = json!({ "code": -32603, "message": "Internal error", "data": data }),
    }
    let text = answered.to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len());
    let mut stream = reader.into_inner();
    _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(text.as_bytes()));
}

type Answered = Option<Result<Value, String>>;

impl State {
    fn answer(&mut self, request: &Value) -> Answered {
        let params = &request["params"];
        match request["method"].as_str().unwrap() {
            "status" => Some(Ok(self.status())),
            "abci_query" => Some(Ok(self.query(params["path"].as_str().unwrap()))),
            "broadcast_tx_sync" => self.handed_in(BASE64.decode(params["tx"].as_str().unwrap()).unwrap()),
            "block" => Some(Ok(self.block(params["height"].as_str().unwrap().parse().unwrap()))),
            "block_results" => Some(self.results(params["height"].as_str().unwrap().parse().unwrap())),
            method => panic!("{method} is not asked for here"),
        }
    }

    /// Each look finds one more block.
    fn status(&mut self) -> Value {
        self.height += 1;
        let height = self.height;
        let (now, later) = self.mempool.drain(..).partition::<Vec<_>, _>(|(from, _)| *from <= height);
        self.mempool = later;
        self.sequence += now.len() as u64;
        self.blocks.entry(height).or_default().extend(now.into_iter().map(|(_, tx)| tx));
        let mut status: Value = serde_json::from_str(include_str!("status.json")).unwrap();
        let time = Time::from_unix_timestamp(Time::now().unix_timestamp() - self.age, 0).unwrap();
        status["node_info"]["network"] = self.chain_id.clone().into();
        status["sync_info"]["latest_block_height"] = height.to_string().into();
        status["sync_info"]["latest_block_time"] = time.to_rfc3339().into();
        status
    }

    fn query(&self, path: &str) -> Value {
        let (code, log, value) = match path {
            "/cosmos.auth.v1beta1.Query/Account" if !self.account => {
                (22, "account is not found: key not found", vec![])
            }
            "/cosmos.auth.v1beta1.Query/Account" => {
                let base = BaseAccount { sequence: self.sequence, account_number: 7, ..Default::default() };
                let any = Any { type_url: "/cosmos.auth.v1beta1.BaseAccount".into(), value: base.encode_to_vec() };
                (0, "", QueryAccountResponse { account: Some(any) }.encode_to_vec())
            }
            "/cosmos.tx.v1beta1.Service/Simulate" => {
                let gas_info = Some(GasInfo { gas_used: 100_000, gas_wanted: 0 });
                (0, "", SimulateResponse { gas_info, result: None }.encode_to_vec())
            }
            path => panic!("{path} is not asked for here"),
        };
        json!({ "response": {
            "code": code, "log": log, "info": "", "index": "0", "key": null, "value": BASE64.encode(value),
            "proofOps": null, "height": self.height.to_string(), "codespace": "sdk",
        } })
    }

    fn handed_in(&mut self, tx: Vec<u8>) -> Answered {
        self.handed.push(tx.clone());
        let answer = self.script.pop_front().unwrap_or(Answer::Taken);
        if matches!(answer, Answer::Taken | Answer::Lost) {
            self.mempool.push((self.height + 1 + self.delay, tx));
        }
        let said = |code: u32, log: &str| {
            let hash = "00".repeat(32);
            Some(Ok(json!({ "code": code, "data": "", "log": log, "codespace": "sdk", "hash": hash })))
        };
        match answer {
            Answer::Taken => said(0, ""),
            Answer::Lost | Answer::Dropped => None,
            Answer::Cached => Some(Err("tx already exists in cache".into())),
            Answer::Overtaken => {
                self.sequence += 1;
                said(32, "account sequence mismatch, expected another: incorrect account sequence")
            }
            Answer::Code(code) => said(code, "refused"),
        }
    }

    fn block(&self, height: u64) -> Value {
        let mut block: Value = serde_json::from_str(include_str!("block.json")).unwrap();
        let txs = self.blocks.get(&height).into_iter().flatten();
        block["block"]["header"]["height"] = height.to_string().into();
        block["block"]["data"]["txs"] = txs.map(|tx| BASE64.encode(tx)).collect();
        block
    }

    fn results(&mut self, height: u64) -> Result<Value, String> {
        if self.slow_results > 0 {
            self.slow_results -= 1;
            return Err(format!("could not find results for height #{height}"));
        }
        let result = json!({
            "code": self.code, "data": null, "log": "out of gas in location: WriteFlat", "info": "",
            "gas_wanted": "130000", "gas_used": "130001", "events": [], "codespace": "sdk",
        });
        let results = vec![result; self.blocks.get(&height).map_or(0, Vec::len)];
        Ok(json!({
            "height": height.to_string(), "txs_results": results, "finalize_block_events": [],
            "validator_updates": [], "consensus_param_updates": null, "app_hash": "",
        }))
    }
}
