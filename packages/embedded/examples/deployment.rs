//! The next step of a deployment with the default setup, for a chain outside the process. Reads what is done from
//! standard input and prints one line of JSON, `null` once all is done:
//! `echo '{"governance":"wasm1…","codes":{},"addresses":{},"sent":0}' | cargo run -p tequio-embedded --example deployment`

use std::{collections::BTreeMap, io::stdin};

use anyhow::Result;
use cosmwasm_std::Addr;
use serde::Deserialize;
use serde_json::{Value, from_slice, json};
use tequio_client::{
    Contract,
    deploy::{Progress, Step},
};
use tequio_embedded::{LocalBeacon, Setup};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    governance: String,
    codes: BTreeMap<Contract, u64>,
    addresses: BTreeMap<Contract, String>,
    /// How many messages were sent.
    sent: usize,
}

fn main() -> Result<()> {
    let done: Done = serde_json::from_reader(stdin())?;
    let setup = Setup::default();
    let beacon = LocalBeacon::new(&setup.beacon_seed, setup.genesis, setup.beacon_period);
    let settings = setup.settings(Addr::unchecked(done.governance), &beacon, vec![]);
    let mut progress = Progress::default();
    done.codes.into_iter().for_each(|(contract, code)| progress.uploaded(contract, code));
    done.addresses.into_iter().for_each(|(contract, at)| progress.instantiated(contract, Addr::unchecked(at)));
    (0..done.sent).for_each(|_| progress.sent());
    println!("{}", settings.next(&progress)?.map_or(Ok(Value::Null), written)?);
    Ok(())
}

fn written(step: Step) -> Result<Value> {
    Ok(match step {
        Step::Upload { contract } => json!({ "upload": { "contract": contract } }),
        Step::Instantiate { contract, code, message } => {
            let message: Value = from_slice(&message)?;
            json!({ "instantiate": { "contract": contract, "code": code, "message": message } })
        }
        Step::FindToken { rewards } => json!({ "find_token": { "rewards": rewards } }),
        Step::Send { call } => {
            let (contract, message): (_, Value) = (call.message.contract(), from_slice(&call.message.json()?)?);
            json!({ "send": { "contract": contract, "message": message, "funds": call.funds } })
        }
    })
}
