//! A world on a real chain, one that `scripts/localnet/localnet start --free` started. Everybody in it has a key made for
//! it; all worlds of a process share one deployment, with the windows of `scripts/networks/local.deploy.toml`.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use cosmrs::proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use cosmwasm_std::{Addr, Uint128};
use cw20::{Cw20Coin, Cw20ExecuteMsg};
use tequio_client::{Chain, Deployment, Profile, deploy::Settings};
use tequio_embedded::{LocalBeacon, Setup};
use tequio_rpc::{Connection, Key, Keyring, PATH, Rpc};
use tokio::sync::Mutex;

use super::{CLIENT, RICH, wait};
use crate::localnet;

/// The RPC endpoint of the chain that worlds are to stand on.
const ENDPOINT: &str = "TEQUIO_LOCALNET";
/// Seconds that are waited for at once. What takes longer is for a chain whose time is made.
const PATIENCE: u64 = 200;
/// Where the money comes from.
const FAUCET: &str = "client";

pub struct Node {
    pub rpc: Rpc,
    pub beacon: LocalBeacon,
    actors: BTreeMap<String, Addr>,
    /// Has what the actors get.
    purse: Addr,
}

/// What all worlds share, the block in which it began, and whose turn it is to use the faucet.
static DEPLOYED: Mutex<Option<(Deployment, u64)>> = Mutex::const_new(None);

impl Node {
    /// The chain that the environment names, if it names one.
    pub fn named() -> Option<Self> {
        let endpoint = env::var(ENDPOINT).ok()?;
        Some(wait(Self::at(endpoint)).unwrap_or_else(|error| panic!("no world on that chain: {error:#}")))
    }

    async fn at(endpoint: String) -> Result<Self> {
        let mut connection = localnet::connect(&endpoint).await?;
        let keys = Keyring::test(&target().join("localnet/chain/keys"));
        let [faucet, governance] = [connection.add(keys.key(FAUCET)?)?, connection.add(keys.key("governance")?)?];
        let purse = connection.add(new_key()?)?;

        let mut deployed = DEPLOYED.lock().await;
        let (deployment, since) = match &*deployed {
            Some(known) => known.clone(),
            None => deployed.insert(deploy(&connection, governance, &faucet).await?).clone(),
        };
        connection.pay(&faucet, &[(purse.clone(), (RICH << 8).into())]).await?;
        let beacon = Setup::default().beacon();
        let mut node = Self { rpc: Rpc::new(connection, deployment, since), beacon, actors: BTreeMap::new(), purse };
        let tokens = Cw20ExecuteMsg::Transfer { recipient: node.actor(CLIENT).into(), amount: RICH.into() };
        node.rpc.execute(&faucet, tokens).await?;
        Ok(node)
    }

    /// Somebody of that name, with money.
    pub fn actor(&mut self, name: &str) -> Addr {
        if let Some(actor) = self.actors.get(name) {
            return actor.clone();
        }
        let made = new_key().and_then(|key| self.rpc.connection.add(key));
        let actor = made.expect("a key");
        wait(self.rpc.connection.pay(&self.purse, &[(actor.clone(), RICH.into())])).expect("a purse with enough");
        self.actors.insert(name.into(), actor.clone());
        actor
    }

    /// Waits until at least `seconds` have passed, a block at least.
    pub fn advance(&self, seconds: u64) {
        assert!(seconds <= PATIENCE, "{seconds} s are too long to wait: this test is for the embedded chain");
        let passed = async {
            let now = self.rpc.block().await?.time;
            self.rpc.wait(now.saturating_add(seconds)).await
        };
        wait(passed).expect("a node that answers");
    }

    /// What `address` has of the chain's denom.
    pub fn coins(&self, address: &Addr) -> Result<Uint128> {
        let denom = self.rpc.connection.network.denom().to_owned();
        let request = QueryBalanceRequest { address: address.to_string(), denom };
        let asked = self.rpc.connection.endpoints.query("/cosmos.bank.v1beta1.Query/Balance", request);
        let answer: QueryBalanceResponse = wait(asked)?;
        Ok(answer.balance.context("no balance")?.amount.parse()?)
    }
}

async fn deploy(connection: &Connection, governance: Addr, faucet: &Addr) -> Result<(Deployment, u64)> {
    let profile = Profile::from_toml(include_str!("../../../scripts/networks/local.deploy.toml"))?;
    let settings = Settings {
        balances: vec![Cw20Coin { address: faucet.to_string(), amount: (RICH << 32).into() }],
        ..profile.settings(governance, connection.network.denom().into())
    };
    let artifacts = root().join("artifacts");
    connection.deploy(&settings, |contract| localnet::wasm(&artifacts, contract)).await
}

fn new_key() -> Result<Key> {
    Ok(Key::recover(&Key::words(), PATH)?)
}

fn target() -> PathBuf {
    env::var("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
